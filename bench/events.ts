// Events in continuous time, beside a plain loop with a heap of its own: 10⁵ rows that each wait an exponential time, again and again.
//
// The plain loop has what a careful programmer would write for this one model: a binary heap of times and rows whose top is replaced, the same draws, the same
// logarithm, nothing else. Both are measured in processor time, in turns.
import { createSimulation } from "../src/economy/index.ts";
import { log1p } from "../src/math/index.ts";
import { seedStream } from "../src/random/index.ts";
import economy from "./events/clocks.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const unit = "M events/s";
const [ROUNDS, PERIODS] = [5, 4];
const SIZES = [100, 100_000];
/** Events of a period, whatever the rows. */
const EVENTS = 400_000;

/** Milliseconds of processor time since the process began. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Side {
  /** Runs one period and returns how many events it had. */
  readonly period: () => number;
}

function ours(rows: number): Side {
  const simulation = createSimulation(economy, { params: { rows, length: EVENTS / rows } });
  simulation.reset(0);
  const w = simulation.worlds[0] as unknown as { rung: number };
  return {
    period() {
      const before = w.rung;
      simulation.runPhase(0, 0);
      simulation.endPeriod(0);
      return w.rung - before;
    },
  };
}

function plain(rows: number): Side {
  const stream = seedStream(1).fork("plain");
  const time = new Float64Array(rows); // in heap order
  const row = new Int32Array(rows);
  const counts = new Int32Array(rows);
  const length = EVENTS / rows;
  let drawn = 0;
  let period = 0;
  const wait = (): number => -log1p(-stream.uniformAt(0, period, drawn++));
  const down = (from: number, t: number, r: number): void => {
    let k = from;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= rows) break;
      if (child + 1 < rows && time[child + 1]! < time[child]!) child++;
      if (time[child]! >= t) break;
      time[k] = time[child]!;
      row[k] = row[child]!;
      k = child;
    }
    time[k] = t;
    row[k] = r;
  };
  for (let r = 0; r < rows; r++) {
    time[r] = wait();
    row[r] = r;
  }
  for (let k = (rows >> 1) - 1; k >= 0; k--) down(k, time[k]!, row[k]!);
  return {
    period() {
      drawn = 0;
      const end = (period + 1) * length;
      let events = 0;
      while (time[0]! < end) {
        const r = row[0]!;
        counts[r] = counts[r]! + 1;
        events++;
        down(0, time[0]! + wait(), r);
      }
      period++;
      return events;
    },
  };
}

/** Millions of events per second of processor time, over some periods. */
function speed({ period }: Side): number {
  const before = processorTime();
  let events = 0;
  for (let k = 0; k < PERIODS; k++) events += period();
  return events / (processorTime() - before) / 1000;
}

/** As `walras bench events` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  for (const size of SIZES) {
    const [loop, walras] = [plain(size), ours(size)];
    for (const side of [loop, walras]) speed(side); // the optimising compiler
    const [loops, others, ratios]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = [speed(loop), speed(walras)];
      loops.push(a);
      others.push(b);
      ratios.push(b / a);
    }
    const workload = `exponential waits of ${size.toLocaleString("en").replaceAll(",", " ")} rows`;
    rows.push({ workload, implementation: "plain loop", median: median(loops), unit, ratio: null, against: null });
    rows.push({
      workload,
      implementation: "walras",
      median: median(others),
      unit,
      ratio: median(ratios),
      against: "plain loop",
    });
  }
  return {
    suite: "events",
    machine: machine(),
    rows,
    notes: [
      "Processor time of one thread. Ours keeps next times in columns and lets any event move any other; the plain loop only replaces the first.",
    ],
  };
}
