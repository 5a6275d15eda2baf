// The loop around learners that act, watch what follows, and learn when they have seen enough: one learner per population.
// Continues from a snapshot, reports now and then, and can be continued from any report.
import type { ParamSettings } from "../../economy/params.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { Stream } from "../../random/index.ts";
import type { TrainContext, Update } from "../algorithm.ts";
import { restore } from "./restore.ts";

/** What one population's learner does. Every rank has one, on the same memory; rank 0 begins, restores and reports. */
export interface Learner {
  readonly state: Readonly<Record<string, ArrayBufferView>>;
  /** Initial networks. */
  begin(rng: Stream): void;
  /** Streams of its own, the same after a resume. */
  seed(rng: Stream): void;
  /** Numbers that `state` lacks. */
  meta(): Readonly<Record<string, number>>;
  resume(meta: Readonly<Record<string, number>>): void;
  /** Decides, where it is this population's turn. `progress`: share of training that is done. */
  act(progress: number): void;
  /** After a step: takes down what followed, and learns. */
  collect(): void;
  report(): Record<string, number>;
}

/** `updates`: reports over the whole of training. */
export function* alternate<C extends ParamSettings & { readonly updates: number }>(
  { env, config, totalSteps, rng, seed, team, from }: TrainContext<C>,
  createLearner: (population: string, spec: PopulationSpec) => Learner,
): Generator<Update, void, void> {
  const learners = new Map(Object.entries(env.spec).map(([name, spec]) => [name, createLearner(name, spec)]));
  const total = Math.ceil(totalSteps / env.numEnvs);
  const all = [...learners.values()];
  const arrays = Object.assign(prefixed("env/", env.state), ...all.map(({ state }) => state));
  if (from) {
    if (team.rank === 0) restore(arrays, from.arrays);
    env.resume(seed, { cursor: from.meta["cursor"]!, tick: from.meta["tick"]! });
    for (const [name, learner] of learners) learner.resume(within(`${name}/`, from.meta));
  } else {
    env.reset(seed);
    if (team.rank === 0) for (const learner of all) learner.begin(rng);
  }
  for (const learner of all) learner.seed(rng);
  team.barrier();

  const every = Math.max(1, Math.floor(total / config.updates));
  let tick = env.position.tick;
  while (tick < total) {
    for (const until = Math.min(total, tick + every); tick < until; tick = env.position.tick) {
      for (const learner of all) learner.act(tick / total);
      env.step();
      for (const learner of all) learner.collect();
    }
    team.barrier(); // everybody's rows are in
    const meta = Object.assign(
      { ...env.position },
      ...[...learners].map(([name, learner]) => prefixed(`${name}/`, learner.meta())),
    );
    const metrics = Object.assign(
      {},
      ...[...learners].map(([name, learner]) => prefixed(all.length > 1 ? `${name}/` : "", learner.report())),
    );
    yield { step: tick * env.numEnvs, metrics, snapshot: () => ({ arrays, meta }) };
    team.barrier(); // rank 0 has read what it needs
  }
}

const prefixed = <V>(prefix: string, values: Readonly<Record<string, V>>): Record<string, V> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
const within = <V>(prefix: string, values: Readonly<Record<string, V>>): Record<string, V> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
