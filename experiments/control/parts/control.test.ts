import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, type Economy } from "walras";
import { makeVectorEnv } from "../../../src/env/vector-env.ts";
import { cartpole } from "./cartpole.ts";
import { lqr, riccati } from "./lqr.ts";
import { pendulum } from "./pendulum.ts";

/** One world, arranged by hand. */
function world(economy: Economy, columns: Readonly<Record<string, number>>, params = {}) {
  const env = makeVectorEnv(economy, { numEnvs: 1, params });
  env.reset(1);
  const [population] = Object.keys(env.batch);
  const rows = env.simulation.worlds[0][population] as AnyRows;
  for (const [name, value] of Object.entries(columns)) (rows[name] as Float64Array).fill(value);
  env.observe();
  const { actions, obs, rewards } = env.batch[population];
  const column = (name: string): number => (rows[name] as Float64Array)[0];
  return { env, batch: env.batch[population], actions, obs, rewards, column };
}
const close = (actual: number, expected: number): void => expect(Math.abs(actual - expected)).toBeLessThan(1e-14);

test("CartPole moves as Gymnasium's: one step of the equations, written out with numbers", () => {
  const [x, v, θ, ω] = [0.1, -0.2, 0.05, 0.3];
  for (const [push, force] of [
    [0, -10],
    [1, 10],
  ]) {
    const { env, actions, column } = world(cartpole, { position: x, velocity: v, angle: θ, spin: ω });
    actions[0] = push;
    env.step();
    const temp = (force + 0.05 * ω * ω * Math.sin(θ)) / 1.1;
    const angular = (9.8 * Math.sin(θ) - Math.cos(θ) * temp) / (0.5 * (4 / 3 - (0.1 * Math.cos(θ) ** 2) / 1.1));
    const linear = temp - (0.05 * angular * Math.cos(θ)) / 1.1;
    close(column("position"), x + 0.02 * v);
    close(column("velocity"), v + 0.02 * linear);
    close(column("angle"), θ + 0.02 * ω);
    close(column("spin"), ω + 0.02 * angular);
  }
});

test("CartPole begins within ±0.05, pays 1 per step, ends beyond 2.4 m or 12°, and is cut after 500 steps", () => {
  const env = makeVectorEnv(cartpole, { numEnvs: 200 });
  env.reset(3);
  const { obs, rewards, actions } = env.batch.cart;
  expect(Math.max(...obs)).toBeLessThan(0.05);
  expect(Math.max(...obs)).toBeGreaterThan(0.045);
  expect(Math.min(...obs)).toBeLessThan(-0.045);
  actions.fill(1);
  env.step();
  expect([...new Set(rewards)]).toEqual([1]);

  const ends = (columns: Record<string, number>): number[] => {
    const w = world(cartpole, columns);
    w.env.step();
    return [w.env.terminated[0], w.env.truncated[0], w.rewards[0]];
  };
  expect(ends({ position: 2.39, velocity: 1, angle: 0, spin: 0 })).toEqual([1, 0, 1]);
  expect(ends({ position: 2.39, velocity: 0.4, angle: 0, spin: 0 })).toEqual([0, 0, 1]);
  expect(ends({ position: 0, velocity: 0, angle: -0.208, spin: -0.1 })).toEqual([1, 0, 1]);
  expect(ends({ position: 0, velocity: 0, angle: 0.2094, spin: 0 })).toEqual([0, 0, 1]);

  const patient = world(cartpole, {}, { positionLimit: 1e9, angleLimit: 1e9 });
  for (let step = 1; step <= 500; step++) {
    patient.env.step();
    expect(patient.env.truncated[0]).toBe(step === 500 ? 1 : 0);
  }
});

test("a pole pushed one way only falls after 8 to 11 steps, 9.3 on average", () => {
  const env = makeVectorEnv(cartpole, { numEnvs: 2000 });
  env.reset(1);
  env.batch.cart.actions.fill(1);
  const lengths = new Map<number, number>();
  for (let step = 1; step <= 11; step++) {
    env.step();
    for (const e of env.localWorlds) if (env.terminated[e] && !lengths.has(e)) lengths.set(e, step);
  }
  expect(lengths.size).toBe(2000);
  expect(Math.min(...lengths.values())).toBe(8);
  const mean = [...lengths.values()].reduce((a, b) => a + b) / 2000;
  expect(Math.abs(mean - 9.35)).toBeLessThan(0.05);
});

