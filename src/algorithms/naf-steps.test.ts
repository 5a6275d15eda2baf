// What NAF plays around μ and what it reports, from its own draws and minibatches.
import { expect, test } from "vitest";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { defineEconomy, f64, grid, population } from "../economy/index.ts";
import { seedStream } from "../random/index.ts";
import { axisOf, naf } from "./naf.ts";

const doc = "what happens";
const [E, N] = [2, 8];
/** Sellers of two goods, one priced on a log grid and one on a linear one; what they see is one number for each of both worlds and periods. */
const stalls = defineEconomy({
  name: "stalls",
  source: "test",
  summary: "Two prices around a mood.",
  params: {},
  horizon: 6,
  world: { mood: f64() },
  populations: {
    sellers: population({
      size: N,
      state: { paid: f64(), nothing: f64(), one: f64(), other: f64() },
      actions: { bread: grid(0.1, 10, 800, { spacing: "log" }), salt: grid(-2, 6, 801) },
    }),
  },
  start: ({ world }) => ({
    begin: world({ doc }, (w, _p, draw) => {
      w.mood = draw.normal("mood");
    }),
  }),
  phases: ({ decide, each, world }) => ({
    post: decide("sellers", { doc }),
    sell: each("sellers", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        k.one[i] = 1 / (1 + (k.bread[i] - 1) * (k.bread[i] - 1));
        k.other[i] = 1 / (1 + (k.salt[i] - 1) * (k.salt[i] - 1));
        k.paid[i] = k.one[i] + k.other[i];
      }
    }),
    change: world({ doc }, (w, _p, draw) => {
      w.mood = draw.normal("mood");
    }),
  }),
  observe: { sellers: { mood: { world: "mood", doc } } },
  reward: { sellers: { column: "paid", doc } },
  counterfactual: {
    sellers: { bread: { reward: "other", instead: {} }, salt: { reward: "one", instead: {} } },
  },
});
const SETTINGS = {
  ...{ gamma: 0.5, nSteps: 1, bufferSteps: 50, hiddenLayers: 1, hiddenWidth: 6, batchSize: 16, groupSize: 4 },
  ...{ widthStart: 0.4, widthEnd: 0.1, widthHold: 0.25, widthReached: 0.75 },
};

test("orders lie at μ (1 + w z) on a log grid and μ + w z · range on a linear one, w z within ¾, at the nearest price", () => {
  const steps = 20;
  const { played, env, updates } = trainOn(naf, stalls, {
    config: { ...SETTINGS, updates: steps, widthStart: 0.95 },
    numEnvs: E,
    totalSteps: E * steps,
  });
  let [cut, compared] = [0, 0];
  for (const [d, { name, space }] of env.spec.sellers.actions.entries()) {
    const noise = seedStream(5).fork("sellers").fork(`order/${name}`);
    const { values } = space;
    for (let t = 0; t < steps; t++) {
      const share = Math.min(1, Math.max(0, (t / steps - 0.25) / 0.5));
      const width = 0.95 * (0.1 / 0.95) ** share;
      expect(updates[t].metrics["charts/width"]).toBeCloseTo(width, 12);
      for (let e = 0; e < E; e++) {
        // everybody sees the same, so everybody's μ is the same
        const middles = Array.from({ length: N }, (_, i) => {
          const z = width * noise.normalAt(e, t, i);
          if (Math.abs(z) > 0.75) cut++;
          const apart = Math.min(0.75, Math.max(-0.75, z));
          const index = played[t].sellers[(e * N + i) * 2 + d];
          if (index === 0 || index === space.count - 1) return null; // beyond the grid
          return d === 0 ? Math.log(values[index]) - Math.log(1 + apart) : values[index] - apart * 8;
        }).filter((μ) => μ !== null);
        const step = d === 0 ? Math.log(100) / 799 : 0.01;
        compared += middles.length;
        if (middles.length < 2) continue;
        expect(Math.max(...middles) - Math.min(...middles)).toBeLessThanOrEqual(step + 1e-6);
      }
    }
  }
  expect(cut).toBeGreaterThan(10);
  expect(compared).toBeGreaterThan(400); // of 640
});

