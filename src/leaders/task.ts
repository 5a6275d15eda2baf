// A task: what a leader controls, what it looks at, and what it wants. A small value; the same solution concept solves any of them.
import { closest, refuseUnknown } from "../core/errors.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { AnyWorld } from "../economy/population.ts";
import type { ResolvedSpace } from "../economy/spaces.ts";
import type { PopulationSpec } from "../env/vector-env.ts";

/** What a leader wants of an episode: a fold over its periods, and a number for what was folded in one world or several. Higher is better. */
export interface Score {
  readonly doc: string;
  /** Numbers to remember per world; `sizes`: of populations; `horizon`: periods of an episode. They are 0 to begin with. */
  size(sizes: Readonly<Record<string, number>>, p: AnyParamValues, horizon: number): number;
  /** Takes in world `w` as it is at the end of a period. */
  add(state: Float64Array, w: AnyWorld, p: AnyParamValues): void;
  /** Of worlds that have folded at least one period each. */
  value(states: readonly Float64Array[], p: AnyParamValues): number;
}

export interface Task {
  readonly name: string;
  /** The population that leads; where it takes several decisions, the one by which it does. */
  readonly leader: string;
  /** Its actions: a range to choose from, or a number to fix one at. Default: all of them, over their whole spaces. */
  readonly controls?: Readonly<Record<string, readonly [low: number, high: number] | number>>;
  /** What a leader that learns is shown of its observations; the others are 0. Default: all. */
  readonly observes?: readonly string[];
  readonly score: Score;
}

/** What decides for the leader: a population that takes several decisions leads by one of them. */
export function leaderOf(
  { name, leader }: Task,
  specs: Readonly<Record<string, PopulationSpec>>,
): PopulationSpec | undefined {
  const decisions = Object.keys(specs).filter((key) => specs[key]!.population === leader);
  if (!specs[leader] && decisions.length > 0)
    throw new Error(
      `Task "${name}": ${leader} takes several decisions, expected the one by which it leads: ${decisions.join(", ")}.`,
    );
  return specs[leader];
}

/** The characteristics θ of a task in one economy. d of the leader's D actions are controlled, the others fixed. */
export interface Characteristics {
  readonly names: readonly string[]; // d
  readonly low: Float64Array; // [d]
  readonly high: Float64Array; // [d]
  /** Checks θ [d] against its bounds. */
  check(theta: ArrayLike<number>): void;
  /** Writes the leader's raw actions [D] for θ [d]; a choice from a grid takes the nearest. */
  encode(actions: Int32Array | Float32Array, theta: ArrayLike<number>): void;
  /** Reads θ [d] from raw actions [D] as the environment would. */
  decode(theta: Float64Array, actions: Int32Array | Float32Array): void;
}

export function characteristicsOf(task: Task, spec: PopulationSpec | undefined): Characteristics {
  const fail = (what: string): never => {
    throw new Error(`Task "${task.name}": ${what}`);
  };
  refuseUnknown(`Task "${task.name}"`, task, ["name", "leader", "controls", "observes", "score"]);
  if (!spec) return fail(`"${task.leader}" decides nothing, so it cannot lead.`);
  if (spec.apart)
    fail(
      `${task.leader} decides only where \`who\`, \`lives\` or an event says so, and a θ is scored by episodes that are played under it; let the leader decide by a clock, \`every\`.`,
    );
  if (spec.size !== 1) fail(`the leader ${task.leader} has ${spec.size} agents, expected one.`);
  const names = spec.actions.map(({ name }) => name);
  const { controls = {} } = task;
  for (const name of Object.keys(controls))
    if (!names.includes(name))
      fail(`${task.leader} has no control "${name}".${closest(name, names)} It has: ${names.join(", ")}.`);
  const dimensions = spec.actions.map(({ name, space }) => {
    if (space.kind === "discrete") fail(`${task.leader}.${name} is a code without order, expected a box or a grid.`);
    const given = controls[name] ?? [space.low, space.high];
    const [low, high] = typeof given === "number" ? [given, given] : given;
    if (!(low >= space.low && high <= space.high))
      fail(
        `${name} is to be from ${low} to ${high}, expected within ${space.low} to ${space.high}, the bounds of ${task.leader}.${name}.`,
      );
    if (typeof given !== "number" && !(low < high))
      fail(`${name} is to be from ${low} to ${high}, expected low < high.`);
    return { name, space, low, high, free: typeof given !== "number" };
  });
  const free = dimensions.filter((dimension) => dimension.free);
  if (free.length === 0) fail("every control is fixed, so there is nothing to choose.");
  const low = Float64Array.from(free, (dimension) => dimension.low);
  const high = Float64Array.from(free, (dimension) => dimension.high);
  return {
    names: free.map(({ name }) => name),
    low,
    high,
    check(theta) {
      if (theta.length !== free.length) fail(`θ has ${theta.length} numbers, expected ${free.length}.`);
      free.forEach(({ name }, k) => {
        if (!(theta[k] >= low[k] && theta[k] <= high[k]))
          fail(`${name} is ${theta[k]}, expected from ${low[k]} to ${high[k]}.`);
      });
    },
    encode(actions, theta) {
      let k = 0;
      dimensions.forEach(({ space, low, free }, d) => {
        const value = free ? theta[k++] : low;
        actions[d] = space.kind === "box" ? value : nearest(space, value);
      });
    },
    decode(theta, actions) {
      let k = 0;
      dimensions.forEach(({ space, free }, d) => {
        if (!free) return;
        const value = space.kind === "box" ? actions[d] : space.values[actions[d]];
        theta[k++] = Math.min(space.high, Math.max(space.low, value));
      });
    },
  };
}

function nearest({ values }: ResolvedSpace, value: number): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (Math.abs(values[k] - value) < Math.abs(values[best] - value)) best = k;
  return best;
}
