// Days of the token economy with 10³ to 10⁷ traders, one thread and two, beside the table of the paper that it follows; and what each of its features costs.
//
// Every size runs in a process of its own, whose peak memory is thus its own. The first days, in which the optimising compiler is at work, are left out.
// The growth exponent is fitted to processor time of one thread, which other work on the machine disturbs least.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { leastSquaresLine } from "../src/math/index.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";
import type { Days } from "./scale/days.ts";
import type { PolicyDays } from "./scale/policy.ts";

const scriptOf = (name: string): string =>
  fileURLToPath(new URL(`./scale/${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));
const HOURS = 24;

/** Table 1 of the paper: cores, seconds per day, gigabytes. It says nothing of its day or its machines. */
const PAPER: Readonly<Record<number, readonly [cores: number, seconds: number, gigabytes: number]>> = {
  1e3: [4, 0.02, 0.512],
  1e4: [16, 0.15, 2],
  1e5: [64, 1.2, 8],
  1e6: [256, 8.5, 32],
};
/** Days that are simulated and, of these, left out. */
const SIZES: readonly (readonly [traders: number, days: number, warmUp: number])[] = [
  [1e3, 100, 30],
  [1e4, 100, 30],
  [1e5, 16, 5],
  [1e6, 6, 2],
  [1e7, 2, 1],
];
/** Settings that leave a feature out, at 10⁶ traders. */
const WITHOUT: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "nine of ten links": { degree: 1 },
  "strengths that adapt": { reinforcement: 0, decay: 0 },
  "orders that wait": { priority: 0 },
  "bridges and arbitrageurs": { capital: 0 },
};

/** What a script in scale/ says, in a process of its own. */
function said<T>(name: string, flags: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [scriptOf(name), ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    let [out, wrong] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      wrong += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`bench scale: ${name} ${flags.join(" ")} ended with ${code}: ${wrong.trim()}`));
    });
  });
}

const days = (
  settings: Readonly<Record<string, number>>,
  threads: number,
  count: number,
  more: readonly string[] = [],
) =>
  said<Days>("days", [
    "--settings",
    JSON.stringify(settings),
    "--threads",
    `${threads}`,
    "--days",
    `${count}`,
    ...more,
  ]);

const powerOf = (traders: number): string => `10${[..."⁰¹²³⁴⁵⁶⁷⁸⁹"][Math.round(Math.log10(traders))]}`;

/** As `walras bench scale` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  const logs: [number[], number[]] = [[], []];
  let whole = Number.NaN;
  for (const [traders, count, warmUp] of SIZES) {
    const workload = `one day, ${powerOf(traders)} traders`;
    const paper = PAPER[traders];
    const measured: Days[] = [];
    for (const threads of [1, 2])
      measured.push(await days({ traders }, threads, count, traders === 1e6 ? ["--checkpoint"] : []));
    const [one, two] = measured.map(({ wall }) => median(wall.slice(warmUp)));
    const processor = median(measured[0]!.processor.slice(warmUp));
    if (traders === 1e6) whole = processor;
    logs[0].push(Math.log(traders));
    logs[1].push(Math.log(processor));
    const theirs = paper ? `the paper, ${paper[0]} cores` : null;
    const entry = (implementation: string, value: number, unit: string, ratio: number | null, against: string | null) =>
      rows.push({ workload, implementation, median: value, unit, ratio, against });
    entry("walras, 1 thread", one!, "s", paper ? paper[1] / one! : null, theirs);
    entry("walras, 2 threads", two!, "s", one! / two!, "walras, 1 thread");
    entry("walras, 1 thread, processor time", processor, "s", null, null);
    for (const [k, threads] of ["1 thread", "2 threads"].entries()) {
      entry(
        `walras, ${threads}`,
        (HOURS * traders) / median(measured[k]!.wall.slice(warmUp)) / 1e6,
        "M agent-steps/s",
        null,
        null,
      );
      entry(
        `walras, ${threads}, peak memory`,
        measured[k]!.memory / 1e9,
        "GB",
        paper ? (paper[2] * 1e9) / measured[k]!.memory : null,
        theirs,
      );
      entry(`walras, ${threads}, until the first hours`, measured[k]!.start, "s", null, null);
    }
    const { checkpoint } = measured[0]!;
    if (checkpoint) {
      entry("checkpoint written", checkpoint.write, "s", null, null);
      entry("checkpoint checked and put back", checkpoint.restore, "s", null, null);
    }
    if (paper && theirs) entry(theirs, paper[1], "s", null, null);
  }
  for (const [first, name] of [
    [0, "10³ to 10⁷"],
    [2, "10⁵ to 10⁷"],
  ] as const) {
    const { slope } = leastSquaresLine(logs[0].slice(first), logs[1].slice(first));
    rows.push({
      workload: `growth of a day, ${name} traders`,
      implementation: "walras, 1 thread, processor time",
      median: slope,
      unit: "exponent",
      ratio: null,
      against: null,
    });
  }
  for (const [feature, settings] of Object.entries(WITHOUT)) {
    const { processor } = await days({ traders: 1e6, ...settings }, 1, 4);
    const without = median(processor.slice(1));
    rows.push({
      workload: "one day, 10⁶ traders",
      implementation: `without ${feature}, processor time`,
      median: without,
      unit: "s",
      ratio: whole / without,
      against: "walras, 1 thread, processor time",
    });
  }
  const policies: number[] = [];
  for (const activation of ["tanh", "relu"]) {
    const flags = ["--traders", "1000000", "--days", "3", "--activation", activation];
    policies.push(median((await said<PolicyDays>("policy", flags)).processor));
  }
  const [tanh, relu] = policies;
  const network = "a policy network that all share adds, processor time";
  const day = { workload: "one day, 10⁶ traders", unit: "s" };
  const against = "walras, 1 thread, processor time";
  rows.push({ ...day, implementation: network, median: tanh!, ratio: whole / tanh!, against });
  rows.push({ ...day, implementation: "the same with ReLU", median: relu!, ratio: tanh! / relu!, against: network });
  notes.push(
    "A day is 24 hours, an agent-step is a trader's hour. The paper says neither what its day is nor on which cores it ran; its seconds and gigabytes are its own.",
    "The policy network has 4 features, two hidden layers of 32 and one output, for every trader in every hour; its weights are drawn, not learned.",
    "Every trader follows 10 others; orders, strengths that adapt, bridges and arbitrageurs are on. Where a feature is left out, what it costs is the difference.",
  );
  return { suite: "scale", machine: machine(), rows, notes };
}
