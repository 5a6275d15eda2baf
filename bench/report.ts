// What every bench suite returns.
import { cpus, loadavg } from "node:os";

export interface BenchRow {
  readonly workload: string;
  readonly implementation: string;
  readonly median: number;
  readonly unit: string;
  /** How many times faster than `against` in the same run, whatever the unit: > 1 is faster. null where nothing is compared. */
  readonly ratio: number | null;
  readonly against: string | null;
}

export interface BenchMachine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly v8: string;
  /** Load average of the last minute when the suite began. */
  readonly load: number;
  /** Other work was going on: trust ratios, not times. */
  readonly noisy: boolean;
}

export interface BenchReport {
  readonly suite: string;
  readonly machine: BenchMachine;
  readonly rows: readonly BenchRow[];
  /** Why a peer is missing, if one is. */
  readonly notes: readonly string[];
}

/** A suite's rows on one subject. */
export interface BenchPart {
  readonly rows: readonly BenchRow[];
  readonly notes: readonly string[];
}

/** Call it before the suite; the returned function describes the machine after it. */
export function watchMachine(): () => BenchMachine {
  const load = loadavg()[0]!;
  return () => {
    const cpu = cpus();
    return {
      cpu: cpu[0]?.model.trim() ?? "unknown",
      cores: cpu.length,
      node: process.versions.node,
      v8: process.versions.v8,
      load,
      noisy: load > 0.5 || loadavg()[0]! > cpu.length,
    };
  };
}

export const median = (x: readonly number[]): number => [...x].sort((a, b) => a - b)[Math.floor(x.length / 2)]!;
