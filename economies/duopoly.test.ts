// Quantities, prices and profits by hand, and whether the answers are the best that can be done in the economy itself.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { duopoly } from "./duopoly.ts";
import { cournotDuopoly, followerResponse, stackelbergDuopoly } from "./theory/duopoly.ts";

const truthOf = (params: Record<string, unknown>) => duopoly.truth!(resolveParams(duopoly, params));
const symmetric = { intercept: 12, slope: 1, leaderCost: 2, followerCost: 2, leaderCurvature: 1, followerCurvature: 1 };

const cases: [params: Record<string, number>, stackelberg: number[], cournot: number[]][] = [
  // q₁, q₂, P, π₁, π₂ of the leader; q₁, q₂, P, π₁, π₂ of Cournot
  [{}, [4.5, 2.25, 3.25, 10.125, 5.0625], [3, 3, 4, 9, 9]],
  [{ intercept: 100, leaderCost: 10, followerCost: 10 }, [45, 22.5, 32.5, 1012.5, 506.25], [30, 30, 40, 900, 900]],
  [
    { intercept: 12, leaderCost: 2, followerCost: 3 },
    [5.5, 1.75, 4.75, 15.125, 3.0625],
    [11 / 3, 8 / 3, 17 / 3, 121 / 9, 64 / 9],
  ],
  [
    { intercept: 12, leaderCost: 2, followerCost: 2, leaderCurvature: 1, followerCurvature: 1 },
    [20 / 7, 50 / 21, 142 / 21, 9.523809523809524, 8.503401360544217],
    [2.5, 2.5, 7, 9.375, 9.375],
  ],
];

test("reference values of both equilibria, profits included", () => {
  for (const [params, stackelberg, cournot] of cases) {
    const t = truthOf(params);
    const ours = [t.leaderQuantity, t.followerQuantity, t.price, t.leaderProfit, t.followerProfit];
    const nash = [...t.cournotQuantities, t.cournotPrice, t.cournotLeaderProfit, t.cournotFollowerProfit];
    stackelberg.forEach((value, k) => {
      expect(ours[k]).toBeCloseTo(value, 10);
    });
    cournot.forEach((value, k) => {
      expect(nash[k]).toBeCloseTo(value, 10);
    });
  }
});

/** Profits of a period in which both quantities are given. */
function trade(q1: number, q2: number, params: Record<string, unknown> = {}) {
  const simulation = createSimulation(duopoly, { params, checkIdentities: true });
  const world = simulation.worlds[0] as unknown as {
    readonly price: number;
    readonly announced: number;
    readonly leader: { readonly quantity: Float64Array; readonly profit: Float64Array };
    readonly follower: { readonly quantity: Float64Array; readonly profit: Float64Array };
  };
  simulation.reset(0);
  world.leader.quantity[0] = q1;
  world.follower.quantity[0] = q2;
  simulation.phases.forEach((phase, index) => {
    if (phase.kind !== "decide") simulation.runPhase(index, 0);
  });
  simulation.endPeriod(0);
  return {
    price: world.price,
    announced: world.announced,
    profits: [world.leader.profit[0], world.follower.profit[0]],
  };
}

test("nobody can do better: the follower's response, the leader's commitment, and each one's reply in Cournot's equilibrium", () => {
  const d = symmetric;
  for (const q1 of [0, 1, 4]) {
    const q2 = followerResponse(d, q1);
    for (const other of [q2 - 0.01, q2 + 0.01])
      expect(trade(q1, other, d).profits[1]).toBeLessThan(trade(q1, q2, d).profits[1]);
  }
  const best = stackelbergDuopoly(d);
  expect(trade(best.leaderQuantity, best.followerQuantity, d).profits[0]).toBeCloseTo(best.leaderProfit, 12);
  for (const q1 of [best.leaderQuantity - 0.01, best.leaderQuantity + 0.01])
    expect(trade(q1, followerResponse(d, q1), d).profits[0]).toBeLessThan(best.leaderProfit);
  const nash = cournotDuopoly(d);
  for (const step of [-0.01, 0.01])
    expect(trade(nash.leaderQuantity + step, nash.followerQuantity, d).profits[0]).toBeLessThan(nash.leaderProfit);
});

test("the follower is told the leader's quantity, or the middle of its range", () => {
  expect(trade(4, 1).announced).toBe(4);
  expect(trade(4, 1, { observed: false }).announced).toBe(4.5);
});

test("what nobody wants is given away, not paid for", () => {
  expect(trade(9, 9)).toMatchObject({ price: 0, profits: [-9, -9] });
});

test("a follower who costs too much: the leader keeps it out by selling just enough, or sells like a monopolist", () => {
  // q₁ = (a − c₂)/b leaves the follower a price of c₂
  expect(truthOf({ followerCost: 5 })).toMatchObject({ leaderQuantity: 5, followerQuantity: 0, price: 5 });
  expect(truthOf({ followerCost: 9 })).toMatchObject({ leaderQuantity: 4.5, followerQuantity: 0, leaderProfit: 20.25 });
  expect(truthOf({ leaderCost: 9 })).toMatchObject({ leaderQuantity: 0, followerQuantity: 4.5, price: 5.5 });
  expect(truthOf({ leaderCost: 20, followerCost: 20 })).toMatchObject({ leaderQuantity: 0, cournotPrice: 10 });
});

test("who is not seen cannot lead: without observation the leader's quantity is Cournot's", () => {
  const { cournotQuantities: _, ...hidden } = truthOf({ observed: false });
  expect(hidden).toMatchObject({
    leaderQuantity: 3,
    followerQuantity: 3,
    price: 4,
    leaderProfit: 9,
    followerProfit: 9,
  });
});

test("nobody can sell more than the economy lets it", () => {
  expect(truthOf({ leaderQuantityMax: 2 })).toMatchObject({ leaderQuantity: 2, followerQuantity: 3.5, price: 4.5 });
  // The follower at its most, 1, leaves a − b = 9: q₁ = (9 − 1)/2
  expect(truthOf({ followerQuantityMax: 1 })).toMatchObject({ leaderQuantity: 4, followerQuantity: 1, price: 5 });
});

test.each([{}, { observed: false, horizon: 3 }, symmetric])("the contract holds with %o", (params) => {
  expect(checkEconomy(duopoly, { params, periods: 30 }).filter(({ pass }) => !pass)).toEqual([]);
});
