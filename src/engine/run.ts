// One run from beginning to end: the program's updates are evaluated, logged, checkpointed, and summed up in a hash.
//
// Nothing here affects results except the resolved run itself: not the number of threads, not how often checkpoints are written, not the clock.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Arrays, Snapshot, Update } from "../algorithms/algorithm.ts";
import type { Estimate } from "../analysis/index.ts";
import type { AnyWorld, Economy } from "../economy/index.ts";
import { claimsOf, type Judged } from "../experiment/claims.ts";
import { departures } from "../experiment/departures.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { createPlayer, type Player } from "../experiment/play.ts";
import { distributions, watched } from "../experiment/watching.ts";
import type { Arena } from "../kernels/arena.ts";
import { type Backend, wasmBackend } from "../nn/index.ts";
import { type Checkpoint, createRun, type Json, type MetricRow, memoryStore, type RunWriter } from "../store/index.ts";
import type { Feed } from "./feed.ts";
import { program, roomyArena } from "./program.ts";
import { Abandoned, createTeam, type ThreadTeam } from "./team.ts";

/** The threads of a run as rank 0 sees them. */
export interface ThreadGroup {
  readonly arena: Arena;
  readonly team: ThreadTeam;
  /** Resolves when every rank can begin. */
  readonly ready: Promise<unknown>;
  /** Rejects with the cause when another rank fails. */
  readonly failure: Promise<never>;
  close(): Promise<void>;
}

export interface ThreadGroupRequest {
  readonly experiment: Experiment;
  readonly run: ResolvedRun;
  readonly pieces: number;
  readonly from: Snapshot | null;
  readonly checkIdentities: boolean;
  /** Rows migrate between pieces by measured load. Default true. */
  readonly migrate?: boolean;
}

/** Everything on the calling thread. */
export function callingThread(_request: ThreadGroupRequest): ThreadGroup {
  const team = createTeam(new Int32Array(0), 0, 1);
  return {
    arena: roomyArena({}),
    team,
    ready: Promise.resolve(),
    failure: new Promise(() => {}),
    async close() {},
  };
}

export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly seconds: number;
  /** World-periods per second since the first report of the run, or of its continuation: what comes before, such as wiring a network, comes once. Until the second report since it began. */
  readonly stepsPerSecond: number;
  readonly row: MetricRow;
}

export interface ExecuteOptions {
  readonly experiment: Experiment;
  readonly run: ResolvedRun;
  readonly writer: RunWriter;
  /** Rows already in the writer's log, when continuing. */
  readonly rows?: readonly MetricRow[];
  readonly from?: Checkpoint | undefined;
  readonly pieces?: number;
  /** What computes losses, the one that the run names. Default: the kernels. */
  readonly backend?: Backend;
  readonly group?: (request: ThreadGroupRequest) => ThreadGroup;
  readonly checkIdentities?: boolean;
  /** Rows of a single world migrate between pieces by measured load. Default true. */
  readonly migrate?: boolean;
  /** The stream that the run's inputs name. */
  readonly feed?: Feed | null;
  readonly onProgress?: (progress: Progress) => void;
  /** Asked between updates; true ends the run with a checkpoint and the status "interrupted". */
  readonly interrupted?: () => boolean;
  /** Stop after this many world-periods, as an interruption. */
  readonly until?: number;
  /** Milliseconds between checkpoints. Default 2000. */
  readonly checkpointInterval?: number;
  readonly clock?: () => number;
}

export interface RunResult {
  readonly status: "complete" | "interrupted";
  /** SHA-256 of metrics and final state: equal for equal resolved runs, whatever the machine, the threads and the time. */
  readonly hash: string;
  readonly summary: Readonly<Record<string, number>>;
  /** What the experiment expects, held against the summary; none of a run that was interrupted. */
  readonly claims: readonly Judged[];
  readonly rows: readonly MetricRow[];
  readonly seconds: number;
}

/** The next estimate; null where the source has ended, "interrupted" where somebody would not wait for it. */
async function arrival(feed: Feed, interrupted: () => boolean): Promise<Estimate | null | "interrupted"> {
  const next = feed.next();
  next.catch(() => {}); // seen below, or by nobody who waits
  for (;;) {
    if (interrupted()) return "interrupted";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), 200);
    });
    const came = await Promise.race([next, patience]);
    clearTimeout(timer);
    if (came !== undefined) return came;
  }
}

