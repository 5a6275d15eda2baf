// Next states in an epidemic and their law given whom one meets: P(infected) = 1 − (1 − β)^(infected whom one meets), P(recovered) = γ. Of people whose next state is not certain.
import { forecast, math } from "walras";
import { type Stream, seedStream } from "walras/random";
import { epidemic } from "../../../economies/epidemic.ts";
import { chosen, DRAWS, logUniform, type NextStates, pathOf, type Scored, STEPS } from "./next-states.ts";

const { log, mean, pow } = math;
export const ILL = {
  agents: 400,
  network: "random",
  neighbours: 8,
  transmission: 0.06,
  recovery: 0.2,
  infected: 0.05,
} as const;
/** Worlds that posteriors know, and as many that are forecast. */
const WORLDS = 4;
const PERIODS = 30;
const [INFECTED, RECOVERED] = [1, 2];
/** Infected people met, at which chances are compared. */
export const MET = [1, 2, 3, 4, 5];

export function nextInfections(seed: number): NextStates {
  const worlds = (from: number) =>
    chosen(
      Array.from({ length: WORLDS }, (_, k) => {
        const { path, links } = pathOf(epidemic, {
          params: ILL,
          seed: 1000 * seed + from + k,
          column: "people.health",
          periods: PERIODS,
        });
        // health, and whether infected and whether recovered
        const states = path.map((health) =>
          Float64Array.from({ length: 3 * health.length }, (_, k) =>
            k % 3 === 0 ? health[k / 3]! : health[Math.floor(k / 3)] === k % 3 ? 1 : 0,
          ),
        );
        return forecast.transitionsOf(states, links, 3);
      }),
      (of, row) => of.own[3 * row] === INFECTED || (of.own[3 * row] !== RECOVERED && metBy(of, row) > 0),
    );
  const [known, asked] = [worlds(0), worlds(500)];
  // How many met m infected and caught it or not; row 0: infected, recovered or not
  const seen = Array.from({ length: ILL.neighbours + 1 }, () => ({ rows: 0, changed: 0 }));
  known.next.forEach((next, row) => {
    const ill = known.own[3 * row] === INFECTED;
    const cell = seen[ill ? 0 : metBy(known, row)]!;
    cell.rows++;
    if (next !== known.own[3 * row]) cell.changed++;
  });
  const draws = forecast.posterior({
    logPosterior(θ) {
      const [β, γ] = [math.sigmoid(θ[0]!), math.sigmoid(θ[1]!)];
      let sum = logUniform(θ[0]!) + logUniform(θ[1]!);
      seen.forEach(({ rows, changed }, m) => {
        const p = m === 0 ? γ : 1 - pow(1 - β, m);
        if (rows > 0) sum += changed * log(p) + (rows - changed) * log(1 - p);
      });
      return sum;
    },
    start: [-2, -1],
    draws: DRAWS,
    thin: 50,
    warmUp: 3000,
    seed,
  });
  const lawBy = (β: number, γ: number, row: number): Float64Array => {
    if (asked.own[3 * row] === INFECTED) return Float64Array.of(0, 1 - γ, γ);
    const spared = pow(1 - β, metBy(asked, row));
    return Float64Array.of(spared, 1 - spared, 0);
  };
  const susceptible = seen.slice(1);
  const usual =
    susceptible.reduce((sum, cell) => sum + cell.changed, 0) / susceptible.reduce((sum, cell) => sum + cell.rows, 0);
  const network = forecast.trainGraphClassifier(known, { categories: 3, seed, steps: STEPS }).predict(asked);
  const luck = seedStream(seed).fork("transforms");
  const predictive = Array.from(asked.next, (_, row) =>
    forecast.posteriorProbabilities(draws, (θ) => lawBy(math.sigmoid(θ[0]!), math.sigmoid(θ[1]!), row)),
  );
  const each = (of: (row: number) => ArrayLike<number>, lots: Stream) =>
    Array.from(asked.next, (y, row) => scoredCategory(of(row), y, lots.uniformAt(0, 0, row)));
  const laws = {
    truth: each((row) => lawBy(ILL.transmission, ILL.recovery, row), luck.fork("truth")),
    predictive: each((row) => predictive[row]!, luck.fork("predictive")),
    network: each((row) => network[row]!, luck.fork("network")),
    alone: each(
      (row) => (asked.own[3 * row] === INFECTED ? lawBy(0, ILL.recovery, row) : [1 - usual, usual, 0]),
      luck.fork("alone"),
    ),
  };
  const more: Record<string, number> = {};
  for (const m of MET) {
    const rows = Array.from(asked.next, (_, row) => row).filter(
      (row) => asked.own[3 * row] === 0 && metBy(asked, row) === m,
    );
    if (rows.length === 0) continue;
    more[`predictiveChance/${m}`] = mean(rows.map((row) => predictive[row]![INFECTED]!));
    more[`networkChance/${m}`] = mean(rows.map((row) => network[row]![INFECTED]!));
  }
  return { laws, more };
}

/** Infected people whom somebody meets. */
function metBy({ neighbours, weight, most, features }: forecast.Transitions, row: number): number {
  let met = 0;
  for (let d = 0; d < most; d++)
    if (weight[row * most + d]! > 0 && neighbours[(row * most + d) * features] === INFECTED) met++;
  return met;
}

function scoredCategory(law: ArrayLike<number>, y: number, u: number): Scored {
  const below = [law[0]!, law[0]! + law[1]!];
  return {
    ranked: forecast.rankedProbabilityScore(law, y),
    log: forecast.logScore(law, y),
    pit: forecast.randomisedTransform(law, y, u),
    expected: below.reduce((sum, F) => sum + F * (1 - F), 0),
  };
}
