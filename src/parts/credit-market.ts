// A market for credit in place of firms: households (households.ts) are endowed with e goods per period, and all that one of them holds another owes.
//
//   Σ a = 0,   Σ c = Σ e;   r′, agreed today and paid tomorrow, is where plans made at r today and r′ tomorrow save nothing in all
//
// Plans at a candidate r′ are one step of endogenous grid points before the plan of the last period, which stands for tomorrow's. All of them eat less at a higher
// r′, so that there is one root. Nobody is asked for more interest than whoever owes b and earns least can pay and still eat; where more credit is wanted there, all
// consumption is cut by the same share.
//
// S states of productivity, G points of wealth; plans and masses are [S, G], rows by state
import { extension, f64, i32, part } from "../economy/index.ts";
import { exp, findRoot, gini, pairwiseSum } from "../math/index.ts";
import { incomeChain } from "../solvers/index.ts";
import { households, planner, pointBelow } from "./households.ts";

/** Nobody lends at a rate below this. */
const LOWEST = -0.5;
/** Nor above this, per period. */
const HIGHEST = 1;

/** The highest interest rate: who owes b and earns least pays it and eats. */
export const highestInterest = (p: Parameters<typeof incomeChain>[0] & { readonly borrowingLimit: number }): number =>
  Math.min(HIGHEST, incomeChain(p).values[0]! / (1.001 * p.borrowingLimit));

export const creditMarket = part({
  name: "creditMarket",
  params: households.params,
  derive: {
    initialWealth: (p) => {
      if (p.borrowingLimit === 0)
        throw new Error(
          "creditMarket: borrowingLimit is 0, expected more: nobody could borrow, and nothing would be lent.",
        );
      return p.borrowingLimit / 2;
    },
  },
  world: {
    wage: f64({ unit: "goods/hour", doc: "1: who works an hour is endowed with a good" }),
    interest: f64({ unit: "per period", doc: "r, agreed on debts at the end of this period" }),
    plan: f64({ each: "planLength", unit: "goods" }),
    endowments: f64({ unit: "goods", doc: "Σ e" }),
    netInterest: f64({ unit: "goods", doc: "interest received less interest paid, 0" }),
    sales: f64({ unit: "goods", doc: "C = Σ c" }),
    netLending: f64({ unit: "goods", doc: "Σ (a′ − a), 0" }),
  },
  populations: {
    households: extension({
      state: {
        wealth: f64({ unit: "goods" }),
        state: i32(),
        earnings: f64({ unit: "goods" }),
        returns: f64({ unit: "goods" }),
        savingShare: f64(),
        consumption: f64({ unit: "goods" }),
        saving: f64({ unit: "goods" }),
      },
    }),
  },
  start: ({ each, world }) => ({
    lend: each(
      "households",
      { doc: "every other household owes its neighbour initialWealth, or as much as it may" },
      (k, from, to, _w, p) => {
        const owed = Math.min(p.initialWealth, p.borrowingLimit);
        for (let i = from; i < to; i++) k.wealth[i] = i % 2 === 1 ? -owed : i < p.households - 1 ? owed : 0;
      },
    ),
    open: world({ doc: "w = 1, r half the rate without risk", writes: "scalars" }, (w, p) => {
      w.wage = 1;
      w.interest = Math.min(highestInterest(p), (1 / p.discountFactor - 1) / 2);
    }),
  }),
  phases: ({ total, world }) => ({
    clear: world({ doc: "r′ at which plans save nothing in all, and these plans" }, (w, p) => {
      const { back, grid } = planner(p);
      const { wealth, state, earnings, returns } = w.households;
      const mass = masses(grid, p.planLength, wealth, state);
      const cash = pairwiseSum(wealth.map((a, i) => earnings[i]! + returns[i]! + a));
      const demand = (next: number): number => {
        const plan = back(w.plan, w.wage, w.interest, next);
        let sum = 0;
        for (let k = 0; k < plan.length; k++) sum += mass[k]! * plan[k]!;
        return sum - cash;
      };
      const next = clearing(demand, w.interest, highestInterest(p));
      w.plan.set(back(w.plan, w.wage, w.interest, next));
      w.interest = next;
    }),
    balance: world({ doc: "Σ a′ = 0 to rounding: all keep, or all eat, a little less" }, (w, p) => {
      const { wealth, earnings, returns, savingShare: share } = w.households;
      const free = wealth.map((a, i) => earnings[i]! + returns[i]! + a + p.borrowingLimit);
      const kept = pairwiseSum(free.map((x, i) => share[i]! * x));
      const eaten = pairwiseSum(free.map((x, i) => (1 - share[i]!) * x));
      const toKeep = p.borrowingLimit * p.households;
      const toEat = pairwiseSum(free) - toKeep;
      for (let i = 0; i < share.length; i++)
        share[i] = kept > toKeep ? (share[i]! * toKeep) / kept : 1 - ((1 - share[i]!) * toEat) / eaten;
    }),
    settle: total(
      "households",
      { doc: "Σ e, Σ r a, C and Σ (a′ − a)" },
      { endowments: "earnings", netInterest: "returns", sales: "consumption", netLending: "saving" },
    ),
  }),
  flows: {
    wages: { unit: "goods", pays: "endowments" },
    returns: { unit: "goods", pays: "netInterest" },
    consumption: { unit: "goods", receives: "sales" },
    saving: { unit: "goods", receives: "netLending" },
  },
  identities: {
    credit: {
      doc: "Σ a = 0, relative to debts and endowments",
      after: "period",
      tolerance: 1e-10,
      of: ({ households: { wealth }, endowments }) =>
        pairwiseSum(wealth) / (endowments + pairwiseSum(wealth.map(Math.abs))),
    },
    goods: {
      doc: "C = Σ e, relative",
      after: "period",
      tolerance: 1e-9,
      of: (w) => (w.sales - w.endowments) / w.endowments,
    },
  },
  metrics: {
    interestRate: { unit: "per period", doc: "r", of: (w) => w.interest },
    bondPrice: { unit: "1", doc: "q = 1/(1 + r), of a good to be paid next period", of: (w) => 1 / (1 + w.interest) },
    debt: {
      unit: "goods/household",
      doc: "owed, per household",
      of: ({ households: { wealth } }) => pairwiseSum(wealth.map((a) => Math.max(0, -a))) / wealth.length,
    },
    wealthGini: {
      unit: "1",
      doc: "Gini coefficient of wealth, debts counting as none",
      of: ({ households: { wealth } }) => gini(wealth.map((a) => Math.max(0, a))),
    },
  },
});