const EVALUATION_SEED = 20_230_001;
const FINAL_SEED = 20_230_002;

export async function execute(options: ExecuteOptions): Promise<RunResult> {
  const { experiment, run, writer, from, backend = wasmBackend } = options;
  const { group: recruit = callingThread, clock = () => performance.now() } = options;
  const { checkpointInterval = 2000, until = Number.POSITIVE_INFINITY } = options;
  const started = clock();
  const rows: MetricRow[] = [...(options.rows ?? [])];
  const meta = (from?.meta ?? {}) as Record<string, number>;
  const snapshot: Snapshot | null = from ? { arrays: from.arrays as Arrays, meta } : null;
  const request: ThreadGroupRequest = {
    experiment,
    run,
    pieces: options.pieces ?? 1,
    from: snapshot,
    checkIdentities: options.checkIdentities ?? false,
    migrate: options.migrate ?? true,
  };
  let group: ThreadGroup | null = null;
  let status: RunResult["status"] = "complete";
  try {
    const { arena, team } = (group = recruit(request));
    await group.ready;
    const pieces = Math.max(request.pieces, team.size);
    const player = experiment.algorithm
      ? createPlayer(
          experiment.economy,
          experiment.algorithm,
          run.config,
          { ...run.params, ...experiment.evaluation.params },
          experiment.evaluation,
        )
      : null;
    let last: Snapshot | null = snapshot;
    let unsaved: Update | null = null;
    let index = meta["updates"] ?? 0;
    let written = clock();
    let [first, since] = [from?.step ?? 0, started];
    const save = (update: Update): void => {
      const { arrays, meta: counters } = update.snapshot();
      writer.checkpoint(update.step, arrays, { ...counters, updates: index });
      written = clock();
      unsaved = null;
    };
    const { feed = null, interrupted = () => false } = options;
    let estimate: Estimate | null = null;
    const outside = (): number => {
      if (estimate === null) throw new Error(`${run.experiment}: no estimate of its stream, expected one per period.`);
      return estimate.mean;
    };
    const updates = program(experiment, run, { ...request, pieces, arena, team, backend, outside });
    for (;;) {
      if (feed && (last?.meta["periods"] ?? 0) * run.numEnvs < Math.min(run.totalSteps, until)) {
        const came = await arrival(feed, interrupted);
        if (came === "interrupted") status = came;
        if (came === null || came === "interrupted") break;
        estimate = came;
      }
      const { value: update, done } = updates.next();
      if (done) break;
      index++;
      last = update.snapshot();
      unsaved = update;
      const row: Record<string, number> = { step: update.step, ...update.metrics };
      if (player && (index % experiment.evaluation.every === 0 || update.step >= run.totalSteps)) {
        player.load(last.arrays);
        Object.assign(row, watch(experiment.economy, player, experiment.evaluation.periods));
      }
      const seconds = (clock() - started) / 1000;
      const stepsPerSecond = (1000 * (update.step - first)) / Math.max(clock() - since, 1e-6);
      if (rows.length === (options.rows?.length ?? 0)) [first, since] = [update.step, clock()];
      rows.push(row as MetricRow);
      writer.log(row as MetricRow);
      options.onProgress?.({
        step: update.step,
        totalSteps: run.totalSteps,
        seconds,
        stepsPerSecond,
        row: row as MetricRow,
      });
      // Messages and signals are seen only when the event loop turns.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const stop = options.interrupted?.() || (update.step >= until && update.step < run.totalSteps);
      if (stop || update.step >= run.totalSteps || clock() - written > checkpointInterval) save(update);
      if (stop) {
        status = "interrupted";
        break;
      }
    }
    updates.return();
    if (unsaved) save(unsaved); // learning and streams may end before totalSteps
    if (!last)
      throw new Error(
        `${run.experiment}: nothing was simulated; ${feed ? "its stream has no point yet" : `totalSteps is ${run.totalSteps}`}.`,
      );
    const beside = status === "complete" ? await runBeside(experiment, run, backend, rows.at(-1) ?? {}) : {};
    const summary = status === "complete" ? summarise(experiment, run, player, last, rows, beside) : {};
    const hash = hashRun(rows, last.arrays);
    const seconds = (clock() - started) / 1000;
    const claims = claimsOf(experiment, run, [summary]);
    writer.finish({ status, seconds, summary, claims: claims as unknown as Json, hash });
    return { status, hash, summary, claims, rows, seconds };
  } catch (error) {
    group?.team.abandon();
    const cause = error instanceof Abandoned && group ? await group.failure.catch((reason: unknown) => reason) : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    try {
      writer.finish({ status: "failed", seconds: (clock() - started) / 1000, error: message });
    } catch {
      // The place itself has failed, and `cause` says so; nothing more can be recorded there.
    }
    throw cause;
  } finally {
    group?.team.abandon(); // ranks that wait for one more update are let go
    await group?.close();
  }
}

