// A forced deviation: one agent does something else once, and then all go on as they have learned. What do the others answer, and for how long?
// Calvano et al. 2020, AER 110, 3267, figure 4: punishment after a price cut, and the way back, tell collusion from a failure to learn.
import type { Policy } from "../algorithms/algorithm.ts";
import { createPlaying } from "../algorithms/playing.ts";
import type { ParamSettings } from "../core/params.ts";
import type { Economy } from "../economy/economy.ts";
import type { AnyRows } from "../economy/population.ts";
import { makeVectorEnv, type PopulationSpec } from "../env/vector-env.ts";

export interface ForcedDeviation {
  readonly economy: Economy;
  readonly params?: ParamSettings;
  /** What everybody plays, by population; greedily. */
  readonly policies: Readonly<Record<string, Policy>>;
  readonly population: string;
  readonly agent: number;
  /** The deviator's raw action, one number per action: a choice's index, or a box's real number. */
  readonly action: readonly number[];
  /** What is watched: a column of the population, at the end of each period. */
  readonly column: string;
  /** Periods before the deviation, so that play has settled. */
  readonly burnIn: number;
  /** Periods watched, that of the deviation being the first. */
  readonly periods: number;
  readonly seed: number;
}

export interface DeviationResponse {
  /** [periods] The deviator's column, from the deviation on. */
  readonly deviator: Float64Array;
  /** [periods] Mean over the others of the population. */
  readonly others: Float64Array;
  /** [periods] The same had nobody deviated, with the same draws. */
  readonly deviatorOtherwise: Float64Array;
  readonly othersOtherwise: Float64Array;
}

export function forcedDeviation(options: ForcedDeviation): DeviationResponse {
  const { agent, periods } = options;
  const deviating = watch(options, true);
  const staying = watch(options, false);
  const N = deviating.length / periods;
  const own = (x: Float64Array) => Float64Array.from({ length: periods }, (_, t) => x[t * N + agent]!);
  const rest = (x: Float64Array) =>
    Float64Array.from({ length: periods }, (_, t) => {
      let sum = -x[t * N + agent]!;
      for (let i = 0; i < N; i++) sum += x[t * N + i]!;
      return sum / (N - 1);
    });
  return {
    deviator: own(deviating),
    others: rest(deviating),
    deviatorOtherwise: own(staying),
    othersOtherwise: rest(staying),
  };
}

/** The column of all agents over the periods watched, [periods, N]. */
function watch(options: ForcedDeviation, deviates: boolean): Float64Array {
  const { economy, params = {}, policies, population, agent, action, column, burnIn, periods, seed } = options;
  const env = makeVectorEnv(economy, { numEnvs: 1, params, purpose: "deviation" });
  const spec = env.spec[population];
  if (!spec) throw new Error(`forcedDeviation: "${population}" does not decide in ${economy.name}.`);
  const { size: N } = spec;
  const D = spec.actions.length;
  if (action.length !== D)
    throw new Error(
      `forcedDeviation: action has ${action.length} numbers, expected ${D}, one per action of ${population}.`,
    );
  if (N < 2) throw new Error(`forcedDeviation: ${population} has ${N} agent, expected others who can answer.`);
  if (burnIn + periods > env.simulation.horizon)
    throw new Error(
      `forcedDeviation: ${burnIn} + ${periods} periods do not fit into an episode of ${env.simulation.horizon}. Raise the horizon.`,
    );
  const values = (env.simulation.worlds[0]![spec.population] as AnyRows)[column];
  if (!(values instanceof Float64Array && values.length === N))
    throw new Error(`forcedDeviation: ${population} has no column "${column}" of real numbers, one per agent.`);
  const out = new Float64Array(periods * N);
  let period = 0;
  env.onPeriod = () => {
    if (period >= burnIn && period < burnIn + periods) out.set(values, (period - burnIn) * N);
    period++;
  };
  const playing = createPlaying(env, policies);
  const { acting, actions, actionMask } = env.batch[population]!;
  env.reset(seed);
  playing.reset();
  while (period < burnIn + periods) {
    for (const name in env.batch) playing.act(name, 0, null, 0);
    if (deviates && period === burnIn && acting[agent]) {
      checkAllowed(options, spec, actionMask);
      actions.set(action, agent * D);
    }
    env.step();
  }
  return out;
}

/** Whether the deviator may do what it is to do; `mask` [N, Σ choices], or null. */
function checkAllowed(
  { population, agent, action, burnIn }: ForcedDeviation,
  { actions }: PopulationSpec,
  mask: Uint8Array | null,
): void {
  if (!mask) return;
  const choices = actions.reduce((sum, { space }) => sum + space.count, 0);
  let first = agent * choices;
  actions.forEach(({ name, space }, d) => {
    if (mask[first + action[d]!] === 0)
      throw new Error(
        `forcedDeviation: ${name} is choice ${action[d]} of ${population}[${agent}], which its mask rules out in period ${burnIn}. Expected a choice that it allows.`,
      );
    first += space.count;
  });
}
