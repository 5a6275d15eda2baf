// Where a finite Markov chain spends its time: by elimination of states, with sums and products of positive numbers only, so that nothing cancels.
// Grassmann, Taksar & Heyman 1985, Operations Research 33, 1107. No iteration, whatever the chain's speed.

import { requireConverged } from "../math/index.ts";

/** What happens less often than once in so many periods is taken never to happen. */
const NEVER = 1e-100;

/** The stationary law of a chain [n, n]; of one that may end in several places, what comes of beginning anywhere with equal probability. */
export function stationary(chain: readonly Float64Array[]): Float64Array {
  const n = chain.length;
  const transition = chain.map((row) => row.map((p) => (p < NEVER ? 0 : p)));
  const classOf = closedClasses(transition);
  const states = Array.from({ length: n }, (_, i) => i);
  const start = absorbed(
    transition,
    states.filter((i) => classOf[i] < 0),
  );
  const all = start.reduce((x, y) => x + y);
  const law = new Float64Array(n);
  for (let c = 0; c <= Math.max(...classOf); c++) {
    const members = states.filter((i) => classOf[i] === c);
    const mass = members.reduce((sum, i) => sum + start[i], 0) / all;
    const within = irreducible(members.map((i) => Float64Array.from(members, (j) => transition[i][j])));
    for (const [k, i] of members.entries()) law[i] = mass * within[k];
  }
  const after = states.map((j) => law.reduce((sum, p, i) => sum + p * chain[i][j], 0));
  const residual =
    after.reduce((sum, p, j) => sum + Math.abs(p - law[j]), 0) + Math.abs(1 - law.reduce((x, y) => x + y));
  requireConverged("stationary", residual, 1e-9, "Do the rows of the chain each sum to 1?");
  return law;
}

/** Of a chain that leads from everywhere to everywhere. */
function irreducible(P: Float64Array[]): Float64Array {
  const rate = new Float64Array(P.length); // at which a state is left for those before it
  for (let s = P.length - 1; s > 0; s--) {
    for (let j = 0; j < s; j++) rate[s] += P[s][j];
    for (let j = 0; j < s; j++) P[s][j] /= rate[s];
    for (let i = 0; i < s; i++) for (let j = 0; j < s; j++) P[i][j] += P[i][s] * P[s][j];
  }
  const law = new Float64Array(P.length);
  law[0] = 1;
  for (let s = 1; s < P.length; s++) {
    for (let i = 0; i < s; i++) law[s] += law[i] * P[i][s];
    // In proportion, of which the largest is 1: ratios may be beyond the range of numbers.
    const most = Math.max(1, law[s] / rate[s]);
    law[s] = most === Infinity ? 1 : law[s] / rate[s] / most;
    for (let i = 0; i < s; i++) law[i] /= most;
  }
  const total = law.reduce((x, y) => x + y);
  return law.map((x) => x / total);
}

/** Where a uniform beginning is once it has left all transient states for good. */
function absorbed(transition: readonly Float64Array[], transient: readonly number[]): Float64Array {
  const n = transition.length;
  const law = new Float64Array(n).fill(1 / n);
  const P = transition.map((row) => row.slice());
  for (const s of transient) {
    const onward = P[s].slice();
    onward[s] = 0;
    const leaving = onward.reduce((x, y) => x + y);
    for (let j = 0; j < n; j++) {
      onward[j] /= leaving;
      law[j] += law[s] * onward[j];
    }
    law[s] = 0;
    for (let i = 0; i < n; i++) {
      const through = P[i][s];
      if (i === s || through === 0) continue;
      for (let j = 0; j < n; j++) P[i][j] += through * onward[j];
      P[i][s] = 0;
    }
  }
  return law;
}

/** The number of the closed class of each state, from 0 on; −1: the chain leaves it for good. */
function closedClasses(transition: readonly Float64Array[]): Int32Array {
  const n = transition.length;
  const reach = transition.map((_row, i) => {
    const seen = new Uint8Array(n);
    seen[i] = 1;
    for (const stack = [i]; stack.length > 0; ) {
      const from = transition[stack.pop()!];
      for (let j = 0; j < n; j++)
        if (from[j] > 0 && seen[j] === 0) {
          seen[j] = 1;
          stack.push(j);
        }
    }
    return seen;
  });
  const classOf = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (classOf[i] >= 0 || reach[i].some((there, j) => there === 1 && reach[j][i] === 0)) continue;
    for (let j = 0; j < n; j++) if (reach[i][j] === 1) classOf[j] = count;
    count++;
  }
  return classOf;
}
