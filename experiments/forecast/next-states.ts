// Next states of agents of two shipped economies whose laws given neighbours are known in closed form: a posterior predictive and a graph network, held against these laws.
//
// Opinions on a circle, people who keep part of a first opinion that nobody sees: x(1) = B s and x(2) = (1 − a) s + a A x(1) with s ~ N(0, σ²), B = (1 − a) I + a A and A = w I + (1 − w) N, so
// that x_i(2) given x(1) of i and its neighbours is normal. Five people apart nothing is shared, so that every fifth is an independent draw.
//
// Epidemic: P(infected) = 1 − (1 − β)^(infected whom one meets), P(recovered) = γ. Of people whose next state is not certain.
//
// What theory says of scores: a law scores what it expects of itself where it is right; a posterior predictive of K parameters from n rows loses ½ χ²_K/n to the truth in logarithmic score, and its difference on n
// other rows is √K/2 standard errors in the middle (Clarke & Barron 1990, IEEE Transactions on Information Theory 36, 453).
import { createSimulation, defineSimulation, type Economy, forecast, math } from "walras";
import { type Stream, seedStream } from "walras/random";
import { epidemic } from "../../economies/epidemic.ts";
import { opinions } from "../../economies/opinions.ts";

const { exp, log, mean, pow } = math;
const OPINIONS = { agents: 300, network: "ring", neighbours: 2, listening: 0.9, own: 0.25, noise: 1 } as const;
const APART = 5;
/** Worlds that posteriors know, and as many that are forecast. */
const [OPINION_WORLDS, ILL_WORLDS] = [40, 4];
/** Times as many opinions, of all people, that a network of 900 weights is trained on. */
const MORE = 3;
const ILL = {
  agents: 400,
  network: "random",
  neighbours: 8,
  transmission: 0.06,
  recovery: 0.2,
  infected: 0.05,
} as const;
const PERIODS = 30;
const [INFECTED, RECOVERED] = [1, 2];
const DRAWS = 60;
const STEPS = 5000;
const METHODS = ["truth", "predictive", "network", "alone"] as const;
type Method = (typeof METHODS)[number];
const LABELS = {
  truth: "true law",
  predictive: "posterior predictive",
  network: "graph network",
  alone: "true law without neighbours",
} as const;
const DOMAINS = ["opinions", "epidemic"] as const;

/** What is asked of one law at one next state. */
interface Scored {
  /** CRPS, or its form for categories. */
  readonly ranked: number;
  readonly log: number;
  readonly pit: number;
  /** Of `ranked`, if the law is right. */
  readonly expected: number;
}

