// How much an agent would gain by responding best to what the others have learned, measured by training it to.
// NashConv and exploitability as in Lanctot et al. 2017, https://arxiv.org/abs/1711.00832. A learned response is not quite the best one, so that
// what is found is a lower bound: zero gain says that this learner found nothing better, not that there is nothing.
import type { Algorithm, Policy } from "../algorithms/algorithm.ts";
import { configOf, resolveConfig } from "../algorithms/algorithm.ts";
import { withDiscounts } from "../algorithms/discount.ts";
import { createPlaying } from "../algorithms/playing.ts";
import { alone } from "../core/cut.ts";
import type { ParamDeclarations, ParamSettings, ParamValues } from "../core/params.ts";
import type { Economy } from "../economy/economy.ts";
import { makeVectorEnv, type VectorEnv } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { type Interval, mean, meanInterval } from "../math/index.ts";
import { wasmBackend } from "../nn/index.ts";
import { permutation, seedStream } from "../random/index.ts";
import { decisionsNamed, soloEnv } from "./solo.ts";

export interface ResponseTraining<D extends ParamDeclarations> {
  readonly economy: Economy;
  readonly params?: ParamSettings;
  /** What everybody plays, by population. */
  readonly policies: Readonly<Record<string, Policy>>;
  /** Whether they draw their actions. Default: greedy. */
  readonly sampled?: boolean;
  /** Who responds: in all decisions that the population takes, or in the one that is named. */
  readonly population: string;
  readonly agent: number;
  readonly algorithm: Algorithm<D>;
  readonly config?: Partial<ParamValues<NoInfer<D>>>;
  readonly numEnvs: number;
  /** World-periods of training. */
  readonly totalSteps: number;
  readonly seed: number;
  /** Worlds of one episode each in which both policies are measured, with the same draws. Default 64. */
  readonly worlds?: number;
}

export interface ResponseGain {
  /** Mean over worlds of what the response earns per episode, less what the incumbent earns with the same draws. */
  readonly gain: number;
  /** 95 % over worlds. */
  readonly interval: Interval;
  /** Per episode, undiscounted. */
  readonly incumbentReturn: number;
  readonly responseReturn: number;
}

/**
 * Trains one agent against the others, then plays it and the incumbent in the same worlds. Training, measuring and the run that taught the incumbents
 * share no draws, so that a response which remembers its training worlds gains nothing by it.
 */
export function trainedResponse<D extends ParamDeclarations>(options: ResponseTraining<D>): ResponseGain {
  return gainsOf(options, [options.agent])[0]!;
}

/** One response that all `agents` learn together, and the gain of each by itself. */
function gainsOf<D extends ParamDeclarations>(
  options: Omit<ResponseTraining<D>, "agent">,
  agents: readonly number[],
): readonly ResponseGain[] {
  const { economy, params = {}, policies, sampled = false, population, algorithm, seed, worlds = 64 } = options;
  const arena = createArena({ bytes: 256 << 20 });
  // A root of its own for each use: both measurements are to see the same draws.
  const stream = (purpose: string) => seedStream(seed).fork("best-response").fork(purpose);
  const incumbents = (purpose: string) => ({ policies, rng: sampled ? stream(purpose) : null });
  const env = makeVectorEnv(economy, { numEnvs: options.numEnvs, params, memory: arena, purpose: "response/training" });
  const solo = soloEnv(env, population, agents, incumbents("training"));
  const config = resolveConfig(
    algorithm,
    withDiscounts(algorithm, economy, env.params, options.config ?? {}, Object.keys(solo.spec)),
    Object.keys(solo.spec),
  );
  const response = Object.fromEntries(
    Object.entries(solo.spec).map(([key, spec]) => [
      key,
      algorithm.policy(key, { ...spec, size: 1 }, configOf(config, key)), // whose one row is each of them in turn
    ]),
  );
  const context = {
    env: solo,
    config,
    backend: wasmBackend,
    totalSteps: options.totalSteps,
    seed,
    arena,
    team: alone,
    from: null,
  };
  for (const update of algorithm.train({ ...context, rng: stream("learner") }))
    for (const policy of Object.values(response)) policy.load(update.snapshot().arrays);

  const measure = (who: readonly number[], own: boolean): readonly number[] => {
    const env = makeVectorEnv(economy, { numEnvs: worlds, params, purpose: "response/measuring" });
    const test = soloEnv(env, population, who, incumbents("measuring"));
    return episodeReturns(test, seed, own ? null : response);
  };
  const staying = measure(agents, true);
  return agents.map((agent, j) => {
    const stayed = Array.from({ length: worlds }, (_, e) => staying[e * agents.length + j]!);
    const responding = measure([agent], false);
    const gains = responding.map((value, e) => value - stayed[e]!);
    return {
      gain: mean(gains),
      interval: meanInterval(gains),
      incumbentReturn: mean(stayed),
      responseReturn: mean(responding),
    };
  });
}

