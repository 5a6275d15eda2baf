// Each kind of demand by hand, and whether the answers are the best that can be done in the economy itself.
import { expect, test } from "vitest";
import { allKnown, checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { monopoly } from "./monopoly.ts";

const DEMANDS = ["linear", "logit", "markov", "habit"] as const;
const truthOf = (params: Record<string, unknown>) => allKnown(monopoly.truth!(resolveParams(monopoly, params)));

/** Plays `periods` periods by a rule that sees A and the last sales, and returns price, quantity and profit of each. */
function play(params: Record<string, unknown>, periods: number, rule: (intercept: number, last: number) => number) {
  const simulation = createSimulation(monopoly, { params, checkIdentities: true });
  const world = simulation.worlds[0] as unknown as {
    readonly intercept: number;
    readonly lastQuantity: number;
    readonly seller: Readonly<Record<"price" | "quantity" | "profit", Float64Array>>;
  };
  simulation.reset(0);
  return Array.from({ length: periods }, () => {
    const { intercept, seller } = world;
    seller.price[0] = rule(intercept, world.lastQuantity);
    for (let index = 1; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    return { intercept, price: seller.price[0], quantity: seller.quantity[0], profit: seller.profit[0] };
  });
}

test("reference values of the four kinds of demand", () => {
  expect(truthOf({ demand: "linear" })).toMatchObject({ price: 6, quantity: 4, profit: 16 });
  expect(truthOf({ demand: "logit" }).price).toBeCloseTo(1.8019850079, 10);
  expect(truthOf({ demand: "logit" }).quantity).toBeCloseTo(0.6882734745, 10);
  expect(truthOf({ demand: "logit" }).profit).toBeCloseTo(0.5519850079, 10);
  const markov = truthOf({ demand: "markov" });
  expect(markov).toMatchObject({ priceInBadTimes: 5, priceInGoodTimes: 7, profitInBadTimes: 9, profitInGoodTimes: 25 });
  expect(markov.valueInBadTimes).toBeCloseTo(306.66666667, 8);
  expect(markov.valueInGoodTimes).toBeCloseTo(373.33333333, 8);
  const habit = truthOf({ demand: "habit" });
  expect(habit.policyIntercept).toBeCloseTo(5.72159112, 8);
  expect(habit.policySlope).toBeCloseTo(0.26692114, 8);
  expect(habit.quantity).toBeCloseTo(7.80487805, 8);
  expect(habit.price).toBeCloseTo(6.09756098, 8);
  expect(habit.value).toBeCloseTo(613.226164, 6);
  expect(habit.myopicQuantity).toBeCloseTo(5.333333, 6);
});

test.each(["linear", "logit"] as const)("%s: the best price sells and earns what theory says", (demand) => {
  const { price, quantity, profit } = truthOf({ demand });
  const [period] = play({ demand }, 1, () => price);
  expect(period.quantity).toBeCloseTo(quantity, 12);
  expect(period.profit).toBeCloseTo(profit, 12);
  for (const other of [price - 0.01, price + 0.01])
    expect(play({ demand }, 1, () => other)[0].profit).toBeLessThan(profit);
});

test("habit: following the policy earns the value, and settles where theory says", () => {
  const { policyIntercept, policySlope, value, price, quantity, firstPrice } = truthOf({ demand: "habit" });
  const periods = play({ demand: "habit" }, 600, (A, last) => A + 0.5 * last - (policyIntercept + policySlope * last));
  expect(periods[0].price).toBeCloseTo(firstPrice, 12);
  expect(periods.reduce((sum, { profit }, t) => sum + 0.95 ** t * profit, 0)).toBeCloseTo(value, 8);
  expect(periods.at(-1)!.price).toBeCloseTo(price, 10);
  expect(periods.at(-1)!.quantity).toBeCloseTo(quantity, 10);
});

test("habit: a seller who cares for today only sells less for ever", () => {
  const { myopicQuantity } = truthOf({ demand: "habit" });
  const periods = play({ demand: "habit" }, 100, (A, last) => (A + 0.5 * last + 2) / 2);
  expect(periods.at(-1)!.quantity).toBeCloseTo(myopicQuantity, 10);
});

test("markov: demand takes both levels, and switches in one period of ten", () => {
  const periods = play({ demand: "markov" }, 20_000, () => 6);
  expect(new Set(periods.map(({ intercept }) => intercept))).toEqual(new Set([8, 12]));
  const switches = periods.filter(({ intercept }, t) => t > 0 && intercept !== periods[t - 1].intercept).length;
  expect(Math.abs(switches / 20_000 - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 20_000));
});

test("nobody buys a negative amount", () => {
  expect(play({ demand: "linear" }, 1, () => 11)[0]).toMatchObject({ quantity: 0, profit: 0 });
});

test("a good that costs more than anybody would pay is not sold", () => {
  expect(truthOf({ demand: "linear", cost: 12, priceHigh: 20 })).toMatchObject({ quantity: 0, profit: 0, value: 0 });
});

test.each(DEMANDS)("the contract holds with %s demand", (demand) => {
  expect(checkEconomy(monopoly, { params: { demand }, periods: 60 }).filter(({ pass }) => !pass)).toEqual([]);
});
