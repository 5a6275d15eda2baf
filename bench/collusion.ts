// Sessions of Calvano et al.'s duopoly, n = 2, m = 15, α = 0.15, β = 4e-6, from the start to period 1 800 000, three ways, in turns.
//
// Plain JavaScript is the rule as one writes it down: exp and two random numbers a period, a row searched for its largest value when
// it is needed. The third is q-learning, which plays the economy through the vectorised environment and knows nothing of this game.
// Periods per second; both players decide and learn in every period.
import { priceCollusion } from "../economies/price-collusion.ts";
import { resolveConfig } from "../src/algorithms/algorithm.ts";
import { qLearning } from "../src/algorithms/q-learning.ts";
import { repeatedQ } from "../src/algorithms/repeated-q.ts";
import { createStageGame, type StageGame } from "../src/algorithms/tabular/stage-game.ts";
import { alone } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { accelerateRandom, createArena } from "../src/kernels/index.ts";
import { wasmBackend } from "../src/nn/index.ts";
import { seedStream } from "../src/random/index.ts";
import { type BenchReport, median, watchMachine } from "./report.ts";

const PERIODS = 1_800_000;
const ROUNDS = 5;

/** As `walras bench collusion` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  accelerateRandom();
  const ours: number[] = [];
  const plain: number[] = [];
  const general: number[] = [];
  const game = createStageGame(priceCollusion, {});
  for (let round = -1; round < ROUNDS; round++) {
    const rates = [sessions(round + 2), plainRate(game, round + 2), generalRate(round + 2)];
    if (round < 0) continue; // the optimising compiler was still at work
    [ours, plain, general].forEach((list, k) => {
      list.push(rates[k]);
    });
  }
  const workload = "duopoly, 1.8 million periods of learning";
  const unit = "M periods/s";
  const ratio = (others: readonly number[]): number => median(ours.map((x, k) => x / others[k]));
  const fast = { workload, implementation: "walras repeated-q", median: median(ours), unit };
  return {
    suite: "collusion",
    machine: machine(),
    rows: [
      { ...fast, ratio: ratio(plain), against: "plain JavaScript" },
      { ...fast, ratio: ratio(general), against: "walras q-learning" },
      { workload, implementation: "plain JavaScript", median: median(plain), unit, ratio: null, against: null },
      { workload, implementation: "walras q-learning", median: median(general), unit, ratio: null, against: null },
    ],
    notes: [
      `Best of ${ROUNDS}: repeated-q ${Math.max(...ours).toFixed(1)}, plain JavaScript ${Math.max(...plain).toFixed(1)} M periods/s.`,
    ],
  };
}

/** Four sessions one after the other, as an experiment has a hundred; without setting up. */
function sessions(seed: number): number {
  const numEnvs = 4;
  const arena = createArena({ bytes: 1 << 23 });
  const env = makeVectorEnv(priceCollusion, { numEnvs, memory: arena });
  const config = resolveConfig(repeatedQ, { stablePeriods: PERIODS });
  const context = { env, config, seed, arena, team: alone, backend: wasmBackend, from: null };
  const learn = (totalSteps: number) =>
    time(() => void [...repeatedQ.train({ ...context, totalSteps, rng: seedStream(seed) })]);
  // Playing the economy through all combinations is timed by a run that then ends at once.
  return (numEnvs * PERIODS) / (learn(numEnvs * PERIODS) - learn(1)) / 1000;
}

function generalRate(seed: number): number {
  const arena = createArena({ bytes: 1 << 24 });
  const env = makeVectorEnv(priceCollusion, { numEnvs: 1, memory: arena });
  const config = resolveConfig(qLearning, {
    bins: 15,
    independent: true,
    learningRate: 0.15,
    epsilon: 1,
    epsilonSchedule: "exponential",
    epsilonDecay: 4e-6,
  });
  const totalSteps = PERIODS / 20;
  const updates = qLearning.train({
    env,
    config,
    totalSteps,
    rng: seedStream(seed),
    seed,
    arena,
    team: alone,
    backend: wasmBackend,
    from: null,
  });
  return totalSteps / time(() => void [...updates]) / 1000;
}

function plainRate({ payoffs }: StageGame, seed: number): number {
  const [S, A, α, γ, β] = [225, 15, 0.15, 0.95, 4e-6];
  let [x, y, z] = [seed * 0x9e3779b9, 362436069, 521288629];
  const random = (): number => {
    const t = x ^ (x << 11);
    [x, y] = [y, z];
    z = (z ^ (z >>> 19) ^ t ^ (t >>> 8)) | 0;
    return (z >>> 0) / 4294967296;
  };
  const tables = [0, 1].map(() => new Float64Array(S * A).fill(5));
  const greedy = (q: Float64Array, s: number): number => {
    let best = 0;
    for (let a = 1; a < A; a++) if (q[s * A + a] > q[s * A + best]) best = a;
    return best;
  };
  let state = 0;
  const milliseconds = time(() => {
    for (let t = 0; t < PERIODS; t++) {
      const ε = Math.exp(-β * t);
      const a = random() < ε ? Math.floor(random() * A) : greedy(tables[0], state);
      const b = random() < ε ? Math.floor(random() * A) : greedy(tables[1], state);
      const next = a * A + b;
      for (let i = 0; i < 2; i++) {
        const q = tables[i];
        const cell = state * A + (i === 0 ? a : b);
        q[cell] += α * (payoffs[i * S + next] + γ * q[next * A + greedy(q, next)] - q[cell]);
      }
      state = next;
    }
  });
  return PERIODS / milliseconds / 1000;
}

function time(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