export default defineSimulation({
  name: "forecast/next-states",
  summary:
    "Next opinions and infections from neighbours: a posterior predictive and a graph network beside the laws that the simulator has.",
  economy: epidemic,
  params: ILL,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ seed }) {
    return { ...measuredOf("opinions", opined(seed)), ...measuredOf("epidemic", infected(seed)) };
  },
  expect: () =>
    DOMAINS.flatMap((domain) => {
      const K = domain === "opinions" ? 3 : 2;
      const score = domain === "opinions" ? "CRPS" : "ranked probability score";
      const row = { claim: "–", unit: "1" };
      return [
        {
          ...row,
          item: `${domain}, true law: ${score} less what it expects of itself, in standard errors`,
          measure: `${domain}/proper`,
          theory: 0,
          tolerance: 3,
          kind: "absolute" as const,
          note: domain === "opinions" ? "σ/√π of a normal law" : "Σ F(1 − F) of categories",
        },
        {
          ...row,
          item: `${domain}, posterior predictive: logarithmic score less that of the true law, in standard errors`,
          measure: `${domain}/excess`,
          theory: Math.sqrt(K) / 2,
          tolerance: 3.5,
          kind: "absolute" as const,
          note: `½ χ²/n of ${K} parameters: √${K}/2 in the middle, standard deviation 1.1`,
        },
        {
          ...row,
          item: `${domain}, graph network: ${score} over that of the true law`,
          measure: `${domain}/networkRatio`,
          theory: 1,
          tolerance: 0.05,
          kind: "relative" as const,
        },
        {
          ...row,
          item: `${domain}, true law without neighbours: likewise`,
          measure: `${domain}/aloneRatio`,
          theory: domain === "opinions" ? deviationsOf(TRUTH).alone / deviationsOf(TRUTH).all : 1,
          tolerance: domain === "opinions" ? 0.07 : 1,
          kind: domain === "opinions" ? ("relative" as const) : ("atLeast" as const),
          note:
            domain === "opinions"
              ? "ratio of both deviations: three standard errors of 2400 people and more"
              : "the chance of infection of all who may catch it, whomever they met",
        },
        {
          ...row,
          item: `${domain}, graph network: largest distance of its probability integral transforms from uniform`,
          measure: `${domain}/networkDistance`,
          theory: 0,
          tolerance: 0.05,
          kind: "atMost" as const,
          note: "every interval that it states is right to ten percentage points",
        },
        ...(["truth", "predictive"] as const).map((method) => ({
          ...row,
          item: `${domain}, ${LABELS[method]}: p of uniform probability integral transforms`,
          measure: `${domain}/${method}P`,
          theory: 0.5,
          tolerance: 0.01,
          kind: "atLeast" as const,
          note: "Kolmogorov and Smirnov's test; calibrated above 0.01",
        })),
      ];
    }),
  figures: () => [
    ...DOMAINS.map((domain) => ({
      title: `${domain === "opinions" ? "Opinions" : "Epidemic"}: distribution of probability integral transforms`,
      xLabel: "probability below",
      yLabel: "share less a calibrated law's",
      lines: [
        ...METHODS.map((method) => ({ label: LABELS[method], measured: `${domain}/${method}Pit` })),
        { label: "calibrated", level: 0 },
      ],
      caption: `Of the next state under each law, in worlds that no law was fitted to. A calibrated law is level${domain === "opinions" ? "" : "; transforms of categories are randomised"}.`,
    })),
    {
      title: "Chance of being infected",
      xLabel: "infected people met",
      yLabel: "probability in a period",
      lines: [
        { label: LABELS.predictive, measured: "epidemic/predictiveChance" },
        { label: LABELS.network, measured: "epidemic/networkChance" },
        { label: "1 − (1 − β)^m", points: MET.map((m) => [m, 1 - pow(1 - ILL.transmission, m)] as const) },
      ],
      caption: "Means over the people who met as many, of eight whom each meets.",
    },
  ],
});

const MET = [1, 2, 3, 4, 5];

type Laws = Readonly<Record<Method, readonly Scored[]>>;

function measuredOf(
  domain: string,
  { laws, more }: { readonly laws: Laws; readonly more: Readonly<Record<string, number>> },
): Record<string, number> {
  const measured: Record<string, number> = {};
  const ranked = (method: Method): number => mean(laws[method].map((scored) => scored.ranked));
  const inErrors = (x: readonly number[]): number =>
    (mean(x) * Math.sqrt(x.length)) / Math.sqrt(math.variance(x, { ddof: 1 }));
  measured[`${domain}/rows`] = laws.truth.length;
  measured[`${domain}/proper`] = inErrors(laws.truth.map(({ ranked, expected }) => ranked - expected));
  measured[`${domain}/excess`] = inErrors(laws.predictive.map((scored, row) => scored.log - laws.truth[row]!.log));
  for (const method of METHODS) {
    const pits = laws[method].map(({ pit }) => pit);
    measured[`${domain}/${method}Ratio`] = ranked(method) / ranked("truth");
    const { pValue, statistic } = forecast.uniformity(pits);
    measured[`${domain}/${method}P`] = pValue;
    measured[`${domain}/${method}Distance`] = statistic;
    for (let k = 1; k < 10; k++)
      measured[`${domain}/${method}Pit/${k / 10}`] = pits.filter((u) => u <= k / 10).length / pits.length - k / 10;
  }
  return {
    ...measured,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`${domain}/${name}`, value])),
  };
}

