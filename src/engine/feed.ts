// The outside series of a run: one estimate per period, written into the run directory before its period is played. Resuming plays what is written there first, so that
// it ends at the hash of a run that never stopped; and the file of one run can be the source of another.
import { type Estimate, estimates, estimatesOfLog, localLevel, type Point, pointsOfCsv } from "../analysis/index.ts";
import type { StreamSettings } from "../experiment/inputs.ts";
import type { Store } from "../store/index.ts";

/** Estimates that were played, a line each. */
export const STREAM = "stream.ndjson";

export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

export interface Feed {
  /** The estimate of the next period, which is logged; null: the source has ended. */
  next(): Promise<Estimate | null>;
  /** Messages that were dropped because nobody read them in time. */
  dropped(): number;
  /** Lets go of the source. */
  close(): void;
  /** What came so far. */
  readonly came: {
    readonly periods: number;
    readonly gaps: number;
    readonly late: number;
    readonly duplicate: number;
  };
}

export interface FeedOptions {
  readonly settings: StreamSettings;
  /** What the source says, from its beginning if it is a file, else from now on. */
  readonly chunks: () => Chunks;
  readonly kind: "points" | "log" | "live";
  readonly store: Store;
  /** Periods that have been played. */
  readonly from: number;
  readonly dropped: () => number;
  readonly close: () => void;
}

export function createFeed({ settings, chunks, kind, store, from, dropped, close }: FeedOptions): Feed {
  const text = new TextEncoder();
  const logged = keptLines(store);
  const came = { periods: 0, gaps: 0, late: 0, duplicate: 0 };
  const source = following({ settings, chunks, kind, place: store.place, logged, from });
  return {
    came,
    dropped,
    close,
    async next() {
      const { value, done } = await source.next();
      if (done) return null;
      const { estimate, fresh } = value;
      if (fresh) store.append(STREAM, text.encode(`${JSON.stringify(estimate)}\n`));
      came.periods++;
      if (estimate.points === 0) came.gaps++;
      came.late += estimate.late;
      came.duplicate += estimate.duplicate;
      return estimate;
    },
  };
}

/** Whole lines of the log; what a killed process left of a line is cut. */
function keptLines(store: Store): string {
  const bytes = store.get(STREAM) ?? new Uint8Array(0);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) store.truncate(STREAM, end);
  return new TextDecoder().decode(bytes.subarray(0, end));
}

interface Following extends Omit<FeedOptions, "store" | "dropped" | "close"> {
  readonly place: string;
  readonly logged: string;
}

async function* following(
  options: Following,
): AsyncGenerator<{ readonly estimate: Estimate; readonly fresh: boolean }> {
  const { place, logged, from, kind } = options;
  let [count, last] = [0, null as Estimate | null];
  for await (const estimate of estimatesOfLog([logged])) {
    count++;
    if (estimate.period !== count)
      throw new Error(`${place}/${STREAM}: line ${count} is of period ${estimate.period}, expected ${count}.`);
    last = estimate;
    if (count > from) yield { estimate, fresh: false };
  }
  if (count < from)
    throw new Error(`${place}/${STREAM} has ${count} periods, and ${from} were played: something has cut it.`);
  if (kind === "live") {
    for await (const estimate of anew(options, last && { ...last, ...modelOf(logged) }))
      yield { estimate: { ...estimate, period: estimate.period + count }, fresh: true };
    return;
  }
  // A file is read from its beginning, so that the filter knows what it knew.
  let seen = 0;
  for await (const estimate of kind === "log" ? estimatesOfLog(options.chunks()) : anew(options, null)) {
    seen++;
    if (seen === count && last !== null && (estimate.mean !== last.mean || estimate.variance !== last.variance))
      throw new Error(
        `${options.settings.source} is not as it was when ${place} began: period ${count} is ${estimate.mean}, was ${last.mean}. Restore it.`,
      );
    if (seen > count) yield { estimate: { ...estimate, period: seen }, fresh: true };
  }
}

/** Of the last line of a log that is not empty. */
function modelOf(logged: string): Model {
  const { start, drift, noise } = JSON.parse(logged.trimEnd().split("\n").at(-1)!) as Model;
  return { start, drift, noise };
}

/** What the first point decides where settings do not: logged with every estimate, so that a live source goes on with the same. */
interface Model {
  readonly start: number;
  readonly drift: number;
  readonly noise: number;
}

/** The filter over a source of points; after `last` where that is known. */
async function* anew(
  { settings, chunks }: Following,
  last: (Estimate & Model) | null,
): AsyncGenerator<Estimate & Model> {
  const { source, time, value, step, patience } = settings;
  const where = source === "-" ? "standard input" : source;
  const points = pointsOfCsv(chunks(), { time, value, where })[Symbol.asyncIterator]();
  const { value: first, done } = await points.next();
  if (done) return;
  const known: Model = last ?? {
    start: settings.start ?? first.time,
    drift: settings.drift ?? square(0.02 * first.value),
    noise: settings.noise ?? square(0.005 * first.value),
  };
  const { start, drift, noise } = known;
  if (!(noise > 0 && drift >= 0))
    throw new Error(
      `${source}: the first value is ${first.value}, so that noise would be ${noise} and drift ${drift}. Set both: --stream-set noise=…,drift=….`,
    );
  const belief = last
    ? { mean: Float64Array.of(last.mean), covariance: Float64Array.of(last.variance) }
    : { mean: Float64Array.of(first.value), covariance: Float64Array.of(noise) };
  const options = { step, patience, model: localLevel({ drift, noise }), first: belief };
  const from = start + (last?.period ?? 0) * step;
  for await (const estimate of estimates(withFirst(first, points), { ...options, start: from }))
    yield { ...estimate, start, drift, noise };
}

async function* withFirst(first: Point, rest: AsyncIterator<Point>): AsyncGenerator<Point> {
  yield first;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

const square = (x: number): number => x * x;
