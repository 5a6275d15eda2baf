// A queue by hand, its law under a fixed rule, and the rules that learners find.
import { expect, test } from "vitest";
import { qLearning } from "../src/algorithms/q-learning.ts";
import { checkEconomy, createSimulation } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { meanInterval } from "../src/math/index.ts";
import { trainOn } from "../test/tiny-economies.ts";
import { queue } from "./queue.ts";
import { queueLaw, queueOutcome, socialThreshold } from "./theory/queue.ts";

type Queues = { readonly [column: string]: Float64Array };

test("each customer is served after those before, and gains R − τ − c · its time in the queue", () => {
  const env = makeVectorEnv(queue, { numEnvs: 1, params: { length: 1000, toll: 0.25, room: 3 } });
  env.reset(2);
  const k = env.simulation.worlds[0].queues as unknown as Queues;
  const batch = env.batch["queues"];
  let [free, gained, most] = [0, 0, 0];
  const leaves: number[] = [];
  for (let n = 0; env.simulation.period[0] === 0 && n < 600; n++) {
    const time = k.arrival[0]; // it has come, and decides
    while (leaves.length > 0 && leaves[0] < time) leaves.shift();
    expect(k.customers[0]).toBe(leaves.length);
    expect(batch.obs[0]).toBeCloseTo(leaves.length / 3, 6);
    expect([...batch.actionMask!]).toEqual([1, leaves.length < 3 ? 1 : 0]);
    expect(k.gain[0]).toBeCloseTo(gained, 9);
    const join = leaves.length < 3 && n % 4 !== 1;
    batch.actions[0] = join || n % 7 === 0 ? 1 : 0; // also where it is full
    const entered = batch.actions[0] === 1 && leaves.length < 3;
    env.step();
    if (env.simulation.period[0] > 0) break;
    if (entered) {
      free = k.free[0];
      leaves.push(free);
      expect(free).toBeGreaterThan(Math.max(time, leaves.at(-2) ?? 0));
      gained += 5.5 - 0.25 - (free - time);
      most = Math.max(most, leaves.length);
    }
  }
  expect(most).toBe(3);
});

test("what is earned is told to the next customer's turn: the gain of the one before", () => {
  const env = makeVectorEnv(queue, { numEnvs: 1, params: { length: 50 } });
  env.reset(1);
  const { actions, rewards, truncated } = env.batch["queues"];
  const gain = env.simulation.columns["queues.gain"] as Float64Array;
  let before = 0;
  for (let n = 0; n < 30; n++) {
    actions[0] = n % 3 === 0 ? 0 : 1;
    const was = env.simulation.period[0];
    env.step();
    if (env.simulation.period[0] !== was)
      before = 0; // the column began anew
    else {
      expect(rewards[0]).toBeCloseTo(gain[0] - before, 5);
      if (n % 3 === 0) expect(rewards[0]).toBe(0);
    }
    before = gain[0];
    expect(truncated[0]).toBe(0);
  }
});

test("customers who join up to n make M/M/1/n: its law, mean, flow and welfare", () => {
  const n = 4;
  const [E, T] = [400, 21];
  const env = makeVectorEnv(queue, { numEnvs: E, params: { horizon: T } });
  const sums = ["customers", "joining", "welfare"].map((name) => ({ name, worlds: new Float64Array(E) }));
  const law = new Float64Array(n + 1);
  env.onPeriod = (e) => {
    if (env.simulation.period[e] === 0) return; // begun empty, forgotten in minutes
    const w = env.simulation.worlds[e] as never;
    for (const { name, worlds } of sums) worlds[e] += queue.metrics[name].of(w, env.params as never) / (T - 1);
    law[(w as { queues: Queues }).queues.customers[0]] += 1 / (E * (T - 1));
  };
  env.reset(1);
  const { obs, actions } = env.batch["queues"];
  while (env.position.tick < T) {
    for (let e = 0; e < E; e++) actions[e] = Math.round(10 * obs[e]) < n ? 1 : 0;
    env.step();
  }
  const expected = queueOutcome({ ...env.params, room: 10 } as never, n) as unknown as Record<string, number>;
  for (const { name, worlds } of sums) {
    const { low, high } = meanInterval([...worlds]);
    const centre = (low + high) / 2;
    const slack = (high - low) * 1.15; // 4.5 standard errors, of which the interval has 3.9
    expect(Math.abs(centre - expected[name]), name).toBeLessThan(slack);
  }
  queueLaw({ arrivals: 0.8, service: 1 }, n).forEach((share, k) => {
    // Ends of periods are a hundred minutes apart, and the queue forgets in four.
    expect(Math.abs(law[k] - share)).toBeLessThan(4.5 * Math.sqrt((share * (1 - share)) / (E * (T - 1))));
  });
});

/** How many a learner lets join: it joins at fewer than this, and does not from there on. */
const learned = (gamma: number, totalSteps: number) => {
  const { player } = trainOn(qLearning, queue, {
    config: {
      ...{ gamma, bins: 11, low: 0, high: 1, epsilon: 0.3, updates: 1 },
      ...{ learningRate: 1, learningRateSchedule: "visits" as const, learningRatePower: gamma === 0 ? 1 : 0.7 },
    },
    numEnvs: 8,
    totalSteps,
    seed: 1001,
  });
  const joins = Array.from({ length: 10 }, (_, k) => {
    const { join } = player.respond("queues", (w) => {
      (w as unknown as { queues: Queues }).queues.customers[0] = k;
    }) as unknown as Queues;
    return join[0];
  });
  return joins;
};

test("customers learn Naor's threshold by Q-learning", () => {
  expect(learned(0, 8 * 200)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test("a doorman who looks ahead learns by Q-learning to turn away whom the queue is still worth to", () => {
  expect(learned(0.9, 8 * 400).indexOf(0)).toBe(
    socialThreshold({ arrivals: 0.8, service: 1, value: 5.5, cost: 1, toll: 0, room: 10 }),
  );
});

test("no phase breaks it", () => {
  for (const check of checkEconomy(queue, { periods: 60 })) expect(check).toMatchObject({ pass: true });
});

test("with nobody to decide, nobody joins", () => {
  const simulation = createSimulation(queue, {});
  simulation.reset(0);
  for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
  expect((simulation.worlds[0] as { joined: number; came: number }).joined).toBe(0);
  expect((simulation.worlds[0] as { joined: number; came: number }).came).toBeGreaterThan(0);
});