/** Columns of one world before each period and after the last, with who hears whom. */
function pathOf(
  economy: Economy,
  {
    params,
    seed,
    column,
    periods,
  }: {
    readonly params: Readonly<Record<string, number | string>>;
    readonly seed: number;
    readonly column: string;
    readonly periods: number;
  },
): { readonly path: readonly Float64Array[]; readonly links: forecast.Neighbourhood } {
  const simulation = createSimulation(economy, { params, seed });
  simulation.reset(0);
  const read = () => Float64Array.from(simulation.columns[column]!);
  const path = [read()];
  for (let t = 0; t < periods; t++) {
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    simulation.endPeriod(0);
    path.push(read());
  }
  const { start, target } = simulation.worlds[0]!["contacts"] as unknown as forecast.Neighbourhood;
  return { path, links: { start: Int32Array.from(start), target: Int32Array.from(target) } };
}

/** Some rows of transitions of several worlds. */
function chosen(
  all: readonly forecast.Transitions[],
  keep: (of: forecast.Transitions, row: number) => boolean,
): forecast.Transitions {
  const { features, most } = all[0]!;
  const rows = all.flatMap((of) => Array.from(of.next, (_, row) => ({ of, row })).filter(({ row }) => keep(of, row)));
  const gathered = (from: (of: forecast.Transitions) => Float64Array, width: number): Float64Array => {
    const out = new Float64Array(rows.length * width);
    rows.forEach(({ of, row }, n) => void out.set(from(of).subarray(row * width, (row + 1) * width), n * width));
    return out;
  };
  return {
    features,
    most,
    own: gathered((of) => of.own, features),
    next: gathered((of) => of.next, 1),
    weight: gathered((of) => of.weight, most),
    neighbours: gathered((of) => of.neighbours, most * features),
  };
}

/** w, a and σ. */
interface Listening {
  readonly own: number;
  readonly listening: number;
  readonly noise: number;
}
const TRUTH: Listening = OPINIONS;

/** The law of x_i(2) given x(1) of i and both neighbours: coefficients of own and of each neighbour, and deviation. */
function kernelOf({ own: w, listening: a, noise: σ }: Listening) {
  // x_i(1) = (1 − a + a w) s_i + a (1 − w)/2 (s_{i−1} + s_{i+1}): moments in units of σ²
  const [c, e] = [1 - a + a * w, (a * (1 - w)) / 2];
  const [v0, v1, v2] = [c * c + 2 * e * e, 2 * c * e, e * e]; // of x(1) at distances 0, 1 and 2
  // s_i on x_i and x_{i−1} + x_{i+1}: covariances c and 2e
  const [pair, cross] = [2 * (v0 + v2), 2 * v1];
  const determinant = v0 * pair - cross * cross;
  const [ofOwn, ofPair] = [(c * pair - 2 * e * cross) / determinant, (2 * e * v0 - c * cross) / determinant];
  return {
    own: (1 - a) * ofOwn + a * w,
    neighbour: (1 - a) * ofPair + (a * (1 - w)) / 2,
    deviation: (1 - a) * σ * Math.sqrt(1 - ofOwn * c - ofPair * 2 * e),
    variances: { v0, pair, cross },
  };
}

/** Of x_i(2) given both neighbours, and given x_i(1) alone, with the coefficient of the latter. */
function deviationsOf(θ: Listening): { readonly all: number; readonly alone: number; readonly slope: number } {
  const { own, neighbour, deviation, variances } = kernelOf(θ);
  const { v0, pair, cross } = variances;
  // x_i(2) = own x_i + neighbour (x_{i−1} + x_{i+1}) + ε, and the pair given x_i has slope cross/v0
  const left = pair - (cross * cross) / v0;
  return {
    all: deviation,
    alone: Math.sqrt(deviation * deviation + θ.noise * θ.noise * neighbour * neighbour * left),
    slope: own + (neighbour * cross) / v0,
  };
}

