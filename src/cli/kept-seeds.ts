// What `reproduce` has finished so far, in its directory, so that one that was interrupted or killed goes on from there: a file per seed.
//
//   seeds/<experiment>/<seed>.json
//   first line  SHA-256 of the rest
//   the rest    { request, result }; `request` hashes the resolved run, seed included, and the code
import { createHash } from "node:crypto";
import type { JobResult } from "../engine/jobs.ts";
import type { ResolvedRun } from "../experiment/experiment.ts";
import { hashOf, type Json, type Sources, type Store } from "../store/index.ts";

/** Characters of the first line. */
const SUM = 64;

export interface KeptSeeds {
  /** The run's result as it was kept; "other": that of other settings or code; "damaged": its file is; null: none. */
  get(run: ResolvedRun): JobResult | "other" | "damaged" | null;
  put(run: ResolvedRun, result: JobResult): void;
  clear(): void;
}

export function keptSeeds(store: Store, experiment: string, sources: Sources): KeptSeeds {
  const folder = `seeds/${experiment}/`;
  const keyOf = ({ seed }: ResolvedRun): string => `${folder}${seed}.json`;
  const requestOf = (run: ResolvedRun): string => hashOf({ run, sources } as unknown as Json);
  return {
    get(run) {
      const file = store.get(keyOf(run));
      if (!file) return null;
      const text = new TextDecoder().decode(file);
      const content = text.slice(SUM + 1);
      if (text.slice(0, SUM + 1) !== `${checksum(content)}\n`) return "damaged";
      const { request, result } = JSON.parse(content);
      return request === requestOf(run) ? revived(result) : "other";
    },
    put(run, result) {
      const content = JSON.stringify({ request: requestOf(run), result }, spelt);
      store.put(keyOf(run), new TextEncoder().encode(`${checksum(content)}\n${content}`));
    },
    clear() {
      for (const key of store.list(folder)) store.delete(key);
    },
  };
}

const checksum = (content: string): string => createHash("sha256").update(content).digest("hex");

/** Numbers that JSON has no spelling for become text. */
const spelt = (_: string, value: unknown): unknown =>
  Object.is(value, -0) ? "-0" : typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

type Numbers = Readonly<Record<string, number>>;

const numbers = (fields: Readonly<Record<string, number | string>>): Numbers =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Number(value)]));

const revived = ({ summary, rows, ...rest }: JobResult): JobResult => ({
  ...rest,
  summary: numbers(summary),
  rows: rows.map(numbers),
});
