// Means since the last report, under the names that they are reported by.
export interface Tally<Name extends string> {
  add(name: Name, x: number): void;
  /** One more of what means are taken over. */
  count(): void;
  /** Not numbers if nothing was counted. */
  means(): Record<Name, number>;
  clear(): void;
}

/** `sums`: of each name, then how many were counted; shared by all ranks, of which one adds. */
export function createTally<const Name extends string>(sums: Float64Array, names: readonly Name[]): Tally<Name> {
  const n = names.length;
  if (sums.length !== n + 1) throw new Error(`createTally: ${n} names need ${n + 1} sums, got ${sums.length}.`);
  const places = Object.fromEntries(names.map((name, k) => [name, k])) as Record<Name, number>;
  return {
    add(name, x) {
      sums[places[name]] += x;
    },
    count() {
      sums[n] += 1;
    },
    means: () => Object.fromEntries(names.map((name, k) => [name, sums[k] / sums[n]])) as Record<Name, number>,
    clear() {
      sums.fill(0);
    },
  };
}
