// How fast the numeric core is: matrix products, and whole training steps (forward, mean squared error, backward, Adam) of
// the networks in peers/train-workloads.json, on one thread, against tuned plain JavaScript, onnxruntime-node where it is
// installed and, if asked, PyTorch.
//
// Variants of one workload run in turns in one process, after a warm-up, so that noise from the machine meets both alike.
// Medians over all calls. `ratio` is how many times faster this row's implementation is than `against`: > 1 is faster,
// whatever the unit. All sides of a training step start from the same weights and data and must reach the same loss.
import { readFileSync } from "node:fs";
import { createArena } from "../src/kernels/index.ts";
import { createOnnxTrainStep, onnxAvailable } from "../src/nn/backends/onnx.ts";
import { compile, createAdam, initialise, layoutOf, matrix, mean, mlp, square, sub, trace } from "../src/nn/index.ts";
import { seedStream } from "../src/random/index.ts";
import { peer } from "./peers/run.ts";
import { gemm as plainGemm, plainNetwork } from "./plain-javascript.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";

export interface KernelBenchOptions {
  /** Seconds per variant and workload. Default 1. */
  readonly seconds?: number;
  /** Also run PyTorch through bench/peers (downloads it on first use). Default false. */
  readonly peers?: boolean;
}

interface Workload {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly activation: "tanh" | "relu";
  readonly batch: number;
  readonly learningRate: number;
}

const OURS = "walras wasm";
const ONNX = "walras onnx";
const PLAIN = "plain JavaScript";

/** Products as [M, N, K]: square ones, and those of a 256 × 256 network at batch 128 and of a batch of acting agents. */
const PRODUCTS = [
  [64, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [128, 256, 17],
  [128, 256, 256],
  [256, 256, 128],
  [4096, 64, 64],
] as const;

export async function kernelBench({ seconds = 1, peers = false }: KernelBenchOptions = {}): Promise<BenchReport> {
  const machine = watchMachine();
  const workloads: Workload[] = JSON.parse(
    readFileSync(new URL("./peers/train-workloads.json", import.meta.url), "utf8"),
  );
  const rows: BenchRow[] = [];
  const notes: string[] = [];

  for (const [M, N, K] of PRODUCTS) {
    const times = await inTurns(productVariants(M, N, K), seconds / 2);
    const speed = (name: string) => (2 * M * N * K) / median(times[name]) / 1e6;
    const row = { workload: `gemm ${M}×${N}×${K}`, unit: "GFLOP/s", against: PLAIN } as const;
    rows.push({ ...row, implementation: OURS, median: speed(OURS), ratio: speed(OURS) / speed(PLAIN) });
    rows.push({ ...row, implementation: PLAIN, median: speed(PLAIN), ratio: 1 });
  }

  const onnx = await onnxAvailable();
  if (!onnx.ok) notes.push(`${ONNX}: ${onnx.reason}`);
  for (const workload of workloads) {
    const { variants, release } = await trainingVariants(workload, onnx.ok);
    const times = await inTurns(variants, seconds);
    const slow = median(times[PLAIN]);
    const row = { workload: `train ${workload.name}`, unit: "ms", against: PLAIN } as const;
    for (const implementation of Object.keys(variants)) {
      const time = median(times[implementation]);
      rows.push({ ...row, implementation, median: time, ratio: slow / time });
    }
    await release();
    if (peers) {
      const result = await againstTorch(workload, variants[OURS], seconds);
      if (typeof result === "string") notes.push(`PyTorch on ${workload.name}: ${result}`);
      else rows.push(...result);
    }
  }

  return { suite: "kernels", machine: machine(), rows, notes };
}

/** As `walras bench kernels` runs it. */
export const bench = (): Promise<BenchReport> => kernelBench({ peers: true });

type Variants = Readonly<Record<string, () => unknown>>;

const ROUNDS = 10;

/** Milliseconds of every call, per variant, in turns of `seconds` / ROUNDS each after a warm-up. */
async function inTurns(variants: Variants, seconds: number): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  const turn = async (run: Variants[string], into: number[], milliseconds: number, calls: number) => {
    const end = performance.now() + milliseconds;
    for (let n = 0, start = performance.now(); start < end || n < calls; n++) {
      const pending = run();
      if (pending instanceof Promise) await pending; // not otherwise: an await would be in the time of the synchronous ones
      const now = performance.now();
      into.push(now - start);
      start = now;
    }
  };
  // V8 runs the first calls of a kernel at a fraction of its speed, until the optimising tier takes over
  for (const run of Object.values(variants)) await turn(run, [], 300, 30);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(variants))
      await turn(run, (times[name] ??= []), (1000 * seconds) / ROUNDS, 1);
  }
  return times;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Irregular numbers in [−1, 1), the same on both sides. */
