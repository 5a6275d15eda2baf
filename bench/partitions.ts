// Rows that migrate between two threads by measured load, beside the same pieces left as they are, in turns; and that no result depends on any of it: a token
// economy of 10⁵ traders with bridges loaded, cut and threaded in five ways while its rows migrate at random, and killed and resumed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSimulation, type Simulation } from "../src/economy/index.ts";
import { program } from "../src/engine/program.ts";
import { callingThread, hashRun } from "../src/engine/run.ts";
import { threadGroup } from "../src/engine/threads.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { loadModule } from "../src/experiment/load.ts";
import type { MetricRow } from "../src/store/index.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const moduleAt = (path: string): string => new URL(`${path}${extension}`, import.meta.url).href;
const ROUNDS = 3;

interface Made {
  /** Milliseconds of each report. */
  readonly times: readonly number[];
  readonly hash: string;
  readonly moved: number;
}

interface How {
  readonly threads: number;
  readonly pieces: number;
  readonly migrate: boolean;
  /** Loads that rank 0 measures; default as they are. */
  readonly clock?: () => number;
}

async function made(path: string, settings: Readonly<Record<string, number | string>>, how: How): Promise<Made> {
  const { threads, pieces, migrate, clock } = how;
  const module = moduleAt(path);
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, settings, 1);
  const request = { experiment, run, pieces, from: null, checkIdentities: false, migrate };
  const group = threads > 1 ? threadGroup(module, threads)(request) : callingThread(request);
  await group.ready;
  let simulation: Simulation | null = null;
  const watch = (one: Simulation): void => {
    simulation = one;
  };
  const { arena, team } = group;
  const options = { ...request, arena, team, watch, ...(clock && { clock }) };
  const [times, rows]: [number[], MetricRow[]] = [[], []];
  let hash = "";
  let at = performance.now();
  for (const { step, metrics, snapshot } of program(experiment, run, options)) {
    const now = performance.now();
    times.push(now - at);
    rows.push({ step, ...metrics });
    if (step >= run.totalSteps) hash = hashRun(rows, snapshot().arrays);
    at = performance.now();
  }
  team.abandon();
  await group.close();
  const moved = simulation!.partitions.reduce((sum, one) => sum + one.moved, 0);
  return { times, hash, moved };
}

/**
 * Milliseconds of the longer of two pieces, which one thread runs one after the other; rows migrate, or stay where `tolerance` is infinite. What two threads wait for
 * where each has a core of its own, whatever else the machine does.
 */
async function longerPiece(
  path: string,
  { totalSteps, ...params }: Readonly<Record<string, number | string>>,
  tolerance?: number,
): Promise<{ readonly milliseconds: number; readonly moved: number }> {
  const { economy } = await loadModule(moduleAt(path));
  const migration = { clock: performance.now.bind(performance), every: 2, ...(tolerance && { tolerance }) };
  const simulation = createSimulation(economy, { params, cut: "rows", pieces: 2, migration });
  simulation.reset(0);
  const longer: number[] = [];
  for (let period = 0; period < Number(totalSteps); period++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    if (period >= WARM_UP && period % 2 === 1)
      longer.push(simulation.partitions.reduce((sum, { load }) => sum + Math.max(0, ...load), 0));
  }
  return { milliseconds: median(longer), moved: simulation.partitions.reduce((sum, one) => sum + one.moved, 0) };
}

/** A clock that says anything, so that blocks move at random. */
function restless(): () => number {
  let now = 0;
  return () => {
    now = (now * 69069 + 12345) % 2 ** 32;
    return now;
  };
}

const UNEVEN: readonly (readonly [
  workload: string,
  path: string,
  settings: Readonly<Record<string, number | string>>,
])[] = [
  ["one community in twenty busy, 2·10⁵ traders", "./partitions/busy", { horizon: 1e6, totalSteps: 80 }],
  [
    "mean of 8 neighbours, 3·10⁵ rows, scale-free",
    "./links/neighbours",
    { agents: 3e5, network: "scaleFree", horizon: 1e6, totalSteps: 80 },
  ],
  [
    "an even load: mean of 8 neighbours, 3·10⁵ rows, small world",
    "./links/neighbours",
    { agents: 3e5, horizon: 1e6, totalSteps: 80 },
  ],
];
/** Reports until the optimising compiler is done and loads have been measured four times. */
const WARM_UP = 40;

const TRADERS = { traders: 1e5, horizon: 1e6 };
const HOURS = 60;
/** Reports, and so checkpoints, come every 11 hours: in the midst of a day. */
const KILLED = { ...TRADERS, totalSteps: 1150 };

