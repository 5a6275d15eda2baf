// The game that an economy's agents play in every period, as tables: found by playing every combination of actions in the economy itself.
//
// That is possible when one population decides in every period, by one action from a finite set, when rewards depend on this period's actions
// only, and when everybody sees them all: a repeated game with perfect monitoring and a memory of one period. All this is checked.
//
// N players, A choices, S = A^N profiles of choices, F features; a profile's number has the first player's choice as its leading digit
import { decisionsOf } from "../../economy/decisions.ts";
import { type AnyRows, type Economy, measure, type ParamSettings } from "../../economy/index.ts";
import { makeVectorEnv } from "../../env/vector-env.ts";

export interface StageGame {
  readonly population: string;
  readonly players: number; // N
  readonly choices: number; // A
  readonly profiles: number; // S
  /** The quantity behind each choice. */
  readonly values: Float64Array; // [A]
  readonly payoffs: Float64Array; // [N, S]
  /** The economy's metrics. */
  readonly metrics: Readonly<Record<string, Float64Array>>; // [S] each
  /** What each player sees after a profile was played. */
  readonly observations: Float32Array; // [S, N, F]
}

/** Profiles beyond this are refused: tables would not fit into memory, nor learning into a lifetime. */
const MOST_PROFILES = 5_000_000;

export function createStageGame(economy: Economy, params: ParamSettings): StageGame {
  const fail = (what: string): never => {
    throw new Error(`${economy.name} is not a repeated game: ${what} Use q-learning instead.`);
  };
  const env = makeVectorEnv(economy, { numEnvs: 1, params });
  const populations = Object.keys(env.spec);
  if (populations.length > 1) fail(`${populations.join(" and ")} decide, expected one population.`);
  const population = populations[0];
  const { size: N, features, actions } = env.spec[population];
  if (actions.length !== 1 || actions[0].space.kind === "box")
    fail(
      `${population} choose ${actions.map(({ name }) => name).join(", ")}, expected one action from a grid or from codes.`,
    );
  const decisions = decisionsOf(economy);
  if (decisions.length !== 1 || decisions[0].every !== 1 || decisions[0].event !== null)
    fail(`${population} must decide once in every period.`);
  const reward = economy.reward[population]?.column ?? fail(`${population} have no reward.`);
  const { count: A, values } = actions[0].space;
  const S = count(A, N);
  if (S > MOST_PROFILES)
    throw new Error(
      `${economy.name}: ${N} ${population} with ${A} choices each make ${S} combinations, expected at most ${MOST_PROFILES}. Lower either.`,
    );

  const payoffs = new Float64Array(N * S);
  const metrics = Object.fromEntries(Object.keys(economy.metrics).map((name) => [name, new Float64Array(S)]));
  const observations = new Float32Array(S * N * features.length);
  const batch = env.batch[population];
  const world = env.simulation.worlds[0];
  const earned = new Float64Array(N);
  const measured: Record<string, number> = {};
  env.onPeriod = () => {
    // Read here and not from the batch, which keeps single precision.
    earned.set((world[population] as AnyRows)[reward] as Float64Array);
    for (const name in economy.metrics) measured[name] = measure(economy, name, world, env.params, 0);
  };
  const visit = (profile: number, again: boolean): void => {
    for (let i = 0; i < N; i++) batch.actions[i] = choiceOf(profile, i, N, A);
    env.step();
    if (env.terminated[0]) fail("it ends.");
    const seen = batch.truncated[0] ? batch.finalObs : batch.obs;
    const at = profile * seen.length;
    if (!again) {
      for (let i = 0; i < N; i++) payoffs[i * S + profile] = earned[i];
      for (const name in metrics) metrics[name][profile] = measured[name];
      observations.set(seen, at);
    }
    for (let i = 0; i < N; i++)
      if (earned[i] !== payoffs[i * S + profile])
        fail(
          `${population}[${i}] earned ${payoffs[i * S + profile]} and, by the same actions of all, ${earned[i]}: rewards depend on more.`,
        );
    for (let f = 0; f < seen.length; f++)
      if (seen[f] !== observations[at + f])
        fail(
          `after the same actions ${population} saw ${observations[at + f]} and ${seen[f]}: observations depend on more.`,
        );
  };
  // Each profile twice, after different predecessors: forwards and backwards.
  env.reset(1);
  for (let profile = 0; profile < S; profile++) visit(profile, false);
  for (let profile = S - 1; profile >= 0; profile--) visit(profile, true);

  for (let i = 0; i < N; i++) {
    const known = new Set<string>();
    for (let profile = 0; profile < S; profile++) known.add(keyOf(observations, profile * N + i, features.length));
    if (known.size < S)
      fail(
        `${population}[${i}] can tell only ${known.size} of ${S} combinations of last actions apart by what it observes.`,
      );
  }
  return { population, players: N, choices: A, profiles: S, values, payoffs, metrics, observations };
}

