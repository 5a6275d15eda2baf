import { expect, test } from "vitest";
import { named, someNumbers } from "../../test/objectives.ts";
import { plainMlp } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { distance, trainOn } from "../../test/tiny-economies.ts";
import { type AnyRows, defineEconomy, discrete, f64, grid, param, population } from "../economy/index.ts";
import { midpoint, side } from "../economy/mechanisms/index.ts";
import { type Graph, layoutOf } from "../nn/index.ts";
import { evaluate } from "../nn/reference.ts";
import { resolveConfig } from "./algorithm.ts";
import { axisOf, naf, orderLossGraph, valueLossGraph } from "./naf.ts";

// One good, worth `worth` times the world's wealth to everybody; pairs meet, the higher price buys one unit at the midpoint. Nobody is served by
// another price than the worth, and everybody's utility is shaken by a shock that dwarfs what trading can bring.
const bazaar = defineEconomy({
  name: "bazaar",
  source: "test",
  summary: "A good of known worth, traded at posted prices under a large common shock.",
  params: { shock: param(100), worth: param(3), traders: param(8, { integer: true, min: 2 }) },
  horizon: 20,
  world: { wealth: f64({ initial: 1 }), noise: f64() },
  populations: {
    traders: population({
      size: "traders",
      state: { reward: f64(), idle: f64(), gain: f64() },
      actions: { price: grid(0.1, 30, 400, { spacing: "log" }) },
    }),
  },
  phases: ({ decide, each, world }) => ({
    wealth: world({ doc: "1 or 2" }, (w, _p, draw) => {
      w.wealth = 1 + draw.integer("wealth", 2);
      w.noise = draw.normal("noise");
    }),
    post: decide("traders", { doc: "a price" }),
    trade: each("traders", { doc: "pairs", partner: "random", reads: ["price"] }, (k, from, to, w, p, _draw, other) => {
      for (let i = from; i < to; i++) {
        const j = other.row[i];
        const buys = j < 0 ? 0 : side(k.price[i], other.price[j]);
        k.gain[i] = buys === 0 ? 0 : buys * (p.worth * w.wealth - midpoint(k.price[i], other.price[j]));
        k.idle[i] = p.shock * w.noise;
        k.reward[i] = k.idle[i] + k.gain[i];
      }
    }),
  }),
  observe: { traders: { wealth: { world: "wealth", center: 1.5, scale: 0.5, doc: "wealth" } } },
  reward: { traders: { column: "reward", doc: "shock and gain" } },
  counterfactual: { traders: { price: { reward: "idle", instead: {} } } },
});

const config = {
  gamma: 0.5,
  nSteps: 1,
  hiddenLayers: 2,
  hiddenWidth: 16,
  batchSize: 64,
  groupSize: 4,
  updates: 4,
  widthEnd: 0.1,
};

test("posted prices go to the worth of the good, whatever shakes everybody at once", () => {
  for (const shock of [0, 100]) {
    const { player } = trainOn(naf, bazaar, { config, numEnvs: 4, totalSteps: 6000, params: { shock } });
    for (const wealth of [1, 2]) {
      const answer = player.respond("traders", (w) => {
        w.wealth = wealth;
      });
      const prices = answer.price as Float64Array;
      expect(Math.abs(prices[0] / (3 * wealth) - 1)).toBeLessThan(0.05);
    }
  }
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  const training = { config, numEnvs: 2, totalSteps: 400 };
  const whole = trainOn(naf, bazaar, training);
  const resumed = trainOn(naf, bazaar, { ...training, from: whole.updates[1] });
  expect(resumed.updates).toEqual(whole.updates.slice(2));
});

