// Outside series for a running simulation: lines become timestamped points, points become one estimate per period, and what came in is written down so that it can be
// played again to the same bytes.
//
//   lines (file, stdin, WebSocket) → points {time, value} → periods, by time and not by arrival → Kalman filter → what a simulation reads
//
// A period's window closes once a point is `patience` periods past its end, or the source ends. Points that come later still are dropped and counted; of two with
// one time the first counts; a period without points is predicted. Points are text that is read as numbers, and nothing else is ever done with it.
import { type Belief, predict, type StateSpace, update } from "./kalman.ts";

export interface Point {
  readonly time: number;
  readonly value: number;
}

type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Longest line that is read, in characters. */
const LONGEST = 10_000;

/** Lines of a text that comes in pieces. */
async function* linesOf(chunks: Chunks, where: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) throw new Error(`${where}: a line has more than ${LONGEST} characters. Is this a CSV?`);
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Points of a CSV with a header, from the columns named; a line that is not of numbers is refused with its number. `where`: what errors call it. */
export async function* pointsOfCsv(
  chunks: Chunks,
  { time, value, where = "pointsOfCsv" }: { readonly time: string; readonly value: string; readonly where?: string },
): AsyncGenerator<Point> {
  let [number, places] = [0, null as readonly number[] | null];
  for await (const text of linesOf(chunks, where)) {
    number++;
    const line = text.replace(/\r$/, "");
    if (line === "") continue;
    const cells = line.split(",");
    if (places === null) {
      places = [time, value].map((name) => cells.indexOf(name));
      const missing = [time, value].find((_, k) => places![k] === -1);
      if (missing !== undefined)
        throw new Error(
          `${where}: line ${number} has no column "${missing}", expected a header that names it; it is ${JSON.stringify(line.slice(0, 80))}.`,
        );
      continue;
    }
    const [t, v] = places.map((place) => numberOf(cells[place]));
    if (t === undefined || v === undefined || Number.isNaN(t) || Number.isNaN(v))
      throw new Error(
        `${where}: line ${number} has ${places.map((place) => JSON.stringify((cells[place] ?? "").slice(0, 40))).join(" and ")}, expected a number for "${time}" and for "${value}".`,
      );
    yield { time: t, value: v };
  }
}

const numberOf = (cell: string | undefined): number =>
  cell !== undefined && /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(cell) ? Number(cell) : Number.NaN;

export interface Inbox<T> extends AsyncIterable<T> {
  /** Whether it was kept without dropping another. */
  push(item: T): boolean;
  /** No more will come; with a reason, whoever reads gets it as an error. The first call counts. */
  close(reason?: Error): void;
  /** How many were dropped, the oldest first, because nobody read in time. */
  readonly dropped: number;
}

