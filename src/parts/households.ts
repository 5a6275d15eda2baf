// Households who insure themselves against idiosyncratic productivity by holding wealth and can borrow little or nothing: Bewley, Huggett, Aiyagari.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + a′ = w e + (1 + r) a,   a′ ≥ −b,   E[e] = 1
//   e: unemployed or employed; or ln e an AR(1) of persistence ρ and innovations σ, on Tauchen's or Rouwenhorst's chain (solvers/income-chains.ts)
//
// Their plan c(e, a) is a table that a step of endogenous grid points (solvers/saving.ts) improves each period, at this period's wage and interest as if
// they were to last. Where prices settle, so does the plan, on the solution at the market's own interest rate. To have them learn instead, leave out
// "households.plan" and add a decision of savingShare.
//
// S states of productivity, G points of wealth; the plan is [S, G], rows by state
import { choice, derived, f64, i32, type ParamValues, param, part, population } from "../economy/index.ts";
import { INCOMES, incomeChain, type Plans, type ProductivityChain, savingSteps, wealthGrid } from "../solvers/index.ts";

const params = {
  households: param(2000, { symbol: "N", unit: "agents", min: 1, max: 1e8, integer: true }),
  discountFactor: param(0.96, { symbol: "β", unit: "per period", min: 0.5, max: 0.995 }),
  riskAversion: param(2, { symbol: "γ", min: 0.5, max: 10, doc: "relative; 1: logarithmic utility" }),
  borrowingLimit: param(0, { symbol: "b", unit: "goods", min: 0, max: 100, doc: "the most that a household may owe" }),
  income: choice("employment", INCOMES, {
    doc: "law of e. employment: with work or without; tauchen, rouwenhorst: chains of an AR(1) of ln e",
  }),
  unemployedEfficiency: param(0.1, {
    symbol: "l_u/l_e",
    min: 0.01,
    max: 1,
    doc: "e without work, of e with work; employment",
  }),
  jobFinding: param(0.5, {
    symbol: "f",
    unit: "per period",
    min: 0.01,
    max: 1,
    doc: "probability that a household without work finds some; employment",
  }),
  jobLoss: param(0.075, {
    symbol: "s",
    unit: "per period",
    min: 1e-4,
    max: 1,
    doc: "probability that a household loses its work; employment",
  }),
  persistence: param(0.9, { symbol: "ρ", min: 0, max: 0.99, doc: "of ln e; tauchen, rouwenhorst" }),
  innovationSd: param(0.2 * Math.sqrt(1 - 0.81), {
    symbol: "σ",
    min: 0.01,
    max: 0.5,
    doc: "of ln e; tauchen, rouwenhorst",
  }),
  productivities: param(7, {
    symbol: "S",
    unit: "states",
    min: 2,
    max: 11,
    integer: true,
    doc: "of productivity; tauchen, rouwenhorst",
  }),
  wealthPoints: param(150, {
    symbol: "G",
    unit: "points",
    min: 20,
    max: 400,
    integer: true,
    doc: "of the plan's grid",
  }),
  largestWealth: param(derived, { unit: "goods", min: 0, exclusive: true, doc: "where the plan's grid ends" }),
  initialWealth: param(derived, { unit: "goods", min: 0, exclusive: true, doc: "of each household" }),
  planLength: param(derived, { unit: "plans", min: 1, integer: true, doc: "S G" }),
};

