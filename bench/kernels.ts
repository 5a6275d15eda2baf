// How fast matrix products are on one thread, against tuned plain JavaScript. Whole training steps are in train.ts.
//
// `ratio` is how many times faster this row's implementation is than `against`: > 1 is faster, whatever the unit.
import { createArena } from "../src/kernels/index.ts";
import { gemm as plainGemm } from "./plain-javascript.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";
import { inTurns, noise, requireEqual, type Variants } from "./turns.ts";

const OURS = "walras wasm";
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

/** As `walras bench kernels` runs it. `seconds` per variant and product. */
export async function bench(seconds = 0.5): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  for (const [M, N, K] of PRODUCTS) {
    const times = inTurns(productVariants(M, N, K), seconds);
    const speed = (name: string) => (2 * M * N * K) / median(times[name]) / 1e6;
    const row = { workload: `gemm ${M}×${N}×${K}`, unit: "GFLOP/s", against: PLAIN } as const;
    rows.push({ ...row, implementation: OURS, median: speed(OURS), ratio: speed(OURS) / speed(PLAIN) });
    rows.push({ ...row, implementation: PLAIN, median: speed(PLAIN), ratio: 1 });
  }
  return { suite: "kernels", machine: machine(), rows, notes: [] };
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
  requireEqual(`gemm ${M}×${N}×${K}`, c, plainC, 1e-4, [OURS, PLAIN]);
  return variants;
}
