// Those who decide in the token economy: wealth to the last unit, orders, gains, fees and signals by hand, each at its own clock; and all three learning at once.
import { expect, test } from "vitest";
import { ppo } from "../../src/algorithms/ppo.ts";
import type { Economy } from "../../src/economy/index.ts";
import { makeVectorEnv } from "../../src/env/vector-env.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { tokenEconomy } from "../token-economy.ts";
import { wealthOf } from "./token-deciders.ts";

const small = { traders: 60, community: 12, degree: 3, capital: 0.05 };
type Columns = Readonly<Record<string, Float64Array>>;
interface World {
  readonly traders: Parameters<typeof wealthOf>[0] & { readonly size: number; readonly stage: Uint8Array };
  readonly markets: Parameters<typeof wealthOf>[2] & Columns;
  readonly arbitrageurs: Columns & { readonly size: number; readonly from: Int32Array; readonly to: Int32Array };
  readonly deciders: Columns;
  readonly endowed: number;
  readonly growth: number;
  signal: number;
  readonly index: number;
}

/** Stepped until so many hours have passed; `act` fills in actions of whoever's turn it is, by population. */
function decided(
  params: object,
  hours: number,
  act: (env: ReturnType<typeof makeVectorEnv>, hour: number) => void,
  each?: (w: World, hour: number) => void,
) {
  const env = makeVectorEnv(tokenEconomy as unknown as Economy, { numEnvs: 1, params: { ...small, ...params } });
  const world = env.simulation.worlds[0] as unknown as World;
  let hour = 0;
  env.onPeriod = () => each?.(world, hour++);
  env.reset(1);
  while (env.position.tick < hours) {
    act(env, env.position.tick);
    env.step();
  }
  return { env, world };
}

test("traders' wealth adds up to what neither pools nor arbitrageurs have, while orders wait, are settled and are due", () => {
  const stages = new Set<number>();
  decided(
    { deciding: 20, priority: 0.5, mailbox: 3 },
    60,
    (env, t) => {
      env.batch["deciders"]!.actions.forEach((_, i, all) => {
        all[i] = (i + t) % 5;
      });
    },
    ({ traders, markets, arbitrageurs: k, endowed }) => {
      let [sum, others] = [0, 0];
      for (let i = 0; i < traders.size; i++) {
        sum += wealthOf(traders, i, markets) / 1024;
        stages.add(traders.stage[i]!);
      }
      others = endowed;
      for (let m = 0; m < markets.size; m++)
        others +=
          (markets.issued![m]! - markets.tokens![m]!) * markets.price[m]! - markets.money![m]! - markets.fees![m]!;
      for (let r = 0; r < k.size; r++) {
        others -= k.money![r]! + (k.sent![r]! - k.returned![r]!) * markets.price[k.from[r]!]!;
        others += k.minted![r]! * markets.price[k.to[r]!]!;
      }
      expect(Math.abs(sum - others)).toBeLessThan(60 / 256); // a few 1/1024 of rounding for each order
      expect(sum).toBeGreaterThan(60_000);
    },
  );
  expect(stages).toEqual(new Set([0, 1, 2, 3]));
});

test("who decides orders that share of orderMax, the others follow the rule; gains are growth of wealth less that of one's mix", () => {
  const before: number[] = [];
  const shares: number[] = [];
  const { world } = decided(
    { deciding: 2, orderMax: 0.2, priority: 0 },
    3,
    (env) => {
      env.batch["deciders"]!.actions.set([0, 3]); // all that may be sold, and half of what may be spent
      const w = env.simulation.worlds[0] as unknown as World;
      for (const i of [0, 1]) {
        before[i] = wealthOf(w.traders, i, w.markets);
        shares[i] = w.traders.money[i]! / before[i]!;
        expect(w.deciders.cash![i]).toBeCloseTo(shares[i]!, 12);
      }
    },
    (w, hour) => {
      if (hour === 0) {
        expect(w.traders.order[0]).toBe(Math.ceil(-0.2 * (w.traders.tokens[0]! - w.traders.order[0]!)));
        expect(w.traders.asset[1]).toBe(1); // row and hour
        const sent = w.traders.order[1]!;
        expect(sent).toBe(Math.floor((0.1 * (w.traders.money[1]! + sent)) / 12));
      }
      for (const i of [0, 1]) {
        const growth = 100 * Math.log(wealthOf(w.traders, i, w.markets) / before[i]!);
        expect(w.deciders.gain![i]).toBeCloseTo(growth - 100 * (1 - shares[i]!) * w.growth, 9);
      }
    },
  );
  expect(world.deciders.ahead![0]).not.toBe(0);
});

test("fees and signals are those that were decided on, at clocks of their own", () => {
  const [asked, fees, signals] = [{ operators: 0, authorities: 0, deciders: 0 }, [] as number[], [] as number[]];
  decided(
    { deciding: 3, operators: 2, authorities: 1, feeEvery: 6, authorityEvery: 8, feeMax: 0.04, signalMax: 0.5 },
    24,
    (env) => {
      for (const name of ["operators", "authorities", "deciders"] as const) {
        const { acting, actions } = env.batch[name]!;
        if (acting[0] !== 1) continue;
        if (name === "operators") actions.set([2, asked.operators + 1]);
        if (name === "authorities") actions[0] = asked.authorities / 2;
        asked[name]++;
      }
    },
    ({ markets, signal }) => {
      fees.push(markets.fee![1]!);
      signals.push(signal);
      expect(markets.fee![0]).toBeCloseTo(0.01, 12);
      expect(markets.fee![2]).toBe(0.003);
    },
  );
  expect(asked).toEqual({ operators: 4, authorities: 3, deciders: 24 });
  expect(fees.map((fee) => Math.round(fee / 0.005))).toEqual(
    Array.from({ length: 24 }, (_, t) => 1 + Math.floor(t / 6)),
  );
  expect(signals).toEqual(Array.from({ length: 24 }, (_, t) => Math.floor(t / 8) * 0.25));
  expect(() => decided({ deciding: 61 }, 1, () => {})).toThrow(
    "token-economy: deciding is 61, but there are 60 traders.",
  );
});

test("traders, those who run pools and the authority learn at once, at three clocks", () => {
  const own = { numSteps: 2, numMinibatches: 1 };
  const { updates } = trainOn(ppo, tokenEconomy as unknown as Economy, {
    params: { ...small, deciding: 30, operators: 4, authorities: 1, feeEvery: 6, authorityEvery: 12, horizon: 48 },
    config: {
      learners: 8,
      hiddenLayers: 1,
      hiddenWidth: 4,
      numSteps: 12,
      numMinibatches: 2,
      learningRate: 0.01,
      updates: 2,
      populations: { operators: { ...own, learners: 0 }, authorities: { ...own, learners: 0 } },
    },
    totalSteps: 72,
  });
  expect(updates[1]!.meta).toMatchObject({ "deciders/turns": 72, "operators/turns": 12, "authorities/turns": 6 });
  for (const name of ["deciders", "operators", "authorities"]) {
    const [first, second] = updates.map(({ arrays }) => arrays[`${name}/theta`] as Float32Array);
    expect(second).not.toEqual(first);
  }
  expect((updates[1]!.arrays["deciders/rollout/actions"] as Int32Array).length).toBe(12 * 8); // of the sample alone
});
