// A forced deviation: one agent does something else once, and then all go on as they have learned. What do the others answer, and for how long?
// Calvano et al. 2020, AER 110, 3267, figure 4: punishment after a price cut, and the way back, tell collusion from a failure to learn.
import type { Policy } from "../algorithms/algorithm.ts";
import { createPlaying } from "../algorithms/playing.ts";
import type { ParamSettings } from "../core/params.ts";
import type { Economy } from "../economy/economy.ts";
import { vacantOf } from "../economy/lives.ts";
import type { AnyRows } from "../economy/population.ts";
import { makeVectorEnv, type PopulationSpec } from "../env/vector-env.ts";
import { decisionsNamed } from "./solo.ts";

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
  /** [periods] The deviator's column, from the deviation on; NaN where it does not live. */
  readonly deviator: Float64Array;
  /** [periods] Mean over the others of the population who live; NaN where nobody does. */
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
      let sum = 0;
      let living = 0;
      for (let i = 0; i < N; i++) {
        const value = x[t * N + i]!;
        if (i === agent || Number.isNaN(value)) continue;
        sum += value;
        living++;
      }
      return sum / living;
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
  const decisions = decisionsNamed("forcedDeviation", env, population);
  if (decisions.length > 1)
    throw new Error(
      `forcedDeviation: ${population} takes several decisions, expected one of them: ${decisions.join(", ")}.`,
    );
  const key = decisions[0]!;
  const spec = env.spec[key]!;
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
  const vacant = env.simulation.columns[vacantOf(spec.population)]; // nobody has lived there in this period
  const out = new Float64Array(periods * N);
  let period = 0;
  let deviated = false;
  env.onPeriod = () => {
    if (period >= burnIn && period < burnIn + periods)
      for (let i = 0; i < N; i++) out[(period - burnIn) * N + i] = vacant?.[i] ? Number.NaN : values[i]!;
    period++;
  };
  const playing = createPlaying(env, policies);
  const { acting, actions, actionMask } = env.batch[key]!;
  env.reset(seed);
  playing.reset();
  while (period < burnIn + periods) {
    for (const name in env.batch) playing.act(name, 0, null, 0);
    if (deviates && !deviated && period === burnIn && acting[agent]) {
      checkAllowed(options, spec, actionMask);
      actions.set(action, agent * D);
      deviated = true;
    }
    env.step();
  }
  if (deviates && !deviated)
    throw new Error(
      `forcedDeviation: ${population}[${agent}] does not decide in period ${burnIn}, so it cannot deviate there. Choose a \`burnIn\` after which it does.`,
    );
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
