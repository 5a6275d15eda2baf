// Days of the token economy in a process of its own, whose memory is its own: bench/scale.ts starts it with settings, threads and days, and reads a line of JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Snapshot } from "../../src/algorithms/algorithm.ts";
import { restore } from "../../src/algorithms/parts/restore.ts";
import { program } from "../../src/engine/program.ts";
import { callingThread } from "../../src/engine/run.ts";
import { threadGroup } from "../../src/engine/threads.ts";
import { resolveRun } from "../../src/experiment/experiment.ts";
import { loadModule } from "../../src/experiment/load.ts";
import { getCheckpoint, putCheckpoint } from "../../src/store/checkpoint.ts";
import { fileStore } from "../../src/store/files.ts";

/** What a process says of its days. */
export interface Days {
  /** Seconds until the first report: the network, what traders have at first, and an hour or some. */
  readonly start: number;
  /** Of each day. */
  readonly wall: readonly number[];
  /** Of each day, of all threads together. */
  readonly processor: readonly number[];
  /** Bytes that the process had at most, before a checkpoint. */
  readonly memory: number;
  /** Seconds that a checkpoint takes to be written and to be put back, where asked for. */
  readonly checkpoint: { readonly write: number; readonly restore: number } | null;
}

const HOURS = 24;
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const module = new URL(`../../economies/token-economy${extension}`, import.meta.url).href;

const { values } = parseArgs({
  options: {
    settings: { type: "string" },
    threads: { type: "string" },
    days: { type: "string" },
    checkpoint: { type: "boolean" },
  },
});
const [threads, days] = [Number(values.threads), Number(values.days)];
const settings = { ...JSON.parse(values.settings ?? "{}"), horizon: 1e6, totalSteps: HOURS * days };

const began = performance.now();
const experiment = await loadModule(module);
const run = resolveRun(experiment, settings, 1);
const request = { experiment, run, pieces: threads, from: null, checkIdentities: false };
const group = threads > 1 ? threadGroup(module, threads)(request) : callingThread(request);
await group.ready;
const [wall, processor]: [number[], number[]] = [[], []];
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 };
};
/** Writes a checkpoint to disk as a run does, checks and reads it, and puts its columns back. */
function timed({ arrays }: Snapshot): { readonly write: number; readonly restore: number } {
  const place = mkdtempSync(join(tmpdir(), "walras-bench-"));
  try {
    const store = fileStore(place);
    const counters = { step: HOURS * days, log: { rows: 0, bytes: 0, sha256: "" }, configHash: "", meta: {} };
    const began = performance.now();
    putCheckpoint(store, arrays, counters);
    const written = performance.now();
    restore(arrays, getCheckpoint(store, { version: "", configHash: "" }, counters.step).arrays);
    return { write: (written - began) / 1000, restore: (performance.now() - written) / 1000 };
  } finally {
    rmSync(place, { recursive: true });
  }
}

// Reports come by the hour, or by a divisor of the day, where days are at most 8, 16 or 100: a hundred of them, on every thread alike.
let at = seconds();
let start = 0;
let memory = 0;
let checkpoint: Days["checkpoint"] = null;
for (const { step, snapshot } of program(experiment, run, { ...request, arena: group.arena, team: group.team })) {
  if (start === 0) start = seconds().wall - began / 1000;
  if (step % HOURS !== 0) continue;
  const now = seconds();
  wall.push(now.wall - at.wall);
  processor.push(now.processor - at.processor);
  memory = 1024 * process.resourceUsage().maxRSS;
  if (values.checkpoint && step === HOURS * days) checkpoint = timed(snapshot());
  at = seconds();
}
group.team.abandon();
await group.close();
const said: Days = { start, wall, processor, memory, checkpoint };
process.stdout.write(`${JSON.stringify(said)}\n`);
