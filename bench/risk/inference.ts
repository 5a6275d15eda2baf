// ABC-SMC beside pyABC and NumPy, and a surrogate fitted and searched beside scikit-learn and SciPy and beside simulation, on the same work in one run.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { optimalProgressivity } from "../../economies/theory/hsv-static.ts";
import { HOUSEHOLDS, PERIODS, welfareOfRun } from "../../experiments/policy/parts/taxed.ts";
import { abcSmcRounds, answeredNow, createPrior, summarise } from "../../src/inference/index.ts";
import { accelerateMath } from "../../src/kernels/index.ts";
import { quantile } from "../../src/math/index.ts";
import { fitGaussianProcess } from "../../src/optimise/parts/gaussian-process.ts";
import { seedStream } from "../../src/random/index.ts";
import { design, fitSurrogate, searchSurrogate } from "../../src/surrogates/index.ts";
import { peer } from "../peers/run.ts";
import { type BenchPart, type BenchRow, median } from "../report.ts";

const TIMES = 3;
/** θ ~ N(1, 2²), of which the mean of ten values with deviation 1.5 is observed. */
const PARTICLES = 500;
const TOLERANCE = 0.1;
const ERROR = 1.5 / Math.sqrt(10);
const OBSERVED = 2.5;
const RUNS = 100;
const EVALUATIONS = 400;
/** Runs that verify a choice: two of it, two of the reference. */
const VERIFYING = 4;
const BOX = { names: ["progressivity", "inverseFrisch", "logSkillVariance"], low: [0, 1, 0.1], high: [0.8, 3, 0.5] };
const CONTEXTS = [
  [1.5, 0.2],
  [2, 0.25],
  [2.5, 0.4],
] as const;

interface Abc {
  readonly seconds: number;
  readonly mean: number;
  readonly sd: number;
  readonly simulations: number;
}

/** As inference_cases.py prints them. */
interface Peers {
  readonly versions: Readonly<Record<"pyabc" | "numpy" | "sklearn" | "scipy", string>>;
  readonly pyabc: Abc;
  readonly numpy: Abc;
  readonly sklearn: { readonly fit: number; readonly search: number; readonly best: readonly number[] };
}

