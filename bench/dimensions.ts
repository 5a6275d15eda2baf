// Growth with 1, 2, 4 and 8 kinds of capital (paper: Covarrubias 2021, §1.3): tabular Q-learning, DQN, SAC, PPO, and the network trained on Euler residuals, after as many states seen.
//
// Logarithmic utility and full depreciation, so that the best is known exactly and in any number of dimensions: k′_j = w_j αβ Y. What a learner loses is exact, too. Of each
// decision it plays, what the best one is worth more, Q(x, s*) − Q(x, s), is a formula; the mean over play, discounted or not, is utility per period, and 1 − e^(−mean) consumption.
import { mkdirSync, writeFileSync } from "node:fs";
import { growth, growthOn } from "../economies/growth.ts";
import { goodWeights, growthModel } from "../economies/theory/growth.ts";
import { ppoSettings } from "../experiments/growth/parts/planner.ts";
import {
  type AnyRows,
  defineExperiment,
  dqn,
  type Experiment,
  grid,
  type PlayOptions,
  play,
  ppo,
  qLearning,
  sac,
  solvers,
  train,
} from "../src/index.ts";
import { accelerateMath, accelerateRandom } from "../src/kernels/index.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";

const DIMENSIONS = [1, 2, 4, 8];
const STATES = 64_000;
const SEED = 1;
const CHOICES = 13;
/** Centres of a table per observed number; productivity is one of them. */
const BINS = 3;
const MOST_BYTES = 2e9;
const FIGURE = "runs/dimensions.svg";

const onGrid = growthOn(
  "growth-on-a-grid",
  grid("actionLow", "actionHigh", CHOICES, { each: "goods", doc: "share of output" }),
);

/** Shares from about a seventh of what the least kind needs to nearly twice what the largest needs; productivity of each period is drawn afresh. */
const paramsOf = (goods: number) => ({
  goods,
  depreciation: 1,
  shockPersistence: 0.5,
  actionLow: 0.1 / (goods * (goods + 1)),
  actionHigh: 1.2 / (goods + 1),
  horizon: 20,
  planners: 64,
});

const common = (n: number) => ({
  summary: "Growth in several dimensions",
  params: paramsOf(n),
  evaluation: { finalPeriods: 1 },
});
const learners: Readonly<Record<string, (n: number) => Experiment>> = {
  "Q, a table": (n) =>
    defineExperiment({
      ...common(n),
      name: "dimensions/q",
      economy: onGrid,
      algorithm: qLearning,
      config: { bins: BINS, epsilon: 1, learningRate: 1, learningRateSchedule: "visits", learningRatePower: 0.6 },
      numEnvs: 2,
      totalSteps: STATES / 64,
    }),
  DQN: (n) =>
    defineExperiment({
      ...common(n),
      name: "dimensions/dqn",
      economy: onGrid,
      algorithm: dqn,
      config: {
        hiddenLayers: 2,
        hiddenWidth: 32,
        batchSize: 256,
        bufferSize: STATES,
        gradientSteps: 8,
        learningStarts: 2000,
        learningRate: 3e-3,
        finalLearningRate: 2e-5,
        tau: 0.05,
        finalTau: 0.05,
        epsilonEnd: 0.1,
      },
      numEnvs: 2,
      totalSteps: STATES / 64,
    }),
  SAC: (n) =>
    defineExperiment({
      ...common(n),
      name: "dimensions/sac",
      economy: growth,
      algorithm: sac,
      config: {
        hiddenWidth: 32,
        activation: "tanh",
        batchSize: 256,
        bufferSize: STATES,
        learningStarts: STATES / 2,
        gradientSteps: 8,
        learningRate: 1e-3,
        criticLearningRate: 2e-3,
        finalRate: 0.01,
        tau: 0.05,
        alpha: 0.01,
        targetEntropy: -2,
      },
      numEnvs: 2,
      totalSteps: STATES / 64,
    }),
  PPO: (n) =>
    defineExperiment({
      ...common(n),
      name: "dimensions/ppo",
      economy: growth,
      algorithm: ppo,
      config: { ...ppoSettings.config, numSteps: 20, numMinibatches: 4 },
      numEnvs: 4,
      totalSteps: STATES / 64,
    }),
};

