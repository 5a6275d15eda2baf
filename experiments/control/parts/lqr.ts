// Linear-quadratic regulators: a state is held near 0 at the least discounted cost, and the best policy is known.
//   s′ = A s + b u,   cost s′Q s + r u²,   value −s′P s,   u* = −K s          (no noise: certainty equivalence makes it irrelevant to K)
// P is the fixed point of the Riccati equation; K = β b′P A/(r + β b′P b). Bertsekas 2017, Dynamic Programming and Optimal Control, §3.1.
//
// One economy for one dimension or two: with `coupling`, `damping` and `velocityCost` at 0 and nothing starting to move, the second is idle.
// Every agent regulates a system of its own, so that one world makes a batch.
import { box, defineEconomy, f64, param, population } from "walras";

export type Vector = readonly [number, number];
export interface Regulator {
  /** Rows of A. */
  readonly A: readonly [Vector, Vector];
  readonly b: Vector;
  /** Diagonal of Q. */
  readonly q: Vector;
  readonly r: number;
  readonly β: number;
}

/** P [2, 2] and K by iterating P ← Q + β A′P A − K′(β b′P A). */
export function riccati({ A, b, q, r, β }: Regulator): {
  P: [[number, number], [number, number]];
  K: [number, number];
} {
  let P: [[number, number], [number, number]] = [
    [q[0], 0],
    [0, q[1]],
  ];
  let K: [number, number] = [0, 0];
  const quadratic = (x: Vector, y: Vector): number =>
    x[0] * (P[0][0] * y[0] + P[0][1] * y[1]) + x[1] * (P[1][0] * y[0] + P[1][1] * y[1]);
  const column = (j: 0 | 1): Vector => [A[0][j], A[1][j]];
  for (let change = 1, k = 0; change > 1e-14 && k < 100_000; k++) {
    const bPA = [quadratic(b, column(0)), quadratic(b, column(1))] as const;
    const scale = β / (r + β * quadratic(b, b));
    K = [scale * bPA[0], scale * bPA[1]];
    const entry = (i: 0 | 1, j: 0 | 1): number =>
      (i === j ? q[i] : 0) + β * (quadratic(column(i), column(j)) - K[i] * bPA[j]);
    const next: typeof P = [
      [entry(0, 0), entry(0, 1)],
      [entry(1, 0), entry(1, 1)],
    ];
    change = Math.abs(next[0][0] - P[0][0]) + Math.abs(next[0][1] - P[0][1]) + Math.abs(next[1][1] - P[1][1]);
    P = next;
  }
  return { P, K };
}

export const lqr = defineEconomy({
  name: "lqr",
  source: "Bertsekas (2017), Dynamic Programming and Optimal Control, vol. 1, §3.1",
  summary: "A position, or a position and a velocity, is driven to 0 by a force that costs.",
  params: {
    agents: param(32, { min: 1, integer: true, doc: "systems, one each" }),
    persistence: param(0.9, { symbol: "a", doc: "of the position" }),
    coupling: param(0, { doc: "how the velocity adds to the position" }),
    damping: param(0, { doc: "persistence of the velocity" }),
    push: param(0.5, { symbol: "b", doc: "of the force on the position" }),
    acceleration: param(0, { doc: "of the force on the velocity" }),
    positionCost: param(1, { symbol: "q", min: 0 }),
    velocityCost: param(0, { symbol: "q_v", min: 0 }),
    forceCost: param(0.2, { symbol: "r", min: 0, exclusive: true }),
    discountFactor: param(0.95, { symbol: "β", min: 0, max: 1, exclusive: true }),
    spread: param(1, { doc: "positions start uniform in ± this" }),
    velocitySpread: param(0, { doc: "and velocities" }),
    horizon: param(10, { min: 1, integer: true, doc: "periods until we stop watching" }),
  },
  horizon: "horizon",
  populations: {
    regulators: population({
      size: "agents",
      state: {
        position: f64({ doc: "x" }),
        velocity: f64({ doc: "v" }),
        reward: f64({ doc: "minus the cost of this period" }),
      },
      actions: { force: box(-3, 3, { doc: "u" }) },
    }),
  },
  start: ({ each }) => ({
    place: each("regulators", { doc: "somewhere" }, (k, from, to, _w, p, draw) => {
      const [x, v] = [draw.uniform("position"), draw.uniform("velocity")];
      for (let i = from; i < to; i++) {
        k.position[i] = p.spread * (2 * x[i] - 1);
        k.velocity[i] = p.velocitySpread * (2 * v[i] - 1);
      }
    }),
  }),
  phases: ({ decide, each }) => ({
    push: decide("regulators", { doc: "a force" }),
    move: each(
      "regulators",
      { doc: "the cost of where one is and of the force, then s′ = A s + b u" },
      (k, from, to, _w, p) => {
        const { position, velocity, reward, force } = k;
        for (let i = from; i < to; i++) {
          const [x, v, u] = [position[i], velocity[i], force[i]];
          reward[i] = -(p.positionCost * x * x + p.velocityCost * v * v + p.forceCost * u * u);
          position[i] = p.persistence * x + p.coupling * v + p.push * u;
          velocity[i] = p.damping * v + p.acceleration * u;
        }
      },
    ),
  }),
  observe: {
    regulators: { position: { column: "position", doc: "x" }, velocity: { column: "velocity", doc: "v" } },
  },
  discountFactor: { regulators: "discountFactor" },
  reward: { regulators: { column: "reward", doc: "−(q x² + q_v v² + r u²)" } },
  truth: (p) => {
    const { P, K } = riccati({
      A: [
        [p.persistence, p.coupling],
        [0, p.damping],
      ],
      b: [p.push, p.acceleration],
      q: [p.positionCost, p.velocityCost],
      r: p.forceCost,
      β: p.discountFactor,
    });
    return {
      positionGain: K[0],
      velocityGain: K[1],
      positionValue: P[0][0],
      crossValue: P[0][1],
      velocityValue: P[1][1],
    };
  },
  truthDocs: {
    positionGain: "u* = −(this) x − velocityGain · v",
    velocityGain: "see positionGain",
    positionValue: "P₁₁: the cost from x alone is P₁₁ x²",
    crossValue: "P₁₂",
    velocityValue: "P₂₂",
  },
});

export default lqr;
