// Gymnasium's Pendulum-v1: a rod that hangs and shall stand, with a motor too weak to lift it in one go. Small, but not solvable in the head.
// https://gymnasium.farama.org/environments/classic_control/pendulum; solved at returns of about −150 per episode of 200 steps.
import { box, defineEconomy, defineExperiment, f64, math, population, sac } from "walras";

const { cos, sin } = math;

const GRAVITY = 10;
const MAX_SPEED = 8;
const STEP = 0.05;

export const pendulum = defineEconomy({
  name: "pendulum",
  source: "Gymnasium, Pendulum-v1",
  summary: "A weak motor swings a rod up and keeps it there.",
  params: {},
  horizon: 200,
  populations: {
    motor: population({
      size: 1,
      state: { angle: f64(), speed: f64(), cosine: f64(), sine: f64(), reward: f64() },
      actions: { torque: box(-2, 2) },
    }),
  },
  start: ({ whole }) => ({
    hang: whole({ doc: "angle uniform in ±π from upright, speed in ±1" }, ({ motor }, _p, draw) => {
      motor.angle[0] = Math.PI * (2 * draw.uniform("angle") - 1);
      motor.speed[0] = 2 * draw.uniform("speed") - 1;
      motor.cosine[0] = cos(motor.angle[0]);
      motor.sine[0] = sin(motor.angle[0]);
    }),
  }),
  phases: ({ decide, whole }) => ({
    push: decide("motor", { doc: "a torque" }),
    swing: whole({ doc: "ω′ = ω + (3g/2 sin θ + 3u) dt, θ′ = θ + ω′ dt; mass and length 1" }, ({ motor }) => {
      const { angle, speed, torque, reward, cosine, sine } = motor;
      const around = angle[0] - 2 * Math.PI * Math.floor(angle[0] / (2 * Math.PI) + 0.5); // in ±π
      reward[0] = -(around * around + 0.1 * speed[0] * speed[0] + 0.001 * torque[0] * torque[0]);
      const pushed = speed[0] + (1.5 * GRAVITY * sin(angle[0]) + 3 * torque[0]) * STEP;
      speed[0] = Math.min(MAX_SPEED, Math.max(-MAX_SPEED, pushed));
      angle[0] += speed[0] * STEP;
      cosine[0] = cos(angle[0]);
      sine[0] = sin(angle[0]);
    }),
  }),
  observe: {
    motor: {
      cosine: { column: "cosine", doc: "cos θ" },
      sine: { column: "sine", doc: "sin θ" },
      speed: { column: "speed", doc: "ω" },
    },
  },
  reward: { motor: { column: "reward", doc: "−(θ² + .1 ω² + .001 u²)" } },
  metrics: {
    episodicReturn: { unit: "1", doc: "reward of 200 steps like this one", of: (w) => 200 * w.motor.reward[0] },
  },
});

export default defineExperiment({
  name: "pendulum/sac",
  summary: "Soft actor–critic swings the rod up within a few thousand steps.",
  economy: pendulum,
  algorithm: sac,
  config: {
    hiddenWidth: 64,
    batchSize: 64,
    bufferSize: 30_000,
    learningStarts: 1000,
    learningRate: 1e-3,
    finalRate: 0.1,
    updates: 15,
  },
  numEnvs: 1,
  totalSteps: 30_000,
  evaluation: { periods: 2000, finalPeriods: 4000 },
});