export async function inference(): Promise<BenchPart> {
  accelerateMath(); // as every run of a program has it
  const abc = timed(() => particles(1));
  const points = design(BOX, RUNS, 1);
  const run = (point: ArrayLike<number>, seed: number): number =>
    welfareOfRun({ progressivity: point[0]!, inverseFrisch: point[1]!, logSkillVariance: point[2]! }, seed);
  const simulated = timed(() =>
    Float64Array.from({ length: RUNS }, (_, i) => run(points.subarray(3 * i, 3 * i + 3), i)),
  );
  const unit = points.map((x, l) => (x - BOX.low[l % 3]!) / (BOX.high[l % 3]! - BOX.low[l % 3]!));
  const fit = timed(() => fitGaussianProcess(unit, simulated.value, 3));
  const surrogate = fitSurrogate({ box: BOX, points, values: simulated.value }, { kind: "gaussian-process", seed: 1 });
  const search = timed(() =>
    CONTEXTS.map(([inverseFrisch, logSkillVariance]) =>
      searchSurrogate(surrogate, { given: { inverseFrisch, logSkillVariance }, evaluations: EVALUATIONS, seed: 1 }),
    ),
  );
  const perRun = simulated.seconds / RUNS;
  const perSearch = search.seconds / CONTEXTS.length;

  const folder = mkdtempSync(join(tmpdir(), "walras-bench-"));
  const file = join(folder, "runs.json");
  const { low, high } = BOX;
  writeFileSync(file, JSON.stringify({ points: [...points], values: [...simulated.value], low, high }));
  const work = [PARTICLES, TOLERANCE, ERROR, OBSERVED, EVALUATIONS].map(String);
  const answer = await peer("inference_cases", [...work, file, JSON.stringify(CONTEXTS)]);
  rmSync(folder, { recursive: true });
  const peers = answer.ok ? (answer.result as Peers) : null;

  const gaussian = peers ? `scikit-learn ${peers.versions.sklearn}` : "";
  const rows = [
    ...compared(`ABC-SMC, ${PARTICLES} particles to a tolerance of ${TOLERANCE}`, abc.seconds, [
      ...(peers ? [[`pyABC ${peers.versions.pyabc}`, peers.pyabc.seconds] as const] : []),
      ...(peers ? [[`NumPy ${peers.versions.numpy}, whole arrays`, peers.numpy.seconds] as const] : []),
    ]),
    ...compared(`a Gaussian process of ${RUNS} runs, three controls`, fit.seconds, [
      ...(peers ? [[gaussian, peers.sklearn.fit] as const] : []),
    ]),
    ...compared(`a search of ${EVALUATIONS} evaluations`, perSearch, [
      ...(peers
        ? [[`${gaussian}, differential evolution of SciPy ${peers.versions.scipy}`, peers.sklearn.search] as const]
        : []),
      [`walras, by simulation of ${HOUSEHOLDS} households for ${PERIODS} periods`, EVALUATIONS * perRun],
    ]),
  ];
  const moments = ({ mean, sd, simulations }: Omit<Abc, "seconds">): string =>
    `${mean.toFixed(3)} ± ${sd.toFixed(3)} by ${simulations} simulations`;
  const exact = 1 / (1 / 4 + 1 / (ERROR * ERROR));
  const best = CONTEXTS.map(([ζ, s2]) => optimalProgressivity({ inverseFrisch: ζ, logSkillVariance: s2 }));
  const off = (found: readonly number[]): string => Math.max(...found.map((ξ, i) => Math.abs(ξ - best[i]!))).toFixed(3);
  // Held-out runs take another fit, of four fifths of the runs
  const fixed = RUNS * perRun + 2 * fit.seconds;
  const factor = (searches: number, verifying: number): string =>
    ((searches * EVALUATIONS * perRun) / (fixed + searches * (perSearch + verifying * perRun))).toPrecision(3);
  const accounts = [1, 16, 100, 1000].map((K) => `${K}: ${factor(K, 0)}, ${factor(K, VERIFYING)}`).join("; ");
  return {
    rows,
    notes: [
      answer.ok ? "" : `No pyABC, scikit-learn: ${answer.reason}`,
      `Processor time, the median of ${TIMES} (pyABC's: of one). Exact posterior ${(exact * (1 / 4 + OBSERVED / (ERROR * ERROR))).toFixed(3)} ± ${Math.sqrt(exact).toFixed(3)}; walras ${moments(abc.value)}${peers ? `, pyABC ${moments(peers.pyabc)}, NumPy ${moments(peers.numpy)}` : ""}.`,
      `A search of the surrogate takes ${((EVALUATIONS * perRun) / perSearch).toFixed(0)} times less than one by simulation. With ${RUNS} runs (${(1000 * RUNS * perRun).toFixed(0)} ms) and two fits among so many searches, without and with ${VERIFYING} runs that verify each: ${accounts}.`,
      `Largest error of ξ in ${CONTEXTS.length} searches: walras ${off(search.value.map(({ point }) => point[0]!))}${peers ? `, scikit-learn ${off(peers.sklearn.best)}` : ""}.`,
    ].filter(Boolean),
  };
}

/** A row for each of the others, and ours against each. */
function compared(workload: string, ours: number, others: readonly (readonly [string, number])[]): readonly BenchRow[] {
  const row = (implementation: string, seconds: number, against: string | null, ratio: number | null): BenchRow => ({
    workload,
    implementation,
    median: seconds,
    unit: "s",
    ratio,
    against,
  });
  if (others.length === 0) return [row("walras", ours, null, null)];
  return others.flatMap(([name, seconds]) => [
    row("walras", ours, name, seconds / ours),
    row(name, seconds, null, null),
  ]);
}

function timed<T>(work: () => T): { readonly seconds: number; readonly value: T } {
  const seconds: number[] = [];
  let value = work(); // warm
  for (let k = 0; k < TIMES; k++) {
    const from = process.cpuUsage();
    value = work();
    const { user, system } = process.cpuUsage(from);
    seconds.push((user + system) / 1e6);
  }
  return { seconds: median(seconds), value };
}

function particles(seed: number): Omit<Abc, "seconds"> {
  const prior = createPrior({ mean: { kind: "normal", mean: 1, sd: 2 } });
  const noise = seedStream(seed).fork("values");
  // Distances are in median absolute deviations under the prior, so that the tolerance is, too.
  const z = new Float64Array(20_000);
  seedStream(3).normal(z, { lane: 0, period: 0, from: 0 });
  const deviation = Math.sqrt(4 + ERROR * ERROR) * quantile(z.map(Math.abs), 0.5);
  const posterior = answeredNow(
    abcSmcRounds({
      prior,
      observed: Float64Array.of(OBSERVED),
      seed,
      particles: PARTICLES,
      simulations: 10_000_000,
      tolerance: TOLERANCE / deviation,
      leastAcceptance: 0,
    }),
    (proposals) =>
      proposals.map(({ theta, index }) => Float64Array.of(theta[0]! + ERROR * noise.normalAt(0, index, 0))),
  );
  const [found] = summarise(posterior);
  return { mean: found!.mean, sd: found!.sd, simulations: posterior.simulations };
}