test("slow networks follow fast ones by τ, which falls geometrically from 0.3 of training on", () => {
  const steps = 24;
  const { updates } = trainOn(naf, bazaar, {
    config: { ...config, tau: 0.2, finalTau: 0.002, updates: steps },
    totalSteps: steps,
  });
  let moved = 0;
  for (let k = 1; k < steps; k++) {
    if (updates[k].meta["batches"] === 0) continue;
    moved++;
    const τ = 0.2 * 0.01 ** Math.max(0, (k / steps - 0.3) / 0.7);
    for (const network of ["value", "orders/price"]) {
      const array = (update: number, part: string) =>
        updates[update].arrays[`traders/${network}/${part}`] as Float32Array;
      const fast = array(k, "fast");
      // Adam's step, at a rate that falls geometrically from a fifth of training on
      const [first, last] = network === "value" ? [1e-3, 1e-5] : [5e-4, 1.5e-5];
      const rate = first * (last / first) ** Math.max(0, (k / steps - 0.2) / 0.8);
      const t = updates[k].meta["batches"];
      const stepped = [...array(k - 1, "fast")].map((x, p) => {
        const mean = array(k, "m")[p] / (1 - 0.9 ** t);
        return x - (rate * mean) / (Math.sqrt(array(k, "v")[p] / (1 - 0.999 ** t)) + 1e-8);
      });
      expect(distance(fast, stepped)).toBeLessThan(1e-6);
      const expected = [...array(k - 1, "slow")].map((x, p) => (1 - τ) * x + τ * fast[p]);
      expect(distance(array(k, "slow"), expected)).toBeLessThan(1e-6);
      expect(distance(array(k, "slow"), [...array(k - 1, "slow")])).toBeGreaterThan(1e-6);
    }
  }
  expect(moved).toBe(steps - 10);
});

test("orders stay on the grid and scatter on both sides of the best one", () => {
  const { played, player } = trainOn(naf, bazaar, {
    config: { ...config, widthEnd: 0.4 },
    numEnvs: 4,
    totalSteps: 2000,
    params: { shock: 0 },
  });
  const chosen = played.flatMap(({ traders }) => traders);
  expect(Math.min(...chosen)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...chosen)).toBeLessThan(400);
  const best = (player.respond("traders", () => {}) as AnyRows).price as Float64Array;
  expect(new Set(chosen).size).toBeGreaterThan(10);
  expect(distance(best.subarray(0, 2), [best[0], best[0]])).toBe(0);
});

test("an economy that declares no counterfactual, or codes without order, is refused with the remedy", () => {
  const { counterfactual: _, ...silent } = bazaar;
  expect(() => trainOn(naf, { ...silent, counterfactual: {} }, { config, totalSteps: 10 })).toThrow(
    /declare counterfactual\.traders\.price, or use dqn/,
  );
  const coded = defineEconomy({
    name: "coded",
    source: "test",
    summary: "test",
    params: {},
    horizon: 5,
    populations: { people: population({ size: 8, state: { reward: f64() }, actions: { code: discrete(3) } }) },
    phases: ({ decide }) => ({ act: decide("people", { doc: "act" }) }),
    observe: { people: { reward: { column: "reward", doc: "" } } },
    reward: { people: { column: "reward", doc: "" } },
    counterfactual: { people: { code: { reward: "reward", instead: {} } } },
  });
  expect(() => trainOn(naf, coded, { config, totalSteps: 10 })).toThrow(
    /people\.code is a discrete, expected an ordered grid/,
  );
});

const someSpace = (values: readonly number[]) =>
  ({
    kind: "grid",
    low: values[0],
    high: values.at(-1)!,
    count: values.length,
    values: Float64Array.from(values),
  }) as const;