export const households = part({
  name: "households",
  params,
  derive: { planLength: (p) => (p.income === "employment" ? 2 : p.productivities) * p.wealthPoints },
  world: {
    wage: f64({ unit: "goods/hour" }),
    interest: f64({ unit: "per period" }),
    plan: f64({ each: "planLength", unit: "goods", doc: "c(e, a) on the grid, by state of productivity" }),
  },
  populations: {
    households: population({
      size: "households",
      state: {
        wealth: f64({ unit: "goods", doc: "a" }),
        state: i32({ doc: "of productivity, 0 the lowest" }),
        productivity: f64({ unit: "hours", doc: "e, effective hours" }),
        earnings: f64({ unit: "goods", doc: "w e" }),
        returns: f64({ unit: "goods", doc: "r a" }),
        savingShare: f64({ doc: "a′ + b over w e + (1 + r) a + b" }),
        consumption: f64({ unit: "goods", doc: "c" }),
        saving: f64({ unit: "goods", doc: "a′ − a" }),
      },
    }),
  },
  start: ({ each, world }) => ({
    endow: each(
      "households",
      { doc: "equal wealth; productivity from its stationary law" },
      (k, from, to, _w, p, draw) => {
        const { values, stationary } = incomeChain(p);
        const u = draw.uniform("productivity");
        for (let i = from; i < to; i++) {
          k.wealth[i] = p.initialWealth;
          k.state[i] = placeOf(u[i], stationary);
          k.productivity[i] = values[k.state[i]];
        }
      },
    ),
    intend: world({ doc: "the plan is the solution at the first prices, to 1e-6" }, ({ plan, wage, interest }, p) => {
      const { improve, chain, grid } = planner(p);
      for (let k = 0; k < plan.length; k++)
        plan[k] =
          0.9 * wage * chain.values[Math.floor(k / grid.length)] +
          Math.max(0.01, interest) * Math.max(0, grid[k % grid.length]);
      for (let round = 0; round < 2000 && improve(plan, wage, interest) > 1e-6; round++);
    }),
  }),
  phases: ({ each, world }) => ({
    earn: each("households", { doc: "w e and r a" }, ({ earnings, returns, productivity, wealth }, from, to, w) => {
      for (let i = from; i < to; i++) {
        earnings[i] = w.wage * productivity[i];
        returns[i] = w.interest * wealth[i];
      }
    }),
    revise: world(
      { doc: "a step of endogenous grid points at this period's prices" },
      ({ plan, wage, interest }, p) => {
        planner(p).improve(plan, wage, interest);
      },
    ),
    plan: each("households", { doc: "the share to keep, by the plan" }, (k, from, to, { plan }, p) => {
      const grid = gridOf(p);
      for (let i = from; i < to; i++) {
        const free = k.earnings[i] + k.returns[i] + k.wealth[i] + p.borrowingLimit;
        k.savingShare[i] = free > 0 ? Math.max(0, 1 - planned(plan, grid, k.state[i], k.wealth[i]) / free) : 0;
      }
    }),
    save: each(
      "households",
      { doc: "a′ is −b and the share of what they have above that; c is the rest" },
      (k, from, to, _w, p) => {
        for (let i = from; i < to; i++) {
          const cash = k.earnings[i] + k.returns[i] + k.wealth[i];
          const free = cash + p.borrowingLimit;
          const share = Math.min(1, Math.max(0, k.savingShare[i]));
          const kept = free > 0 ? share * free - p.borrowingLimit : cash;
          k.saving[i] = kept - k.wealth[i];
          k.consumption[i] = k.earnings[i] + k.returns[i] - k.saving[i];
          k.wealth[i] = kept;
        }
      },
    ),
    change: each("households", { doc: "productivity, by the chain" }, (k, from, to, _w, p, draw) => {
      const { values, transition } = incomeChain(p);
      const u = draw.uniform("productivity");
      for (let i = from; i < to; i++) {
        k.state[i] = placeOf(u[i], transition[k.state[i]]);
        k.productivity[i] = values[k.state[i]];
      }
    }),
  }),
  flows: {
    wages: { unit: "goods", receives: "households.earnings" },
    returns: { unit: "goods", receives: "households.returns" },
    consumption: { unit: "goods", pays: "households.consumption" },
    saving: { unit: "goods", pays: "households.saving" },
  },
  budget: "households eat or save all that they earn",
  metrics: {
    shareAtLimit: {
      unit: "1",
      doc: "share of households who keep no more than they must, −b",
      of: (w, p) => w.households.wealth.filter((a) => a < 1e-9 - p.borrowingLimit).length / w.households.size,
    },
  },
});

/** The first place at which the sum of probabilities exceeds u. */
function placeOf(u: number, law: ArrayLike<number>): number {
  let place = 0;
  for (let sum = law[0]; u >= sum && place < law.length - 1; sum += law[place]) place++;
  return place;
}

/** The point of the grid at or below wealth a, one of all but the last. */
export function pointBelow(grid: Float64Array, a: number): number {
  let [low, high] = [0, grid.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (grid[middle] <= a) low = middle;
    else high = middle;
  }
  return low;
}

/** c of the plan at wealth a, linear between points of the grid and beyond its end. */
function planned(plan: Float64Array, grid: Float64Array, state: number, a: number): number {
  const low = pointBelow(grid, a);
  const k = state * grid.length + low;
  return plan[k] + ((plan[k + 1] - plan[k]) * (a - grid[low])) / (grid[low + 1] - grid[low]);
}

const gridOf = (
  p: Pick<ParamValues<typeof params>, "wealthPoints" | "largestWealth" | "borrowingLimit">,
): Float64Array => wealthGrid(p.wealthPoints, p.largestWealth, -p.borrowingLimit);

interface Planner {
  readonly chain: ProductivityChain;
  readonly grid: Float64Array;
  /** Today's plan by one step from tomorrow's, where today pays `interest` and tomorrow `nextInterest`. Reused by the next call. */
  back(tomorrow: Float64Array, wage: number, interest: number, nextInterest: number): Float64Array;
  /** Improves the plan by one step at prices that last. Returns the largest relative change. */
  improve(plan: Float64Array, wage: number, interest: number): number;
}

export function planner(p: ParamValues<typeof params>): Planner {
  const saver = { ...p, inverseFrisch: Infinity, incomeTaxRate: 0, assetTaxRate: 0 };
  const chain = incomeChain(p);
  const grid = gridOf(p);
  const steps = savingSteps(saver, chain, grid);
  const room = (): Float64Array => new Float64Array(p.planLength);
  const plans: Plans = { consumption: room(), hours: room(), saved: room() };
  const back: Planner["back"] = (tomorrow, wage, interest, nextInterest) => {
    const nextReturn = steps.grossReturn({ wage, interest: nextInterest, rebate: 0 });
    steps.back(plans, tomorrow, { wage, interest, rebate: 0 }, nextReturn);
    return plans.consumption;
  };
  return {
    chain,
    grid,
    back,
    improve(plan, wage, interest) {
      const better = back(plan, wage, interest, interest);
      let change = 0;
      for (let k = 0; k < plan.length; k++) change = Math.max(change, Math.abs(better[k] / plan[k] - 1));
      plan.set(better);
      return change;
    },
  };
}
