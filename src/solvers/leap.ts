// Extrapolation of iterations that converge slowly along one direction.

// Where x changes in one direction, each change λ times the last, it ends λ/(1 − λ) changes further on (Aitken 1926).
/** Every tenth round, if the last two changes have one direction, moves `x` [n] to where they lead; says whether it did. */
export function createLeap(n: number): (round: number, x: Float64Array, before: Float64Array) => boolean {
  const last = new Float64Array(n);
  return (round, x, before) => {
    if (round % 10 === 8) for (let k = 0; k < n; k++) last[k] = x[k] - before[k];
    if (round % 10 !== 9) return false;
    let [along, length] = [0, 0];
    for (let k = 0; k < n; k++) {
      along += (x[k] - before[k]) * last[k];
      length += last[k] * last[k];
    }
    const λ = along / length;
    if (!(λ > 0 && λ < 0.999)) return false;
    let [size, aside] = [0, 0];
    for (let k = 0; k < n; k++) {
      size += Math.abs(x[k] - before[k]);
      aside += Math.abs(x[k] - before[k] - λ * last[k]);
    }
    if (aside > 0.2 * (1 - λ) * size) return false;
    for (let k = 0; k < n; k++) x[k] += (λ / (1 - λ)) * (x[k] - before[k]);
    return true;
  };
}