function noise(x: Float32Array, purpose: string): void {
  const u = new Float64Array(x.length);
  seedStream(1).fork(purpose).uniform(u, { lane: 0, period: 0, from: 0 });
  for (let i = 0; i < x.length; i++) x[i] = 2 * u[i] - 1;
}

function productVariants(M: number, N: number, K: number): Variants {
  const arena = createArena({ bytes: 64 * 1024 * 1024 });
  const { kernels, workspace } = arena;
  const [a, b, c] = [arena.f32(M * K), arena.f32(K * N), arena.f32(M * N)];
  noise(a, "a");
  noise(b, "b");
  const plainC = new Float32Array(M * N);
  const left = { data: a.slice(), row: K, col: 1 };
  const right = { data: b.slice(), row: N, col: 1 };
  const variants = {
    [OURS]: () => kernels.gemm(c.byteOffset, a.byteOffset, b.byteOffset, M, N, K, K, 1, N, 1, N, false, workspace),
    [PLAIN]: () => plainGemm(plainC, left, right, M, N, K),
  };
  for (const run of Object.values(variants)) run();
  requireEqual(`gemm ${M}×${N}×${K}`, c, plainC, 1e-4);
  return variants;
}

async function trainingVariants({ name, sizes, activation, batch, learningRate }: Workload, withOnnx: boolean) {
  const [inputs, outputs] = [sizes[0], sizes[sizes.length - 1]];
  const graph = trace({ x: matrix(batch, inputs), y: matrix(batch, outputs) }, ({ x, y }, param) => ({
    loss: mean(square(sub(mlp(param, x, { name: "net", hidden: sizes.slice(1, -1), outputs, activation }), y))),
  }));
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 128 * 1024 * 1024 });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  initialise(params, layout, seedStream(1));
  const onnx = withOnnx ? await createOnnxTrainStep(graph, { params, learningRate }) : undefined;
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
    requireEqual(`loss ${i} of ${name}`, net.loss, [loss], 1e-4);
    await onnx?.step();
    if (onnx) requireEqual(`loss ${i} of ${name}`, onnx.loss, [loss], 1e-4, ONNX);
  }
  const variants: Variants = { [OURS]: ours, ...(onnx && { [ONNX]: () => onnx.step() }), [PLAIN]: plain };
  return { variants, release: async () => onnx?.release() };
}

function requireEqual(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  implementation = OURS,
): void {
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(got[i] - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])))) {
      throw new Error(
        `bench ${what}[${i}]: ${implementation} has ${got[i]}, ${PLAIN} ${expected[i]}. They must do the same work.`,
      );
    }
  }
}

/** Ours before and after PyTorch's run of the same workload, or why it could not run. */
async function againstTorch(workload: Workload, ours: Variants[string], seconds: number): Promise<BenchRow[] | string> {
  const measure = async () => (await inTurns({ [OURS]: ours }, seconds / 2))[OURS];
  const before = await measure();
  const answer = await peer("torch_train_step", ["--seconds", String(seconds), "--only", workload.name]);
  const times = [...before, ...(await measure())];
  if (!answer.ok) return answer.reason;
  const { versions, rows } = answer.result as {
    versions: { torch: string };
    rows: { medianMs: number; adam: string }[];
  };
  const against = `PyTorch ${versions.torch}, eager, ${rows[0].adam} Adam, one thread`;
  const row = { workload: `train ${workload.name}`, unit: "ms", against } as const;
  return [
    { ...row, implementation: OURS, median: median(times), ratio: rows[0].medianMs / median(times) },
    { ...row, implementation: against, median: rows[0].medianMs, ratio: 1 },
  ];
}