test.each([
  ["equal ratios", [0.01, 0.1, 1, 10, 100]],
  ["even steps", [0, 1, 2, 3, 4]],
] as const)(
  "the losses are the formulas', computed apart from the graphs: orders on %s, values by groups",
  (_, values) => {
    const [F, B, K] = [3, 6, 3];
    const c = resolveConfig(naf, { hiddenLayers: 2, hiddenWidth: 4, batchSize: B, groupSize: K, commonWeight: 0.2 });
    const some = someNumbers(400);
    const obs = some(B * F, 1);
    const target = some(B, 1);
    const parameters = (graph: Graph) => {
      const layout = layoutOf(graph);
      return named(some(layout.size, 0.8), layout);
    };
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
    /** Row b of the network's outputs. */
    const outputs = (θ: Readonly<Record<string, ArrayLike<number>>>, b: number): number[] => {
      const trunk = Object.fromEntries(Object.entries(θ).filter(([name]) => name.startsWith("trunk")));
      const h = plainMlp(trunk, "trunk", obs.slice(b * F, (b + 1) * F), "tanh").map(Math.tanh);
      const bias = Array.from(θ["head/bias"]);
      return bias.map((x, k) => h.reduce((sum, value, j) => sum + value * θ["head/weight"][j * bias.length + k], x));
    };

    const valueLoss = valueLossGraph(F, c);
    const θ = parameters(valueLoss);
    const errors = Array.from({ length: B }, (_, b) => outputs(θ, b)[0] - target[b]);
    const common = errors.map((_, b) => mean(errors.slice(b - (b % K), b - (b % K) + K)));
    const expected =
      mean(errors.map((error, b) => (error - common[b]) ** 2)) + 0.2 * mean(common.map((shared) => shared ** 2));
    expect(Math.abs(evaluate([valueLoss.loss!], { ...θ, obs, target })[0][0] - expected)).toBeLessThan(1e-12);

    const axis = axisOf("traders", { name: "price", space: someSpace(values) as never });
    expect(axis.logarithmic).toBe(values[0] > 0);
    const orderLoss = orderLossGraph(F, c, axis);
    const η = parameters(orderLoss);
    const order = Array.from({ length: B }, (_, b) => axis.coordinates[b % values.length]);
    const inverseWidth = Array.from({ length: B }, (_, b) => 2 + b);
    const half = axis.range / 2;
    const squares = Array.from({ length: B }, (_, b) => {
      const [middle, steepness, constant] = outputs(η, b);
      const μ = axis.low + half + half * Math.tanh((0.6 / half) * middle);
      const κ = 0.65 + 1.35 * Math.tanh(steepness);
      const apart = axis.logarithmic ? Math.exp(Math.min(3, order[b] - μ)) - 1 : (order[b] - μ) / axis.range;
      const x = apart * inverseWidth[b];
      return (constant - Math.exp(κ) * (Math.sqrt(1 + x * x) - 1) - target[b]) ** 2;
    });
    const loss = evaluate([orderLoss.loss!], { ...η, obs, order, inverseWidth, target })[0][0];
    expect(Math.abs(loss - mean(squares) / 2)).toBeLessThan(1e-12 * Math.max(1, loss));
  },
);

const ERRANDS = [1, 10, 100];
/**
 * Three errands in a row, paid 1, 10, 100 and a price's square root; then the world ends, or our watching. Who runs for nothing keeps what he had. What an idle runner is paid
 * this period is the potential, and only it depends on the mood.
 */