/** The hash of a run as the command line makes it; `kill` after so many checkpoints, and resume it on other threads and pieces. */
async function asRun(place: string, kill: number): Promise<string> {
  const main = fileURLToPath(new URL("../bin/walras.js", import.meta.url));
  const out = join(place, kill > 0 ? "killed" : "straight");
  const set = Object.entries(KILLED).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const start = ["run", "token-economy", ...set, "--threads", "2", "--partitions", "7", "--out", out, "--json"];
  if (kill === 0) return hashOf(spawnSync(process.execPath, [main, ...start], { encoding: "utf8" }));
  const child = spawn(process.execPath, [main, ...start], { stdio: "ignore" });
  const over = new Promise((resolve) => child.once("exit", resolve));
  const checkpoints = join(out, "checkpoints");
  while (child.exitCode === null && !(existsSync(checkpoints) && readdirSync(checkpoints).length >= kill))
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (child.exitCode !== null) throw new Error("bench partitions: the run was over before it could be killed.");
  child.kill("SIGKILL");
  await over;
  if (JSON.parse(readFileSync(join(out, "run.json"), "utf8")).status !== "running")
    throw new Error("bench partitions: the killed run says that it ended.");
  return hashOf(
    spawnSync(process.execPath, [main, "resume", out, "--partitions", "2", "--json"], { encoding: "utf8" }),
  );
}

function hashOf({
  stdout,
  stderr,
  status,
}: {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}): string {
  if (status !== 0) throw new Error(`bench partitions: walras ended with ${status}: ${stderr.trim()}`);
  return JSON.parse(stdout).hash as string;
}

/** As `walras bench partitions` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  for (const [workload, path, settings] of UNEVEN) {
    const [kept, free]: [number[], number[]] = [[], []];
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const periods = async (migrate: boolean): Promise<number> =>
        median((await made(path, settings, { threads: 2, pieces: 2, migrate })).times.slice(WARM_UP));
      const [still, moving] = [await periods(false), await periods(true)];
      kept.push(still);
      free.push(moving);
      ratios.push(still / moving);
    }
    const entry = (implementation: string, value: number, ratio: number | null, against: string | null) =>
      rows.push({ workload, implementation, median: value, unit: "ms a period", ratio, against });
    entry("2 threads, fixed partitions", median(kept), null, null);
    entry("2 threads, rows migrate", median(free), median(ratios), "fixed partitions");
    const fixed = await longerPiece(path, settings, Number.POSITIVE_INFINITY);
    const migrated = await longerPiece(path, settings);
    entry("longer of 2 pieces, fixed", fixed.milliseconds, null, null);
    entry(
      "longer of 2 pieces, rows migrate",
      migrated.milliseconds,
      fixed.milliseconds / migrated.milliseconds,
      "fixed",
    );
    notes.push(`${workload}: ${migrated.moved} blocks of 4096 rows moved between the pieces of one thread.`);
  }
  const hashes = new Map<string, string>();
  let moved = 0;
  for (const threads of [1, 2])
    for (const pieces of [1, 2, 7].filter((count) => count >= threads)) {
      const how = { threads, pieces, migrate: true, clock: restless() };
      const one = await made("../economies/token-economy", { ...TRADERS, totalSteps: HOURS }, how);
      hashes.set(`${threads} threads, ${pieces} pieces`, one.hash);
      moved += one.moved;
    }
  same(hashes);
  notes.push(
    `10⁵ traders, ${HOURS} hours: ${[...hashes.keys()].join("; ")} end at ${[...hashes.values()][0]!.slice(0, 16)}…; ${moved} blocks moved.`,
  );
  const place = mkdtempSync(join(tmpdir(), "walras-bench-"));
  try {
    const runs = new Map([
      ["straight", await asRun(place, 0)],
      ["killed and resumed", await asRun(place, 1)],
    ]);
    same(runs);
    notes.push(
      `10⁵ traders, ${KILLED.totalSteps} hours: killed after its first checkpoint and resumed on one thread, a run ends at ${runs.get("straight")!.slice(0, 16)}… as one that never stopped.`,
    );
  } finally {
    rmSync(place, { recursive: true });
  }
  return { suite: "partitions", machine: machine(), rows, notes };
}

function same(hashes: ReadonlyMap<string, string>): void {
  if (new Set(hashes.values()).size > 1)
    throw new Error(
      `bench partitions: results differ: ${[...hashes].map(([how, hash]) => `${how} ${hash.slice(0, 16)}`).join("; ")}.`,
    );
}