test("losses are means over minibatches and goods, rewards over agents and periods, since the last report", () => {
  const { backend, runs } = recording();
  const [steps, reports] = [24, 8];
  const { updates } = trainOn(naf, stalls, {
    config: { ...SETTINGS, updates: reports, gradientSteps: 2 },
    numEnvs: E,
    totalSteps: E * steps,
    backend,
  });
  const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
  let read = 0;
  let learned = 0;
  for (const [k, { metrics, arrays }] of updates.entries()) {
    const rewards: number[] = [];
    const ring = arrays["sellers/replay/orders/bread"] as Float32Array;
    const salt = arrays["sellers/replay/orders/salt"] as Float32Array;
    let minibatches = 0;
    for (let t = 3 * k; t < 3 * k + 3; t++) {
      if (t + 1 - 1 >= 10) minibatches += 2; // decisions with a successor
      for (let r = t * E * N; r < (t + 1) * E * N; r++)
        rewards.push(1 / (1 + (Math.exp(ring[r]) - 1) ** 2) + 1 / (1 + (salt[r] - 1) ** 2));
    }
    expect(metrics["charts/reward"]).toBeCloseTo(mean(rewards), 5);
    const mine = runs.slice(read, (read += 3 * minibatches));
    if (minibatches === 0) {
      expect([metrics["losses/value"], metrics["losses/orders"]]).toEqual([Number.NaN, Number.NaN]);
      continue;
    }
    learned++;
    expect(mine).toHaveLength(3 * minibatches);
    const [value, orders] = [false, true].map((of) => mine.filter(({ inputs }) => "order" in inputs === of));
    expect([value.length, orders.length]).toEqual([minibatches, 2 * minibatches]);
    expect(metrics["losses/value"]).toBeCloseTo(mean(value.map(({ loss }) => loss)), 6);
    expect(metrics["losses/orders"]).toBeCloseTo(mean(orders.map(({ loss }) => loss)), 6);
    // at the last step before the report
    const progress = (3 * k + 2) / steps;
    expect(metrics["charts/learningRate"]).toBeCloseTo(1e-3 * 0.01 ** Math.max(0, (progress - 0.2) / 0.8), 10);
  }
  expect([read, learned]).toEqual([runs.length, 5]);
});

test("a grid is taken for a log grid where its ratios are equal from end to end, and it has no zero and more than two values", () => {
  const axis = (...values: number[]) =>
    axisOf("sellers", {
      name: "price",
      space: {
        kind: "grid",
        low: values[0],
        high: values.at(-1)!,
        count: values.length,
        values: Float64Array.from(values),
      },
    });
  expect(axis(1, 2, 4)).toMatchObject({ logarithmic: true, low: 0, range: expect.closeTo(Math.log(4), 12) });
  expect(axis(1, 2, 3)).toMatchObject({ logarithmic: false, low: 1, range: 2 });
  expect(axis(1, 3)).toMatchObject({ logarithmic: false, low: 1, range: 2 });
  expect(axis(0, 0, 0)).toMatchObject({ logarithmic: false });
  expect(axis(-1, -2, -4)).toMatchObject({ logarithmic: false, low: -1, range: -3 });
  expect([...axis(1, 2, 4).coordinates]).toEqual([0, expect.closeTo(Math.log(2), 12), expect.closeTo(Math.log(4), 12)]);
});

test("a policy plays the price nearest to μ for every row and good, whoever else asks", () => {
  const { last, env, config } = trainOn(naf, stalls, {
    config: { ...SETTINGS, updates: 1, widthStart: 1e-6, widthEnd: 1e-6 },
    numEnvs: E,
    totalSteps: E * 4,
  });
  const policy = naf.policy("sellers", env.spec.sellers, config as never);
  policy.load(last.arrays);
  const seen = last.arrays["sellers/replay/obs"] as Float32Array;
  for (let t = 0; t < 4; t++) {
    const obs = Float32Array.of(seen[t * E * N], seen[t * E * N + N], seen[t * E * N]);
    const answer = new Int32Array(8).fill(-1);
    policy.act(answer, obs, 3);
    const place = (name: string, r: number) => (last.arrays[`sellers/replay/orders/${name}`] as Float32Array)[r];
    for (const [row, r] of [t * E * N, t * E * N + N, t * E * N].entries()) {
      const { bread, salt } = Object.fromEntries(
        env.spec.sellers.actions.map(({ name, space }) => [name, space.values]),
      );
      expect(Math.log(bread[answer[2 * row]])).toBeCloseTo(place("bread", r), 5);
      expect(salt[answer[2 * row + 1]]).toBeCloseTo(place("salt", r), 5);
    }
    expect([...answer.subarray(6)]).toEqual([-1, -1]);
  }
  expect(() => policy.act(new Int32Array(2 * N + 2), new Float32Array(N + 1), N + 1)).toThrow(
    `naf policy: got ${N + 1} rows, expected at most ${N}.`,
  );
});

test.each([
  [{ groupSize: 5 }, "naf: batchSize is 16, expected a multiple of groupSize 5."],
  [{ groupSize: 16 }, "naf: groupSize is 16, but there are 8 sellers."],
])("settings that do not fit are refused: %o", (config, message) => {
  expect(() => trainOn(naf, stalls, { config: { ...SETTINGS, ...config }, totalSteps: 1 })).toThrow(message);
});