const errands = defineEconomy({
  name: "errands",
  source: "test",
  summary: "Everything that followed can be told from what was posted.",
  params: { length: param(9, { integer: true }) },
  horizon: "length",
  world: { time: f64(), mood: f64() },
  populations: {
    runners: population({
      size: 2,
      state: { pay: f64(), idle: f64(), wealth: f64(), spared: f64() },
      actions: { price: grid(0.1, 10, 40, { spacing: "log" }) },
    }),
  },
  start: ({ each }) => ({
    begin: each("runners", { doc: "between 1 and 2 to begin with" }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("wealth");
      for (let i = from; i < to; i++) k.wealth[i] = 1 + u[i];
    }),
  }),
  phases: ({ decide, world }) => ({
    post: decide("runners", { doc: "a price" }),
    run: world({ doc: "pay" }, (w) => {
      for (let i = 0; i < 2; i++) {
        w.runners.idle[i] = ERRANDS[w.time];
        w.runners.pay[i] = ERRANDS[w.time] + Math.sqrt(w.runners.price[i]);
        w.runners.spared[i] = w.runners.wealth[i];
        w.runners.wealth[i] += w.runners.pay[i] / 64;
      }
      w.time += 1;
      w.mood = w.time * w.time;
    }),
  }),
  observe: {
    runners: {
      time: { world: "time", doc: "0, 1, 2" },
      wealth: { column: "wealth", doc: "" },
      mood: { world: "mood", transient: true, doc: "for this period only" },
    },
  },
  reward: { runners: { column: "pay", doc: "" } },
  potential: { runners: (k, i, w) => w.mood + 3 * k.wealth[i] },
  counterfactual: { runners: { price: { reward: "idle", instead: { wealth: "spared" } } } },
  end: (w, p) => w.time === 3 && p.length > 3,
});

