// How fast whole training steps are (forward, mean squared error, backward, Adam) on one thread: the kernels, onnxruntime-node
// where it is installed, tuned plain JavaScript and PyTorch, on the networks of peers/train-workloads.json.
//
// Everything in this process runs in turns after a warm-up, and PyTorch's process has its turn in every round, so that noise from
// the machine meets all alike. Medians over all calls; PyTorch's is that of its fastest Adam. `ratio` is how many times faster than
// PyTorch this row is, or than plain JavaScript where there is no PyTorch. All in this process start from the same weights and data
// and must reach the same losses.
import { readFileSync } from "node:fs";
import { createArena } from "../src/kernels/index.ts";
import { createOnnxTrainStep, onnxAvailable } from "../src/nn/backends/onnx.ts";
import { compile, createAdam, initialise, layoutOf, matrix, mean, mlp, square, sub, trace } from "../src/nn/index.ts";
import { seedStream } from "../src/random/index.ts";
import { peer } from "./peers/run.ts";
import { plainNetwork } from "./plain-javascript.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";
import { inTurns, noise, requireEqual, type Variants } from "./turns.ts";

interface Workload {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly activation: "tanh" | "relu";
  readonly batch: number;
  readonly learningRate: number;
}

export interface TrainBenchOptions {
  /** Seconds per variant, workload and round. Default 0.5. */
  readonly seconds?: number;
  /** Default 3. */
  readonly rounds?: number;
  /** Also PyTorch, through bench/peers, which downloads it on first use. Default true. */
  readonly peers?: boolean;
}

const OURS = "walras wasm";
const ONNX = "walras onnx";
const PLAIN = "plain JavaScript";

/** As `walras bench train` runs it. */
export async function bench({ seconds = 0.5, rounds = 3, peers = true }: TrainBenchOptions = {}): Promise<BenchReport> {
  const machine = watchMachine();
  const workloads: Workload[] = JSON.parse(
    readFileSync(new URL("./peers/train-workloads.json", import.meta.url), "utf8"),
  );
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  const onnx = onnxAvailable();
  if (!onnx.ok) notes.push(`${ONNX} is left out: ${onnx.reason}`);
  let missing = peers ? "" : "not asked for.";
  for (const workload of workloads) {
    const { variants, release } = trainingVariants(workload, onnx.ok);
    const times: Record<string, number[]> = {};
    let torch = "";
    for (let round = 0; round < rounds; round++) {
      for (const [name, more] of Object.entries(inTurns(variants, seconds))) (times[name] ??= []).push(...more);
      if (missing) continue;
      const answer = await peer("torch_train_step", ["--seconds", String(seconds), "--only", workload.name]);
      if (!answer.ok) {
        missing = answer.reason;
        continue;
      }
      const { versions, rows } = answer.result as TorchAnswer;
      torch = `PyTorch ${versions.torch}, eager, fastest Adam`;
      (times[torch] ??= []).push(rows[0]!.medianMs);
    }
    release();
    const against = torch || PLAIN;
    const slow = median(times[against]!);
    for (const [implementation, all] of Object.entries(times)) {
      const time = median(all);
      rows.push({
        workload: `train ${workload.name}`,
        implementation,
        median: time,
        unit: "ms",
        ratio: slow / time,
        against,
      });
    }
  }
  if (missing) notes.push(`PyTorch is left out: ${missing}`);
  return { suite: "train", machine: machine(), rows, notes };
}

/** One line of peers/torch_train_step.py. */
interface TorchAnswer {
  readonly versions: { readonly torch: string };
  readonly rows: readonly { readonly medianMs: number }[];
}

function trainingVariants({ name, sizes, activation, batch, learningRate }: Workload, withOnnx: boolean) {
  const [inputs, outputs] = [sizes[0], sizes[sizes.length - 1]];
  const graph = trace({ x: matrix(batch, inputs), y: matrix(batch, outputs) }, ({ x, y }, param) => ({
    loss: mean(square(sub(mlp(param, x, { name: "net", hidden: sizes.slice(1, -1), outputs, activation }), y))),
  }));
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 128 * 1024 * 1024 });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  initialise(params, layout, seedStream(1));
  const onnx = withOnnx ? createOnnxTrainStep(graph, { params, learningRate }) : undefined;
  const net = compile(graph, { arena, params, grads });
  const adam = createAdam({ arena, params, grads, learningRate });
  noise(net.inputs.x, "x");
  noise(net.inputs.y, "y");

  const plainNet = plainNetwork(sizes, activation, batch, learningRate);
  plainNet.params.set(params);
  plainNet.x.set(net.inputs.x);
  plainNet.y.set(net.inputs.y);

  onnx?.inputs.x.set(net.inputs.x);
  onnx?.inputs.y.set(net.inputs.y);

  const ours = () => {
    net.run();
    net.backward();
    adam.step();
  };
  const plain = () => {
    plainNet.step();
  };
  for (let i = 0; i < 10; i++) {
    const loss = plainNet.step();
    ours();
    requireEqual(`loss ${i} of ${name}`, net.loss, [loss], 1e-4, [OURS, PLAIN]);
    onnx?.step();
    if (onnx) requireEqual(`loss ${i} of ${name}`, onnx.loss, [loss], 1e-4, [ONNX, PLAIN]);
  }
  const variants: Variants = { [OURS]: ours, ...(onnx && { [ONNX]: () => void onnx.step() }), [PLAIN]: plain };
  return { variants, release: () => onnx?.release() };
}
