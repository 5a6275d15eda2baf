// Pendulum-v1: a pendulum is swung up and held by a torque at its pivot that is too weak to lift it at once.
// Rules and constants: Gymnasium 1.x, gymnasium/envs/classic_control/pendulum.py. Nothing ends; we stop watching after 200 steps.
import { box, defineEconomy, derived, f64, math, param, population } from "walras";

const { sin, cos } = math;
const TURN = 2 * Math.PI;

export const pendulum = defineEconomy({
  name: "pendulum",
  source: "Gymnasium, Pendulum-v1",
  summary: "A pendulum is swung up and held upright with little torque.",
  params: {
    gravity: param(10, { symbol: "g", unit: "m/s²" }),
    mass: param(1, { symbol: "m", unit: "kg", min: 0, exclusive: true }),
    length: param(1, { symbol: "l", unit: "m", min: 0, exclusive: true }),
    step: param(0.05, { symbol: "τ", unit: "s", min: 0, exclusive: true }),
    maxTorque: param(2, { unit: "N m", min: 0, exclusive: true }),
    minTorque: param(derived, { unit: "N m", doc: "−maxTorque" }),
    maxSpeed: param(8, { unit: "rad/s", min: 0, exclusive: true }),
    horizon: param(200, { unit: "steps", min: 1, integer: true }),
  },
  derive: { minTorque: (p) => -p.maxTorque },
  horizon: "horizon",
  populations: {
    pendulum: population({
      size: 1,
      state: {
        angle: f64({ unit: "rad", doc: "θ, 0 upright" }),
        spin: f64({ unit: "rad/s", doc: "θ̇" }),
        cosine: f64({ initial: 1, doc: "cos θ" }),
        sine: f64({ doc: "sin θ" }),
        reward: f64({ doc: "minus the cost of this step" }),
      },
      actions: { torque: box("minTorque", "maxTorque", { unit: "N m" }) },
    }),
  },
  start: ({ each }) => ({
    hang: each("pendulum", { doc: "θ ~ U(−π, π), θ̇ ~ U(−1, 1)" }, (k, from, to, _w, _p, draw) => {
      const [angle, spin] = [draw.uniform("angle"), draw.uniform("spin")];
      for (let i = from; i < to; i++) {
        k.angle[i] = Math.PI * (2 * angle[i] - 1);
        k.spin[i] = 2 * spin[i] - 1;
        k.cosine[i] = cos(k.angle[i]);
        k.sine[i] = sin(k.angle[i]);
      }
    }),
  }),
  phases: ({ decide, each }) => ({
    push: decide("pendulum", { doc: "a torque" }),
    // r = −(θ² + 0.1 θ̇² + 0.001 u²) of where it was, θ in [−π, π);   θ̇ += (3g/2l sin θ + 3u/ml²) τ, within ± maxSpeed;   θ += θ̇ τ
    swing: each("pendulum", { doc: "paid for where it was; one semi-implicit Euler step" }, (k, from, to, _w, p) => {
      const { angle, spin, cosine, sine, reward, torque } = k;
      const { gravity: g, mass: m, length: l, step: τ } = p;
      for (let i = from; i < to; i++) {
        const u = torque[i];
        const θ = angle[i] + Math.PI - TURN * Math.floor((angle[i] + Math.PI) / TURN) - Math.PI;
        reward[i] = -(θ * θ + 0.1 * spin[i] * spin[i] + 0.001 * u * u);
        const faster = spin[i] + (((3 * g) / (2 * l)) * sin(angle[i]) + (3 / (m * l * l)) * u) * τ;
        spin[i] = Math.max(-p.maxSpeed, Math.min(p.maxSpeed, faster));
        angle[i] += spin[i] * τ;
        cosine[i] = cos(angle[i]);
        sine[i] = sin(angle[i]);
      }
    }),
  }),
  observe: {
    pendulum: {
      cosine: { column: "cosine", doc: "cos θ" },
      sine: { column: "sine", doc: "sin θ" },
      spin: { column: "spin", doc: "θ̇, rad/s" },
    },
  },
  truth: (p) => ({ costOfHanging: p.horizon * Math.PI * Math.PI }),
  truthDocs: { costOfHanging: "cost of an episode of hanging still: π² per step; the least cost has no closed form" },
  reward: { pendulum: { column: "reward", doc: "−(θ² + 0.1 θ̇² + 0.001 u²)" } },
});

export default pendulum;