test("Pendulum moves and costs as Gymnasium's: one step with numbers, torque and speed within their limits", () => {
  const step = (angle: number, spin: number, torque: number) => {
    const { env, actions, column, obs, rewards } = world(pendulum, { angle, spin });
    actions[0] = torque;
    env.step();
    return { angle: column("angle"), spin: column("spin"), reward: rewards[0], obs: [...obs] };
  };
  const { angle, spin, reward, obs } = step(1, -0.5, 1.5);
  const faster = -0.5 + (15 * Math.sin(1) + 3 * 1.5) * 0.05;
  close(spin, faster);
  close(angle, 1 + faster * 0.05);
  expect(reward).toBe(Math.fround(-(1 + 0.1 * 0.25 + 0.001 * 2.25)));
  expect(obs).toEqual([Math.cos(angle), Math.sin(angle), faster].map(Math.fround));
  // Half a turn and a bit further is as bad as the same bit on the other side.
  close(step(Math.PI + 0.5, 0, 0).reward, Math.fround(-((Math.PI - 0.5) ** 2)));
  expect(step(3 * Math.PI, 0, 0).reward).toBeCloseTo(-(Math.PI ** 2), 5);
  expect(step(0, 0, 9)).toEqual(step(0, 0, 2));
  expect(step(1.5, 7.9, 2).spin).toBe(8);
  expect(step(-1.5, -7.9, -2).spin).toBe(-8);
});

test("Pendulum begins anywhere, never ends, and is cut after 200 steps", () => {
  const env = makeVectorEnv(pendulum, { numEnvs: 500 });
  env.reset(1);
  const angles = env.simulation.columns["pendulum.angle"];
  const spins = env.simulation.columns["pendulum.spin"];
  expect(Math.max(...angles)).toBeGreaterThan(3.1);
  expect(Math.min(...angles)).toBeLessThan(-3.1);
  expect(Math.max(...spins)).toBeLessThan(1);
  for (let step = 1; step <= 200; step++) {
    env.step();
    expect(env.truncated[7]).toBe(step === 200 ? 1 : 0);
    expect(env.terminated[7]).toBe(0);
  }
});

test("Riccati's equation: the scalar regulator in closed form, and a point mass whose P and K satisfy it and beat their neighbours", () => {
  const [a, b, q, r, β] = [0.9, 0.5, 1, 0.2, 0.95];
  // β b² P² + (r − β a² r − β b² q) P − q r = 0
  const m = r - β * a * a * r - β * b * b * q;
  const P = (-m + Math.sqrt(m * m + 4 * β * b * b * q * r)) / (2 * β * b * b);
  const scalar = riccati({
    A: [
      [a, 0],
      [0, 0],
    ],
    b: [b, 0],
    q: [q, 0],
    r,
    β,
  });
  expect(scalar.P[0][0]).toBeCloseTo(P, 12);
  expect(scalar.P[0][0]).toBeCloseTo(1.4051807968, 9);
  expect(scalar.K).toEqual([expect.closeTo(1.1255022132, 9), 0]);

  const mass = {
    A: [
      [1, 0.1],
      [0, 1],
    ],
    b: [0, 0.1],
    q: [1, 0.1],
    r: 0.05,
    β: 0.99,
  } as const;
  const { P: P2, K } = riccati(mass);
  const cost = ([k1, k2]: readonly number[]): number => {
    let [x, v, sum] = [1, -0.5, 0];
    for (let t = 0, discount = 1; t < 3000; t++, discount *= mass.β) {
      const u = -k1 * x - k2 * v;
      sum += discount * (x * x + 0.1 * v * v + 0.05 * u * u);
      [x, v] = [x + 0.1 * v, v + 0.1 * u];
    }
    return sum;
  };
  const best = cost(K);
  expect(best).toBeCloseTo(P2[0][0] - P2[0][1] + 0.25 * P2[1][1], 9); // (1, −½) P (1, −½)′
  for (const [d1, d2] of [
    [0.05, 0],
    [-0.05, 0],
    [0, 0.05],
    [0, -0.05],
  ])
    expect(cost([K[0] + d1, K[1] + d2])).toBeGreaterThan(best);
});

test("a regulator's step is A s + b u and its reward the cost", () => {
  const params = {
    agents: 1,
    persistence: 1,
    coupling: 0.1,
    damping: 0.8,
    push: 0.2,
    acceleration: 0.3,
    velocityCost: 0.5,
  };
  const { env, actions, column, rewards } = world(lqr, { position: 2, velocity: -1 }, params);
  actions[0] = 0.5;
  env.step();
  close(column("position"), 2 - 0.1 + 0.1);
  close(column("velocity"), -0.8 + 0.15);
  expect(rewards[0]).toBe(Math.fround(-(4 + 0.5 + 0.2 * 0.25)));
});

test("all three pass the check of every economy", () => {
  for (const economy of [cartpole, pendulum, lqr])
    expect(checkEconomy(economy).filter(({ pass }) => !pass)).toEqual([]);
});