/** What row `row` of [rows, F] observations looks like, as a key of maps. */
export const keyOf = (observations: Float32Array, row: number, F: number): string =>
  observations.subarray(row * F, (row + 1) * F).join();

/** A^N */
export function count(A: number, N: number): number {
  let S = 1;
  for (let i = 0; i < N; i++) S *= A;
  return S;
}

/** Player i's choice in a profile. */
export const choiceOf = (profile: number, i: number, N: number, A: number): number =>
  Math.floor(profile / count(A, N - 1 - i)) % A;

/** The profile that follows another when everybody plays by a table of choices [N, S] that begins at `at`. */
export function follow(
  { players: N, choices: A, profiles: S }: StageGame,
  table: Int32Array,
  at: number,
  profile: number,
): number {
  let next = 0;
  for (let i = 0; i < N; i++) next = next * A + table[at + i * S + profile];
  return next;
}

/** The profiles that are played again and again once everybody plays by the table, in order. */
export function limitCycle(game: StageGame, table: Int32Array, at: number, profile: number): number[] {
  const met = new Map<number, number>();
  const path: number[] = [];
  for (let s = profile; ; s = follow(game, table, at, s)) {
    const first = met.get(s);
    if (first !== undefined) return path.slice(first);
    met.set(s, path.length);
    path.push(s);
  }
}

export interface Response {
  /** Quantity behind the choice of the player who deviates, in the period of deviation and those after it. */
  readonly deviator: Float64Array; // [K + 1]
  /** The others' mean. */
  readonly others: Float64Array; // [K + 1]
  /** Discounted rewards of the deviator over those without the deviation. */
  readonly gain: number;
}

/**
 * Impulse response: from a profile of the limit cycle, player i plays once what earns it most in this period against what the others are about to
 * play; from then on everybody, player i too, plays by the table.
 */
export function deviate(
  game: StageGame,
  table: Int32Array,
  options: {
    readonly at: number;
    readonly profile: number;
    readonly player: number;
    readonly periods: number;
    readonly gamma: number;
  },
): Response {
  const { players: N, choices: A, profiles: S, payoffs, values } = game;
  const { at, profile, player: i, periods: K, gamma: γ } = options;
  const kept = follow(game, table, at, profile);
  const stride = count(A, N - 1 - i);
  const without = kept - choiceOf(kept, i, N, A) * stride;
  let played = kept;
  for (let a = 0; a < A; a++)
    if (payoffs[i * S + without + a * stride] > payoffs[i * S + played]) played = without + a * stride;
  const deviator = new Float64Array(K + 1);
  const others = new Float64Array(K + 1);
  let [deviated, stayed, weight] = [0, 0, 1];
  for (let k = 0, usual = kept; k <= K || weight > 1e-9; k++) {
    if (k <= K)
      for (let j = 0; j < N; j++) {
        const value = values[choiceOf(played, j, N, A)];
        if (j === i) deviator[k] = value;
        else others[k] += value / (N - 1);
      }
    deviated += weight * payoffs[i * S + played];
    stayed += weight * payoffs[i * S + usual];
    weight *= γ;
    played = follow(game, table, at, played);
    usual = follow(game, table, at, usual);
  }
  return { deviator, others, gain: deviated / stayed - 1 };
}