interface Result {
  readonly method: string;
  readonly goods: number;
  /** Share of consumption for ever; null: not run. */
  readonly loss: number | null;
  readonly seconds: number | null;
  /** Of all that is kept between steps: parameters, moments, replay, worlds. */
  readonly bytes: number;
}

/** As `walras bench dimensions` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  accelerateMath();
  accelerateRandom();
  const results: Result[] = [];
  for (const goods of DIMENSIONS) {
    for (const [method, experiment] of Object.entries(learners)) results.push(learn(method, goods, experiment(goods)));
    results.push(deep(goods));
  }
  mkdirSync("runs", { recursive: true });
  writeFileSync(FIGURE, draw(results));
  const row = (r: Result, what: string, median: number, unit: string): BenchRow => ({
    workload: `${r.goods} kinds of capital, ${what}`,
    implementation: r.method,
    median,
    unit,
    ratio: null,
    against: null,
  });
  return {
    suite: "dimensions",
    machine: machine(),
    rows: results.flatMap((r) => [
      ...(r.loss === null ? [] : [row(r, "consumption lost", 100 * r.loss, "%")]),
      ...(r.seconds === null ? [] : [row(r, "processor time", r.seconds, "s")]),
      row(r, "memory", r.bytes / 1e6, "MB"),
    ]),
    notes: [
      `${STATES} states seen by each, seed ${SEED}; the figure is ${FIGURE}.`,
      ...results
        .filter((r) => r.loss === null)
        .map(
          (r) =>
            `${r.method} with ${r.goods} kinds of capital was not run: its table takes ${(r.bytes / 1e9).toPrecision(2)} GB.`,
        ),
    ],
  };
}

function learn(method: string, goods: number, experiment: Experiment): Result {
  if (experiment.algorithm === qLearning) {
    const bytes = 8 * 2 * BINS ** (goods + 1) * CHOICES ** goods; // values and visits
    if (bytes > MOST_BYTES) return { method, goods, loss: null, seconds: null, bytes };
  }
  const started = process.cpuUsage();
  const training = train(experiment, { seed: SEED });
  training.finish();
  const seconds = process.cpuUsage(started).user / 1e6;
  const bytes = Object.values(training.snapshot().arrays).reduce((sum, array) => sum + array.byteLength, 0);
  return { method, goods, loss: lossOf(goods, training.learned()), seconds, bytes };
}

function deep(goods: number): Result {
  const weights = [...goodWeights(goods)];
  const params = paramsOf(goods);
  const model = growthModel({
    ...(train(learners["PPO"]!(goods)).run.params as unknown as Parameters<typeof growthModel>[0]),
    ...params,
  });
  const started = process.cpuUsage();
  const solution = solvers.solveGrowthDeep(model, {
    seed: SEED,
    steps: STATES / 128,
    batch: 128,
    weights,
    learningRate: 1e-2,
  });
  const seconds = process.cpuUsage(started).user / 1e6;
  const steady = solvers.growthSteadyState(model).capital;
  /** A policy that sees what learners see. */
  const rule = {
    load() {},
    act(actions: Float32Array | Int32Array, obs: Float32Array, rows: number): void {
      const capital = new Float64Array(goods);
      for (let i = 0; i < rows; i++) {
        const at = i * (goods + 1);
        for (let j = 0; j < goods; j++) capital[j] = (steady / goods) * Math.exp(0.5 * obs[at + j]!);
        const state = obs[at + goods]! > 0 ? 1 : 0;
        const next = solution.nextCapital(capital, state);
        const used = next.reduce((sum, k) => sum + k, solution.consumption(capital, state));
        for (let j = 0; j < goods; j++) actions[i * goods + j] = next[j]! / used;
      }
    },
  };
  const loss = lossOf(goods, {
    economy: growth,
    params,
    policies: { planners: rule } as unknown as PlayOptions["policies"],
  });
  return { method: "Euler residuals", goods, loss, seconds, bytes: 4 * 4 * solution.parameters };
}

