import { expect, test } from "vitest";
import { type AnyRows, createSimulation } from "walras";
import { tokenMarket } from "../../../economies/token-market.ts";
import { bestOrders, type Chased, harmOf, profitOf } from "./best-response.ts";
import { bubbleProfit } from "./traders.ts";

const game: Chased = { rate: 0.3, slope: 0.01, deviation: -0.4, tokens: 10, orderMax: 5 / 3, periods: 6 };

/** What the first trader and all fundamentalists gain in the economy, by orders of one for all of them, by period, as shares of orderMax. */
function gained(params: Readonly<Record<string, number>>, shares: readonly number[]) {
  const simulation = createSimulation(tokenMarket, {
    params: { slope: 0.01, intercept: 1, supply: 100, money: 500, ...params },
  });
  simulation.reset(0);
  const traders = simulation.worlds[0]!["traders"] as AnyRows & Record<string, Float64Array>;
  const others = simulation.worlds[0]!["fundamentalists"] as typeof traders;
  const total = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0);
  const before = traders["wealth"]![0]!;
  const theirs = total(others["wealth"]!);
  for (const share of shares) {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") traders["order"]!.fill(share);
      else simulation.runPhase(index, 0);
    });
    simulation.endPeriod(0);
  }
  return { own: traders["wealth"]![0]! - before, others: total(others["wealth"]!) - theirs };
}

// Each of ten rounds orders and payments to units of 2⁻²⁰: six periods leave 10⁻⁴ at most.
test("a trader's profit is −r x (H + a/2) a period, and others lose what theory says, in the economy too", () => {
  const chased = { traders: 1, fundamentalists: 9, fundamental: 2.4, reaction: 0.3 / 0.09, orderMax: game.orderMax };
  const harmed = { ...game, others: { size: 9, tokens: 90 } };
  const best = bestOrders(game, (orders) => profitOf(game, orders));
  for (const orders of [[1, -0.3, 0.5, -1, 0, 0.7].map((share) => share * game.orderMax), best.orders]) {
    const { own, others } = gained(
      chased,
      orders.map((a) => a / game.orderMax),
    );
    expect(Math.abs(own - profitOf(game, orders))).toBeLessThan(1e-4);
    expect(Math.abs(-others - harmOf(harmed, orders))).toBeLessThan(1e-4);
  }
});

test("no orders of a grid earn more than the best ones, and the best of a fine grid earn hardly less", () => {
  for (const one of [game, { ...game, deviation: 0.4 }, { ...game, rate: 1.4, tokens: 20, periods: 4 }]) {
    const T = 4;
    const short = { ...one, periods: T };
    const best = bestOrders(short, (orders) => profitOf(short, orders));
    let most = Number.NEGATIVE_INFINITY;
    const steps = 9;
    for (let code = 0; code < steps ** T; code++) {
      const orders = Array.from(
        { length: T },
        (_, t) => ((Math.floor(code / steps ** t) % steps) / (steps - 1)) * 2 - 1,
      );
      most = Math.max(
        most,
        profitOf(
          short,
          orders.map((share) => share * short.orderMax),
        ),
      );
    }
    expect(most).toBeLessThanOrEqual(best.value + 1e-12);
    expect(best.value - most).toBeLessThan(0.02 * Math.abs(best.value));
    expect(profitOf(short, best.orders)).toBe(best.value);
  }
});

test("an order inside its bounds is where the gradient is 0", () => {
  // One order: −(a − 1)² has its maximum inside, 3a at the bound, and a² at both
  const one = { orderMax: 2, periods: 1 };
  expect(bestOrders(one, ([a]) => -(a! - 1) * (a! - 1))).toEqual({ orders: [1], value: -0 });
  expect(bestOrders(one, ([a]) => 3 * a!).orders).toEqual([2]);
  expect(Math.abs(bestOrders(one, ([a]) => a! * a!).orders[0]!)).toBe(2);
});

test("where all buy all the time each earns what a bubble pays", () => {
  const params = { traders: 5, orderMax: 2 };
  const { own: all } = gained(params, new Array(10).fill(1));
  expect(Math.abs(all - bubbleProfit(5, 2))).toBeLessThan(1e-4);
});