/** Play: the economy's metrics, and its figures' columns at the end. */
function watch(economy: Economy, player: Player, periods: number): Record<string, number> {
  const row: Record<string, number> = {};
  const metrics = player.play({
    seed: EVALUATION_SEED,
    periods,
    visit(w: AnyWorld, period) {
      if (period === periods - 1) Object.assign(row, watched(economy, w));
    },
  });
  for (const [name, value] of Object.entries(metrics)) row[`econ/${name}`] = value;
  return row;
}

/**
 * Summaries of the experiments beside one, run on this thread with its seed and kept nowhere. What the run departs from its experiment in, they depart in,
 * too, where they have such a setting.
 */
async function runBeside(
  main: Experiment,
  asked: ResolvedRun,
  backend: Backend,
  training: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, RunResult["summary"]>>> {
  const summaries: Record<string, RunResult["summary"]> = {};
  const { seed } = asked;
  const departed = Object.entries(departures(main, asked));
  for (const [name, beside] of Object.entries(main.beside)) {
    const experiment = { ...(typeof beside === "function" ? beside(training) : beside), expect: null };
    const shared = departed.filter(([path]) =>
      path.startsWith("config.")
        ? Object.hasOwn(experiment.algorithm?.config ?? {}, path.slice(7))
        : Object.hasOwn({ ...experiment.economy.params, numEnvs: 0, totalSteps: 0 }, path),
    );
    const run = resolveRun(experiment, Object.fromEntries(shared), seed, backend.name);
    const writer = createRun(memoryStore(), {
      name: experiment.name,
      config: run as unknown as Json,
      version: "",
      node: "",
      machine: { platform: "", arch: "", cpu: "", cores: 1 },
    });
    const unsaved = { checkpointInterval: Number.POSITIVE_INFINITY };
    summaries[name] = (await execute({ experiment, run, writer, backend, ...unsaved })).summary;
  }
  return summaries;
}

function summarise(
  experiment: Experiment,
  run: ResolvedRun,
  player: Player | null,
  last: Snapshot,
  rows: readonly MetricRow[],
  beside: Readonly<Record<string, RunResult["summary"]>>,
): Record<string, number> {
  if (!player) {
    const { step: _, ...metrics } = rows.at(-1) ?? { step: 0 };
    const measured = experiment.measureSimulated?.({ params: run.params, seed: run.seed, metrics, beside });
    const columnOf = (name: string) =>
      (last.arrays[name] ?? last.arrays[`env/columns/${name}`]) as Float64Array | undefined;
    return { ...metrics, ...distributions(experiment.economy, run.params, columnOf), ...measured };
  }
  player.load(last.arrays);
  const summary = { ...player.play({ seed: FINAL_SEED, periods: experiment.evaluation.finalPeriods }) };
  return { ...summary, ...experiment.measure?.(player, run.params, rows.at(-1) ?? {}, beside, run.seed) };
}

/** Rows, then arrays by name. */
export function hashRun(rows: readonly MetricRow[], arrays: Arrays): string {
  const hash = sha256.create();
  const text = new TextEncoder();
  for (const row of rows) {
    const kept = Object.entries(row)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, Number.isFinite(value) ? value : null]);
    hash.update(text.encode(`${JSON.stringify(kept)}\n`));
  }
  for (const name of Object.keys(arrays).sort()) {
    const array = arrays[name]!;
    hash.update(text.encode(`${name}\n`));
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    // Copied out of shared memory, which hash functions need not accept, a part at a time.
    for (let at = 0; at < bytes.length; at += 1 << 24) hash.update(bytes.slice(at, at + (1 << 24)));
  }
  return bytesToHex(hash.digest());
}