/** Households [S, G] on the points around their wealth, so that Σ mass c is what they eat: weights of straight lines, which go on beyond the grid's end. */
function masses(grid: Float64Array, length: number, wealth: Float64Array, state: Int32Array): Float64Array {
  const mass = new Float64Array(length);
  for (let i = 0; i < wealth.length; i++) {
    const low = pointBelow(grid, wealth[i]!);
    const k = state[i]! * grid.length + low;
    const up = (wealth[i]! - grid[low]!) / (grid[low + 1]! - grid[low]!);
    mass[k] = mass[k]! + 1 - up;
    mass[k + 1] = mass[k + 1]! + up;
  }
  return mass;
}

/** Where excess demand for goods, which falls with the rate, is 0; or the end of the range that is nearest to it. */
function clearing(demand: (rate: number) => number, start: number, highest: number): number {
  let [low, high] = [start, start];
  const scarce = demand(start) > 0;
  for (let width = 1 / 512; ; width *= 2) {
    const to = (1 + start) * exp(scarce ? width : -width) - 1;
    if (scarce) [low, high] = [high, Math.min(to, highest)];
    else [low, high] = [Math.max(to, LOWEST), low];
    const end = scarce ? high : low;
    if (demand(end) > 0 !== scarce) return findRoot(demand, low, high, { tolerance: 1e-13 });
    if (end === (scarce ? highest : LOWEST)) return end;
  }
}