function opined(seed: number): { readonly laws: Laws; readonly more: Readonly<Record<string, number>> } {
  const worlds = (from: number, count: number) => {
    const all = Array.from({ length: count }, (_, k) => {
      const { path, links } = pathOf(opinions, {
        params: OPINIONS,
        seed: 1000 * seed + from + k,
        column: "people.opinion",
        periods: 2,
      });
      return forecast.transitionsOf(path.slice(1), links);
    });
    return { all: chosen(all, () => true), apart: chosen(all, (_, row) => row % APART === 0) };
  };
  const [known, asked] = [worlds(0, OPINION_WORLDS), worlds(500, OPINION_WORLDS)];
  const pairs = ({ neighbours }: forecast.Transitions, row: number): number =>
    neighbours[2 * row]! + neighbours[2 * row + 1]!;
  // Sums of products of next, own and pair: all that the likelihood needs
  const { apart } = known;
  const n = apart.next.length;
  const moments = new Float64Array(9);
  apart.next.forEach((y, row) => {
    const x = [y, apart.own[row]!, pairs(apart, row)];
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) moments[3 * i + j]! += x[i]! * x[j]!;
  });
  const at = (θ: Float64Array): Listening => ({
    own: math.sigmoid(θ[0]!),
    listening: math.sigmoid(θ[1]!),
    noise: exp(θ[2]!),
  });
  const draws = forecast.posterior({
    logPosterior(θ) {
      const kernel = kernelOf(at(θ));
      const b = [1, -kernel.own, -kernel.neighbour];
      let squares = 0;
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) squares += b[i]! * b[j]! * moments[3 * i + j]!;
      return (
        logUniform(θ[0]!) +
        logUniform(θ[1]!) -
        n * log(kernel.deviation) -
        squares / (2 * kernel.deviation * kernel.deviation)
      );
    },
    start: [0, 0, 0],
    draws: DRAWS,
    thin: 50,
    warmUp: 4000,
    seed,
  });
  const lawsBy = (θ: Listening) => {
    const { own, neighbour, deviation } = kernelOf(θ);
    return (row: number) => ({ mean: own * asked.apart.own[row]! + neighbour * pairs(asked.apart, row), deviation });
  };
  const network = forecast
    .trainGraphNetwork(worlds(100, MORE * OPINION_WORLDS).all, { seed, steps: STEPS })
    .predict(asked.apart);
  const each = (of: (row: number) => forecast.Law) =>
    Array.from(asked.apart.next, (y, row) => scoredNumber(of(row), y));
  const { alone, slope } = deviationsOf(TRUTH);
  const truth = lawsBy(TRUTH);
  const drawn = Array.from({ length: DRAWS }, (_, s) => at(draws.draws.subarray(3 * s, 3 * s + 3)));
  const drawnLaws = drawn.map(lawsBy);
  const laws = {
    truth: each((row) => single(truth(row))),
    predictive: each((row) => {
      const all = drawnLaws.map((law) => law(row));
      return { means: all.map((law) => law.mean), deviations: all.map((law) => law.deviation) };
    }),
    network: each((row) => network[row]!),
    alone: each((row) => single({ mean: slope * asked.apart.own[row]!, deviation: alone })),
  };
  return { laws, more: { own: mean(drawn.map((θ) => θ.own)), listening: mean(drawn.map((θ) => θ.listening)) } };
}

const single = ({ mean, deviation }: { readonly mean: number; readonly deviation: number }): forecast.Law => ({
  means: [mean],
  deviations: [deviation],
});

/** ln of the density of a logit whose parameter is uniform from 0 to 1. */
const logUniform = (x: number): number => -math.softplus(x) - math.softplus(-x);

const scoredNumber = (law: forecast.Law, y: number): Scored => ({
  ranked: forecast.crps(law, y),
  log: forecast.logScore(law, y),
  pit: forecast.cdf(law, y),
  expected: law.deviations[0]! / Math.sqrt(Math.PI),
});

function infected(seed: number): { readonly laws: Laws; readonly more: Readonly<Record<string, number>> } {
  const worlds = (from: number) =>
    chosen(
      Array.from({ length: ILL_WORLDS }, (_, k) => {
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