/** A bounded queue between a source that cannot be slowed down, such as a WebSocket, and a simulation that reads when it is ready. */
export function inbox<T>(capacity: number): Inbox<T> {
  if (!(Number.isInteger(capacity) && capacity > 0))
    throw new Error(`inbox: capacity is ${capacity}, expected a whole number above 0.`);
  const items: T[] = [];
  let [dropped, closed, failure] = [0, false, undefined as Error | undefined];
  let wake = (): void => {};
  return {
    get dropped() {
      return dropped;
    },
    push(item) {
      if (closed) return false;
      const full = items.length === capacity;
      if (full) {
        items.shift();
        dropped++;
      }
      items.push(item);
      wake();
      return !full;
    },
    close(reason) {
      if (closed) return; // a socket that fails says so first, and closes then
      closed = true;
      failure = reason;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (items.length > 0) yield items.shift()!;
        if (failure !== undefined) throw failure;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** Text messages of a WebSocket, each a line or several, as pieces for `pointsOfCsv`; at most `capacity` wait. */
export function webSocketLines(socket: WebSocket, capacity: number): Inbox<string> {
  const queue = inbox<string>(capacity);
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") queue.push(data.endsWith("\n") ? data : `${data}\n`);
    else queue.close(new Error("webSocketLines: a message is not text, expected lines of a CSV."));
  });
  socket.addEventListener("close", () => queue.close());
  socket.addEventListener("error", () =>
    queue.close(new Error(`webSocketLines: the connection to ${socket.url} failed.`)),
  );
  return queue;
}

/** What is known at the start of a period. */
export interface Estimate {
  /** 1, 2, … */
  readonly period: number;
  readonly mean: number;
  /** Grows over gaps. */
  readonly variance: number;
  /** Points in the period's window; 0: a gap, predicted. */
  readonly points: number;
  /** Dropped since the last estimate: too late for a window that had closed, and times that were there. */
  readonly late: number;
  readonly duplicate: number;
}

export interface EstimateOptions {
  /** Time at which the first window begins; points before are late. */
  readonly start: number;
  /** Time that a period lasts: period k has the points from start + (k − 1) step on, before start + k step. */
  readonly step: number;
  /** Periods that a window stays open for points out of order. Default 0. */
  readonly patience?: number;
  /** Of one observation. Its first state is what simulations read. */
  readonly model: StateSpace;
  readonly first: Belief;
}

/** One estimate per period: predicted, then updated by the mean of its points, whose noise is over their number. Ends with the window of the last point. */
export async function* estimates(
  points: AsyncIterable<Point> | Iterable<Point>,
  { start, step, patience = 0, model, first }: EstimateOptions,
): AsyncGenerator<Estimate> {
  if (!(step > 0 && patience >= 0 && model.observationNoise.length === 1))
    throw new Error(
      `estimates: step is ${step}, patience ${patience}, and the model has ${Math.sqrt(model.observationNoise.length)} observations, expected a step above 0, no negative patience, and one observation.`,
    );
  const open = new Map<number, Map<number, number>>(); // window → time → value
  let [next, newest, late, duplicate, belief] = [0, 0, 0, 0, first];
  const close = (): Estimate => {
    const values = [...(open.get(next) ?? [])].sort(([a], [b]) => a - b).map(([, value]) => value);
    open.delete(next);
    belief = predict(model, belief);
    if (values.length > 0) {
      const observationNoise = [model.observationNoise[0]! / values.length];
      belief = update({ ...model, observationNoise }, belief, [values.reduce((a, b) => a + b) / values.length]);
    }
    next++;
    const [mean, variance] = [belief.mean[0]!, belief.covariance[0]!];
    const estimate = { period: next, mean, variance, points: values.length, late, duplicate };
    [late, duplicate] = [0, 0];
    return estimate;
  };
  for await (const { time, value } of points) {
    const window = Math.floor((time - start) / step);
    if (window < next) {
      late++;
      continue;
    }
    newest = Math.max(newest, window);
    while (next < newest - patience) yield close();
    let times = open.get(window);
    if (times === undefined) open.set(window, (times = new Map()));
    if (times.has(time)) duplicate++;
    else times.set(time, value);
  }
  while (open.size > 0) yield close();
}

interface Playing {
  readonly phases: readonly unknown[];
  readonly columns: Readonly<Record<string, ArrayLike<number>>>;
  runPhase(index: number, e: number): void;
  endPeriod(e: number): void;
}

export interface FollowOptions {
  /** World scalars, and what they are set to at the start of each period. */
  readonly set: Readonly<Record<string, (estimate: Estimate) => number>>;
  /** Called with each estimate before its period is played: write it down, and `estimatesOfLog` plays it again. */
  readonly log?: (line: string) => void;
  /** After each period. */
  readonly after?: (estimate: Estimate) => void;
  /** Stops after so many. Default: when the source ends. */
  readonly periods?: number;
}

/** Plays world 0 of a simulation, one period for each estimate; slow periods hold the source up. Returns the periods played. */
export async function followStream(
  simulation: Playing,
  source: AsyncIterable<Estimate> | Iterable<Estimate>,
  { set, log, after, periods = Infinity }: FollowOptions,
): Promise<number> {
  const scalars = Object.entries(set).map(([name, of]) => {
    const column = simulation.columns[`world.${name}`];
    if (!(column instanceof Float64Array))
      throw new Error(`followStream: there is no world scalar "${name}" of kind f64, expected one to set.`);
    return { column, of };
  });
  let played = 0;
  if (periods <= 0) return played;
  for await (const estimate of source) {
    log?.(JSON.stringify(estimate));
    for (const { column, of } of scalars) column[0] = of(estimate);
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    after?.(estimate);
    if (++played >= periods) break;
  }
  return played;
}

/** Estimates that `followStream` has logged, a line each, to be followed again to the same bytes. */
export async function* estimatesOfLog(chunks: Chunks): AsyncGenerator<Estimate> {
  const names = ["period", "mean", "variance", "points", "late", "duplicate"] as const;
  let number = 0;
  for await (const line of linesOf(chunks, "estimatesOfLog")) {
    number++;
    if (line === "") continue;
    let read: unknown;
    try {
      read = JSON.parse(line);
    } catch {
      read = null;
    }
    const found = (read ?? {}) as Readonly<Record<string, unknown>>;
    const [period, mean, variance, points, late, duplicate] = names.map((name) => {
      if (typeof found[name] !== "number")
        throw new Error(
          `estimatesOfLog: line ${number} has no number "${name}", expected an estimate as it was logged.`,
        );
      return found[name];
    }) as [number, number, number, number, number, number];
    yield { period, mean, variance, points, late, duplicate };
  }
}
