import { expect, test } from "vitest";
import { distance, trainOn } from "../../test/tiny-economies.ts";
import { type AnyRows, defineEconomy, discrete, f64, grid, param, population } from "../economy/index.ts";
import { midpoint, side } from "../economy/mechanisms/index.ts";
import { naf } from "./naf.ts";

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
  phases: ({ decide, each, whole }) => ({
    wealth: whole({ doc: "1 or 2" }, (w, _p, draw) => {
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
  unfilled: { traders: { price: { reward: "idle", instead: {} } } },
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
  const { unfilled: _, ...silent } = bazaar;
  expect(() => trainOn(naf, { ...silent, unfilled: {} }, { config, totalSteps: 10 })).toThrow(
    /declare unfilled\.traders\.price, or use dqn/,
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
    unfilled: { people: { code: { reward: "reward", instead: {} } } },
  });
  expect(() => trainOn(naf, coded, { config, totalSteps: 10 })).toThrow(
    /people\.code is a discrete, expected an ordered grid/,
  );
});
