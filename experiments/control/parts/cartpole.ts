// CartPole-v1: a pole on a cart, kept upright by pushing the cart left or right.
// Rules and constants: Gymnasium 1.x, gymnasium/envs/classic_control/cartpole.py (explicit Euler), after Barto, Sutton & Anderson 1983,
// equations of motion from Florian 2007, https://coneural.org/florian/papers/05_cart_pole.pdf. Left out: the semi-implicit integrator.
import { defineEconomy, discrete, f64, math, param, population } from "walras";

const { sin, cos } = math;

export const cartpole = defineEconomy({
  name: "cartpole",
  source: "Gymnasium, CartPole-v1; Barto, Sutton & Anderson (1983)",
  summary: "A pole is balanced on a cart by pushing the cart left or right, for at most 500 steps.",
  params: {
    gravity: param(9.8, { symbol: "g", unit: "m/s²" }),
    cartMass: param(1, { symbol: "M", unit: "kg", min: 0, exclusive: true }),
    poleMass: param(0.1, { symbol: "m", unit: "kg", min: 0, exclusive: true }),
    halfLength: param(0.5, { symbol: "l", unit: "m", min: 0, exclusive: true, doc: "half the pole's length" }),
    force: param(10, { unit: "N", doc: "of a push" }),
    step: param(0.02, { symbol: "τ", unit: "s", min: 0, exclusive: true }),
    positionLimit: param(2.4, { unit: "m", min: 0, exclusive: true, doc: "beyond it the episode ends" }),
    angleLimit: param((12 * 2 * Math.PI) / 360, {
      unit: "rad",
      min: 0,
      exclusive: true,
      doc: "beyond it the episode ends",
    }),
    spread: param(0.05, { min: 0, doc: "everything starts uniform within ± this" }),
    horizon: param(500, { unit: "steps", min: 1, integer: true }),
  },
  horizon: "horizon",
  populations: {
    cart: population({
      size: 1,
      state: {
        position: f64({ unit: "m" }),
        velocity: f64({ unit: "m/s" }),
        angle: f64({ unit: "rad", doc: "of the pole, 0 upright" }),
        spin: f64({ unit: "rad/s" }),
        reward: f64({ initial: 1, doc: "1 per step" }),
      },
      actions: { push: discrete(2, { doc: "0 left, 1 right" }) },
    }),
  },
  start: ({ each }) => ({
    place: each(
      "cart",
      { doc: "position, velocity, angle and spin ~ U(−spread, spread)" },
      (k, from, to, _w, p, draw) => {
        const columns = [k.position, k.velocity, k.angle, k.spin];
        const u = ["position", "velocity", "angle", "spin"].map((label) => draw.uniform(label));
        for (let i = from; i < to; i++) for (let c = 0; c < 4; c++) columns[c][i] = p.spread * (2 * u[c][i] - 1);
      },
    ),
  }),
  phases: ({ decide, each }) => ({
    push: decide("cart", { doc: "left or right" }),
    // θ̈ = (g sin θ − cos θ h)/(l (4/3 − m cos² θ/(M + m))),   h = (F + m l θ̇² sin θ)/(M + m),   ẍ = h − m l θ̈ cos θ/(M + m)
    move: each("cart", { doc: "one explicit Euler step; 1 is paid for it" }, (k, from, to, _w, p) => {
      const { position, velocity, angle, spin, push } = k;
      const { gravity: g, poleMass: m, halfLength: l, step: τ } = p;
      const mass = p.cartMass + m;
      for (let i = from; i < to; i++) {
        const [sinθ, cosθ] = [sin(angle[i]), cos(angle[i])];
        const F = push[i] === 1 ? p.force : -p.force;
        const h = (F + m * l * spin[i] * spin[i] * sinθ) / mass;
        const θ̈ = (g * sinθ - cosθ * h) / (l * (4 / 3 - (m * cosθ * cosθ) / mass));
        const ẍ = h - (m * l * θ̈ * cosθ) / mass;
        position[i] += τ * velocity[i];
        velocity[i] += τ * ẍ;
        angle[i] += τ * spin[i];
        spin[i] += τ * θ̈;
      }
    }),
  }),
  observe: {
    cart: {
      position: { column: "position", doc: "x, m" },
      velocity: { column: "velocity", doc: "ẋ, m/s" },
      angle: { column: "angle", doc: "θ, rad" },
      spin: { column: "spin", doc: "θ̇, rad/s" },
    },
  },
  reward: { cart: { column: "reward", doc: "1 per step, the last one included" } },
  truth: (p) => ({ longestEpisode: p.horizon }),
  truthDocs: { longestEpisode: "the best return there is" },
  end: ({ cart: { position, angle } }, p) =>
    Math.abs(position[0]) > p.positionLimit || Math.abs(angle[0]) > p.angleLimit,
});

export default cartpole;
