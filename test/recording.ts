// What happened in a training, and what every loss was given: for exact tests of what learners make of it.
import { type Backend, type Executable, wasmBackend } from "../src/nn/index.ts";
import type { trainOn } from "./tiny-economies.ts";

/** One agent's decision in one world and what followed. */
export interface Transition {
  readonly world: number;
  readonly agent: number;
  readonly obs: readonly number[];
  /** Choices by number, of every dimension. */
  readonly actions: readonly number[];
  readonly reward: number;
  /** The final observation where an episode ended. */
  readonly next: readonly number[];
  readonly terminated: boolean;
}

/** Transitions of every step but the first, world after world; of a training that reports every step, of a population that decides in every one. */
export function transitions({ env, updates, played }: ReturnType<typeof trainOn>, population: string): Transition[][] {
  const { size: N, features, actions } = env.spec[population];
  const F = features.length;
  const D = actions.length;
  const at = (k: number, array: string) => updates[k].arrays[`env/batch/${population}/${array}`] as Float32Array;
  const row = (array: Float32Array, r: number) => [...array.subarray(r * F, (r + 1) * F)];
  return updates.slice(1).map((_, before) => {
    const k = before + 1;
    return Array.from({ length: env.numEnvs * N }, (_, r) => {
      const world = Math.floor(r / N);
      const terminated = at(k, "terminated")[world] === 1;
      return {
        world,
        agent: r % N,
        obs: row(at(before, "obs"), r),
        actions: played[k][population].slice(r * D, (r + 1) * D),
        reward: at(k, "rewards")[r],
        next: row(at(k, terminated || at(k, "truncated")[world] ? "finalObs" : "obs"), r),
        terminated,
      };
    });
  });
}

/** One computation of a loss: copies of its inputs and outputs, by name. */
export interface LossRun {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
}

export function recording(): { readonly backend: Backend; readonly runs: LossRun[] } {
  const runs: LossRun[] = [];
  const copies = (arrays: Readonly<Record<string, ArrayLike<number>>>) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, Array.from(array)]));
  const compile: Backend["compile"] = (graph, options) => {
    const executable = wasmBackend.compile(graph, options);
    if (!graph.loss) return executable;
    const { inputs, outputs } = executable as Executable;
    return {
      ...executable,
      run() {
        executable.run();
        runs.push({ inputs: copies(inputs), outputs: copies(outputs), loss: executable.loss[0] });
      },
    };
  };
  return { backend: { name: "wasm", compile }, runs };
}