test.each([
  ["the end of the world", 9],
  ["the end of watching", 3],
] as const)("up to %s, V and orders learn from returns and gains that are the formulas', by hand", (_, length) => {
  const γ = 0.5;
  const [E, N, F, n] = [2, 2, 3, 2];
  const steps = 30;
  const { backend, runs } = recording();
  const settings = {
    ...{ gamma: γ, nSteps: n, bufferSteps: 100, updates: steps, hiddenLayers: 1, hiddenWidth: 5 },
    ...{ valueLearningRate: 1e-12, finalValueLearningRate: 1e-12, orderLearningRate: 1e-12 },
    ...{ finalOrderLearningRate: 1e-12, batchSize: 8, groupSize: 2, widthStart: 0.4, widthEnd: 0.1 },
    ...{ widthHold: 0.2, widthReached: 0.7 },
  };
  const { last } = trainOn(naf, errands, {
    config: settings,
    numEnvs: E,
    totalSteps: E * steps,
    params: { length },
    backend,
  });
  const array = (name: string) => last.arrays[`runners/${name}`] as Float64Array;
  const [seen, orders] = [array("replay/obs"), array("replay/orders/price")];
  const at = (t: number, e: number, i: number) => (t * E + e) * N + i;
  const ends = length === 9;
  const layout = layoutOf(valueLossGraph(F, resolveConfig(naf, settings)));
  const θ = named(array("value/slow") as never, layout);
  const Φ = (o: readonly number[]) => o[2] + 3 * o[1];
  const [centre, spread] = array("shared");
  // Before anything is learned V is the discounted value of what agents start with, in units of half its spread.
  const first = [0, 1, 2, 3].map((k) => 3 * seen[k * F + 1]);
  const mean = first.reduce((a, b) => a + b) / 4;
  expect(Math.abs(centre - (γ * mean) / (1 - γ))).toBeLessThan(1e-6);
  const deviation = Math.sqrt(first.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4);
  expect(Math.abs(spread - (0.5 * deviation) / (1 - γ))).toBeLessThan(1e-6);
  const V = (o: readonly number[]) => {
    const h = plainMlp(
      { "trunk/0/weight": θ["trunk/0/weight"], "trunk/0/bias": θ["trunk/0/bias"] },
      "trunk",
      [o[0], o[1], 0],
      "tanh",
    ).map(Math.tanh);
    return centre + spread * h.reduce((sum, x, j) => sum + x * θ["head/weight"][j], θ["head/bias"][0]);
  };
  /** What followed decision t of agent i in world e. */
  const followed = (t: number, e: number, i: number) => {
    const k = at(t, e, i);
    const o = [...seen.subarray(k * F, (k + 1) * F)];
    const [time, wealth] = o;
    expect([time, o[2]]).toEqual([t % 3, (t % 3) ** 2]);
    const gain = Math.sqrt(Math.exp(orders[k]));
    const reward = ERRANDS[time] + gain;
    const next = (saved: number) => [time + 1, wealth + saved / 64, (time + 1) ** 2];
    const [ran, idled] = [next(reward), next(0)];
    const over = time === 2;
    const alive = over && ends ? 0 : 1;
    if (!over && t + 1 < steps) expect(distance(seen.subarray(at(t + 1, e, i) * F), ran)).toBeLessThan(1e-5);
    return {
      over,
      gain,
      future: alive * V(ran),
      shaped: reward + alive * γ * Φ(ran) - Φ(o),
      order: gain + alive * γ * (Φ(ran) - Φ(idled) + V(ran) - V(idled)),
    };
  };
  const place = new Map<string, [t: number, e: number, i: number]>();
  for (let t = 0; t < steps; t++)
    for (let e = 0; e < E; e++)
      for (let i = 0; i < N; i++) {
        const { future, shaped, order } = followed(t, e, i);
        const k = at(t, e, i);
        expect(Math.abs(array("replay/next")[k] - future)).toBeLessThan(1e-4);
        expect(Math.abs(array("replay/shaped")[k] - shaped)).toBeLessThan(1e-4);
        expect(Math.abs(array("replay/gains/price")[k] - order)).toBeLessThan(1e-4);
        place.set(seen.subarray(k * F, k * F + 2).join(), [t, e, i]);
      }

  const paths = [0, 1, 2, 3].map((k) => Array.from({ length: steps }, (_, t) => orders[t * E * N + k]).join());
  expect(new Set(paths).size).toBe(4); // draws of their own for every world and agent

  // Every minibatch: rows of V with their n-step returns, cut where an episode ends; rows of orders with their gains.
  const geometric = (a: number, b: number, share: number) => a * (b / a) ** Math.min(1, Math.max(0, share));
  let [scale, decided, drawn] = [0, 0, 0];
  let taken = 0;
  for (const { inputs } of runs) {
    const { obs, target, order, inverseWidth } = inputs;
    if (!order) {
      // V learns first in each step; the first step has ten decisions with n successors
      decided = drawn === 0 ? 10 + n : decided + 1;
      drawn++;
      for (; taken < decided; taken++) {
        const gains = Array.from({ length: E * N }, (_, k) => followed(taken, k >> 1, k & 1).gain).sort(
          (a, b) => a - b,
        );
        scale = scale === 0 ? gains[2] : scale + 0.01 * (gains[2] - scale);
      }
    }
    for (let b = 0; b < target.length; b++) {
      const row = obs.slice(b * F, (b + 1) * F);
      const [t, e, i] = place.get(row.slice(0, 2).join())!;
      expect(t).toBeLessThanOrEqual(decided - n);
      if (order) {
        expect(row[2]).toBe((t % 3) ** 2);
        const width = geometric(0.4, 0.1, ((decided - 1) / steps - 0.2) / 0.5);
        expect(Math.abs(inverseWidth[b] * width - 1)).toBeLessThan(1e-6);
        expect(order[b]).toBe(orders[at(t, e, i)]);
        const expected = followed(t, e, i).order / (scale * width);
        expect(Math.abs(target[b] - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
        continue;
      }
      expect(row[2]).toBe(0); // the mood is the potential's business
      expect(b % 2 === 0 || i !== place.get(obs.slice((b - 1) * F, (b - 1) * F + 2).join())![2]).toBe(true);
      let [sum, discount] = [0, 1];
      for (let k = 0; k < n; k++) {
        const { shaped, future, over } = followed(t + k, e, i);
        sum += discount * shaped;
        discount *= γ;
        if (over || k === n - 1) {
          sum += discount * future;
          break;
        }
      }
      expect(Math.abs(target[b] - (sum - centre) / spread)).toBeLessThan(1e-4);
    }
  }
  expect(drawn).toBe(steps - 10 - n + 1);
  expect(runs.length).toBe(2 * drawn);
});
