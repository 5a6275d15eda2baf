// Sharing out rows by their load. Parts are contiguous, so that rows sorted along a space-filling curve stay with their neighbours.
//
// N rows, P parts: part k has rows cuts[k] … cuts[k + 1] − 1

/** Cuts [P + 1] into parts of about equal load, each at most the mean and one row above; `load` is at least 0. */
export function balancedCuts(load: ArrayLike<number>, parts: number): Int32Array {
  const sums = sumsOf("balancedCuts", load);
  if (!(Number.isInteger(parts) && parts >= 1))
    throw new Error(`balancedCuts: got ${parts} parts, expected a whole number from 1.`);
  const N = load.length;
  const cuts = new Int32Array(parts + 1);
  for (let k = 1, row = 0; k < parts; k++) {
    const share = (sums[N]! * k) / parts;
    while (row < N && sums[row + 1]! - share <= share - sums[row]!) row++; // the nearer of two cuts
    cuts[k] = row;
  }
  cuts[parts] = N;
  return cuts;
}

/**
 * Cuts after rows have moved from heavy parts to light ones: a part k whose load is above (1 + tolerance) times that of a neighbour l gives it rows at their
 * border, as long as the heavier of the two gets lighter by it. Where no pair is so uneven the cuts stay.
 */
export function migrate(load: ArrayLike<number>, cuts: ArrayLike<number>, tolerance: number): Int32Array {
  const sums = sumsOf("migrate", load);
  const moved = Int32Array.from(cuts);
  const P = moved.length - 1;
  if (
    !(P >= 1 && moved[0] === 0 && moved[P] === load.length && moved.every((cut, k) => k === 0 || cut >= moved[k - 1]!))
  )
    throw new Error(
      `migrate: got cuts ${moved.join(", ")} of ${load.length} rows, expected them to rise from 0 to it.`,
    );
  if (!(tolerance >= 0)) throw new Error(`migrate: tolerance is ${tolerance}, expected a number of at least 0.`);
  const of = (k: number): number => sums[moved[k + 1]!]! - sums[moved[k]!]!;
  for (let changed = true; changed; ) {
    changed = false;
    for (let k = 0; k + 1 < P; k++) {
      const [a, b] = [of(k), of(k + 1)];
      const step = a > (1 + tolerance) * b ? -1 : b > (1 + tolerance) * a ? 1 : 0;
      if (step === 0) continue;
      for (;;) {
        const at = moved[k + 1]!;
        const row = step < 0 ? at - 1 : at; // at the border of the heavier
        const [heavy, light] = step < 0 ? [of(k), of(k + 1)] : [of(k + 1), of(k)];
        const weight = sums[row + 1]! - sums[row]!;
        if (!(heavy > (1 + tolerance) * light && light + weight < heavy)) break;
        moved[k + 1] = at + step;
        changed = true;
      }
    }
  }
  return moved;
}

/** [N + 1] loads of the rows before each. */
function sumsOf(where: string, load: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(load.length + 1);
  for (let i = 0; i < load.length; i++) {
    if (!(load[i]! >= 0 && load[i]! < Infinity))
      throw new Error(`${where}: row ${i} has the load ${load[i]}, expected a number of at least 0.`);
    sums[i + 1] = sums[i]! + load[i]!;
  }
  return sums;
}