export interface TrainedExploitability {
  /** By agent, as asked for. */
  readonly gains: readonly ResponseGain[];
  /** Σ over all agents of what each would gain, those not asked for taken to gain what the others do on average. */
  readonly nashConv: number;
  /** NashConv per agent. */
  readonly exploitability: number;
}

/** Responses of several agents of a population, one at a time; of agents that are alike, one is enough. */
export function trainedExploitability<D extends ParamDeclarations>(
  options: Omit<ResponseTraining<D>, "agent"> & { readonly agents: readonly number[] },
): TrainedExploitability {
  const { agents, economy, params = {}, population } = options;
  if (agents.length === 0) throw new Error("trainedExploitability: got no agents, expected at least one.");
  const gains = agents.map((agent) => trainedResponse({ ...options, agent }));
  const { spec } = makeVectorEnv(economy, { numEnvs: 1, params });
  const { size } = spec[decisionsNamed("trainedExploitability", { economy, spec }, population)[0]!]!;
  const exploitability = mean(gains.map(({ gain }) => gain));
  return { gains, nashConv: size * exploitability, exploitability };
}

export interface SampledExploitability {
  /** Rows of the agents who were drawn, in order, and what each would gain. */
  readonly agents: readonly number[];
  readonly gains: readonly ResponseGain[];
  /** Mean gain per agent, and its 95 % interval over the agents drawn: a lower bound's, as the responses are learned. */
  readonly exploitability: number;
  readonly interval: Interval;
}

/**
 * What an agent of a crowd would gain by leaving the crowd's policy, from a sample of `sample` agents drawn by seed. They learn one response together, all deviating at once, which a crowd does
 * not notice; each one's gain is then measured alone, all others keeping to their policies.
 */
export function sampledExploitability<D extends ParamDeclarations>(
  options: Omit<ResponseTraining<D>, "agent"> & { readonly sample: number },
): SampledExploitability {
  const { sample, economy, params = {}, population, seed } = options;
  const { spec } = makeVectorEnv(economy, { numEnvs: 1, params });
  const { size } = spec[decisionsNamed("sampledExploitability", { economy, spec }, population)[0]!]!;
  if (!(Number.isInteger(sample) && sample >= 2 && sample <= size))
    throw new Error(`sampledExploitability: sample is ${sample}, expected an integer from 2 to ${size}.`);
  if ((options.config as { readonly independent?: boolean } | undefined)?.independent)
    throw new Error(
      "sampledExploitability: got `independent`, but those who are drawn learn one response. Leave it out.",
    );
  const order = permutation(seedStream(seed).fork("best-response").fork("sample"), { size, lane: 0, period: 0 });
  const agents = Array.from({ length: sample }, (_, j) => order.at(j)).sort((a, b) => a - b);
  const gains = gainsOf(options, agents);
  const each = gains.map(({ gain }) => gain);
  return { agents, gains, exploitability: mean(each), interval: meanInterval(each) };
}

/**
 * What each of a population earns in the first episode of each world, [E, N], undiscounted, from its first decision on; of who leaves and enters anew, in all of its lives. `policies` null: what
 * the incumbent would do.
 */
function episodeReturns(
  env: VectorEnv,
  seed: number,
  policies: Readonly<Record<string, Policy>> | null,
): readonly number[] {
  const [counted] = Object.keys(env.batch); // each of several decisions is told all rewards
  const { acting, rewards, terminated, truncated } = env.batch[counted!]!;
  const N = env.spec[counted!]!.size;
  const playing = policies && createPlaying(env, policies);
  const sums = new Array<number>(env.numEnvs * N).fill(0);
  const awaiting = new Uint8Array(env.numEnvs * N); // has decided, and what follows is still to come
  const ended = new Uint8Array(env.numEnvs); // the world's first episode
  const over = new Uint8Array(env.numEnvs * N);
  env.reset(seed);
  playing?.reset();
  for (;;) {
    for (let e = 0; e < env.numEnvs; e++) {
      ended[e]! |= env.terminated[e]! | env.truncated[e]!;
      for (let k = e * N; k < (e + 1) * N; k++) {
        if (over[k]) continue;
        const told = terminated[k]! | truncated[k]!;
        if (awaiting[k] && (acting[k] || told)) {
          sums[k]! += rewards[k]!;
          awaiting[k] = 0;
        }
        over[k] = ended[e]! & (1 - awaiting[k]!);
        if (!over[k] && acting[k]) awaiting[k] = 1;
      }
      for (const key in env.batch) playing?.act(key, e, null, 0);
    }
    if (!over.includes(0)) return sums;
    env.step();
  }
}
