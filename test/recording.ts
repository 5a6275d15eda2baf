// A backend that keeps what every loss was given, for exact tests of what learners make of their rollouts and replays.
import { type Backend, type Executable, wasmBackend } from "../src/nn/index.ts";

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
