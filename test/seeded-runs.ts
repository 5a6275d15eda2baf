// What must be the same, bit for bit, in every engine: draws, elementary functions, a simulation and a whole training.
// Imported by the browser test on both sides, so nothing here may need Node.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { aiyagari } from "../economies/aiyagari.ts";
import { moneyExchange } from "../economies/money-exchange.ts";
import { orderBook } from "../economies/order-book.ts";
import pointMassPpo from "../experiments/control/ppo-lqr.ts";
import lucasTreeDqn from "../experiments/lucas-tree/dqn.ts";
import { callingThread, execute } from "../src/engine/run.ts";
import { train } from "../src/engine/session.ts";
import { bareExperiment, type Experiment, type Overrides, resolveRun } from "../src/experiment/experiment.ts";
import { createArena } from "../src/kernels/index.ts";
import * as math from "../src/math/index.ts";
import { categorical, fillPartners, permutation, seedStream } from "../src/random/index.ts";
import { createRun, type Json, memoryStore } from "../src/store/index.ts";
import { marketTown } from "./fixtures/market-town.ts";

/** Hashes by what they are of. */
export async function seededRuns(): Promise<Record<string, string>> {
  return {
    ...draws(),
    ...elementaryFunctions(),
    "money-exchange": await run(bareExperiment(moneyExchange), { agents: 5000, horizon: 50 }),
    aiyagari: await run(bareExperiment(aiyagari), { households: 5000, wealthPoints: 30, totalSteps: 20 }),
    "order-book": await run(bareExperiment(orderBook), { ticks: 200, capacity: 600, length: 0.3, totalSteps: 30 }),
    "market-town": await run(bareExperiment(marketTown), { traders: 5000, totalSteps: 20 }),
    "lucas-tree/dqn": await run(lucasTreeDqn, {
      agents: 60,
      horizon: 40,
      numEnvs: 4,
      totalSteps: 400,
      "config.updates": 4,
      "config.gradientSteps": 2,
    }),
    "from code": trained(),
    "control/ppo-lqr": await run(pointMassPpo, {
      totalSteps: 200,
      "config.updates": 4,
      "config.normalizeObs": true,
      "config.scaleRewards": true,
      "config.squash": true,
    }),
  };
}

/** What a loop in a page learns, left and taken up again. */
function trained(): string {
  const training = train(pointMassPpo, { seed: 3, set: { totalSteps: 200, "config.updates": 4 } });
  for (const { step } of training) if (step >= 100) break;
  training.finish();
  return Object.values(training.snapshot().arrays).map(hash).join();
}

/** Whether threads could share memory here: in a browser only on a page that is isolated from other origins. */
export function canShareMemory(): boolean {
  try {
    return createArena({ bytes: 1 << 20, shared: true }).shared;
  } catch {
    return false;
  }
}

async function run(experiment: Experiment, overrides: Overrides): Promise<string> {
  const run = resolveRun(experiment, overrides, 7);
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const writer = createRun(memoryStore(), {
    name: run.experiment,
    config: run as unknown as Json,
    version: "",
    node: "",
    machine,
  });
  return (await execute({ experiment, run, writer, group: callingThread })).hash;
}

function draws(): Record<string, string> {
  const rng = seedStream(20_240_229).fork("engines");
  const rows = 1001;
  const at = { lane: 3, period: 17, from: 5 };
  const reals = (fill: (out: Float64Array) => void): string => {
    const out = new Float64Array(rows);
    fill(out);
    return hash(out);
  };
  const integers = (n: number): string => {
    const out = new Int32Array(rows);
    rng.integers(out, at, n);
    return hash(out);
  };
  const bits = new Uint32Array(rows);
  rng.bits(bits, at);
  const partners = new Int32Array(rows);
  fillPartners(partners, permutation(rng, { size: rows, lane: 3, period: 17 }), 0, rows);
  const weights = [0.1, 0, 2, 1 / 3];
  return {
    bits: hash(bits),
    "small integers": integers(6),
    "large integers": integers(2 ** 31 - 1),
    uniform: reals((out) => rng.uniform(out, at)),
    normal: reals((out) => rng.normal(out, at)),
    lognormal: reals((out) => rng.lognormal(out, at, -1, 0.5)),
    categorical: reals((out) => out.set(out.map((_, i) => categorical(rng.uniformAt(1, 2, i), weights)))),
    permutation: hash(partners),
  };
}

function elementaryFunctions(): Record<string, string> {
  const { exp, expm1, log, log1p, log2, sigmoid, softplus, tanh, sin, cos, pow } = math;
  const points = new Float64Array(4001);
  seedStream(1).fork("points").normal(points, { lane: 0, period: 0, from: 0 });
  for (let i = 0; i < points.length; i++) points[i] *= [0.01, 1, 30, 1e4][i & 3];
  const hashes: Record<string, string> = {};
  for (const [name, f] of Object.entries({ exp, expm1, sigmoid, softplus, tanh, sin, cos }))
    hashes[name] = hash(points.map((x) => f(x)));
  for (const [name, f] of Object.entries({ log, log1p, log2 })) hashes[name] = hash(points.map((x) => f(Math.abs(x))));
  hashes.pow = hash(points.map((x, i) => pow(Math.abs(x), (i % 17) / 3 - 2)));
  const rules = [math.gaussLegendre(40), math.gaussHermite(40)];
  hashes.quadrature = rules.map(({ nodes, weights }) => hash(nodes) + hash(weights)).join();
  return hashes;
}

const hash = (values: ArrayBufferView): string =>
  bytesToHex(sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