/** 1 − e^(−mean of Q(x, s*) − Q(x, s)) over play. */
function lossOf(goods: number, played: Pick<PlayOptions, "economy" | "params" | "policies">): number {
  const w = goodWeights(goods);
  const [αβ, weight] = [0.36 * 0.96, (0.36 * 0.96) / (1 - 0.36 * 0.96)];
  const best = Math.log(1 - αβ) + weight * w.reduce((sum, x) => sum + x * Math.log(x * αβ), 0);
  let [sum, count] = [0, 0];
  play({
    ...played,
    params: { ...played.params, planners: 64 },
    seed: 7,
    periods: 20,
    worlds: 4,
    visit(world) {
      const { capital, output, consumption, size } = world["planners"] as AnyRows as unknown as Record<
        string,
        Float64Array
      > & { size: number };
      for (let i = 0; i < size; i++, count++) {
        let worth = Math.log(consumption![i]! / output![i]!);
        for (let j = 0; j < goods; j++) worth += weight * w[j]! * Math.log(capital![i * goods + j]! / output![i]!);
        sum += best - worth;
      }
    },
  });
  return -Math.expm1(-sum / count);
}

const COLOURS = ["#8a6d00", "#b0413e", "#1f5fa8", "#2e7d4f", "#6a3d9a"];

/** Three panels side by side: consumption lost, processor time and memory, against the number of kinds of capital, both on scales of ratios. */
function draw(results: readonly Result[]): string {
  const methods = [...new Set(results.map(({ method }) => method))];
  const panels = [
    { title: "consumption lost, %", of: (r: Result) => (r.loss === null ? null : 100 * r.loss) },
    { title: "processor time, s", of: (r: Result) => r.seconds },
    { title: "memory, MB", of: (r: Result) => r.bytes / 1e6 },
  ];
  const [W, H, TOP, BOTTOM, LEFT] = [300, 300, 64, 44, 56];
  const parts: string[] = [];
  const text = (x: number, y: number, anchor: string, words: string, colour = "#333"): void =>
    void parts.push(
      `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words}</text>`,
    );
  panels.forEach(({ title, of }, k) => {
    const values = results.map(of).filter((v): v is number => v !== null && v > 0);
    const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
    const x = (n: number) => k * W + LEFT + ((W - LEFT - 24) * Math.log2(n)) / 3;
    const y = (v: number) => H - BOTTOM - ((H - TOP - BOTTOM) * (Math.log10(v) - low)) / (high - low);
    text(k * W + LEFT, TOP - 12, "start", title);
    const step = Math.ceil((high - low) / 6);
    for (let e = low; e <= high; e += step) {
      parts.push(`<path d="M${k * W + LEFT} ${y(10 ** e)}H${k * W + W - 24}" stroke="#ddd"/>`);
      text(
        k * W + LEFT - 6,
        y(10 ** e) + 4,
        "end",
        e >= 0 && e < 4 ? String(10 ** e) : e < 0 && e > -4 ? (10 ** e).toFixed(-e) : `1e${e}`,
      );
    }
    for (const n of DIMENSIONS) text(x(n), H - BOTTOM + 18, "middle", String(n));
    text(k * W + (LEFT + W - 24) / 2, H - 8, "middle", "kinds of capital");
    for (const [m, method] of methods.entries()) {
      const points = results
        .filter((r) => r.method === method)
        .flatMap((r) => {
          const v = of(r);
          return v === null || v <= 0 ? [] : [[x(r.goods), y(v), r.loss === null] as const];
        });
      parts.push(
        `<path d="M${points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}" fill="none" stroke="${COLOURS[m]}" stroke-width="2"/>`,
      );
      // Hollow: needed, and not run.
      for (const [px, py, hollow] of points)
        parts.push(
          `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3.5" fill="${hollow ? "#fff" : COLOURS[m]}" stroke="${COLOURS[m]}"/>`,
        );
    }
  });
  methods.forEach((method, m) => {
    parts.push(`<path d="M${LEFT + m * 165} 20h22" stroke="${COLOURS[m]}" stroke-width="3"/>`);
    text(LEFT + m * 165 + 28, 24, "start", method, COLOURS[m]);
  });
  const width = 3 * W;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${H}" width="${width}" height="${H}" font-family="system-ui, sans-serif" font-size="13"><title>Five methods with 1, 2, 4 and 8 kinds of capital: consumption lost, processor time and memory</title><rect width="${width}" height="${H}" fill="#fff"/>${parts.join("")}</svg>\n`;
}
