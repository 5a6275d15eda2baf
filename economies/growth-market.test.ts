// The welfare theorem: households who act as the planner would are in equilibrium, and the market then does what the planner does; price impact; accounts; the contract.
import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, createSimulation, resolveParams, type Simulation } from "../src/economy/index.ts";
import { produce } from "../src/parts/index.ts";
import { growthSteadyState, solveGrowth } from "../src/solvers/index.ts";
import { growthMarket } from "./growth-market.ts";
import { growthModel, shockChain } from "./theory/growth.ts";
import { marketPrices, wealthPersistence } from "./theory/growth-market.ts";

type Settings = Readonly<Record<string, unknown>>;
type Scalars = Record<"capital" | "wage" | "interest" | "productivity" | "shock" | "produced" | "sales", number>;
const truthOf = (params: Settings) =>
  growthMarket.truth!(resolveParams(growthMarket, params)) as Record<string, number>;
const g2 = { discountFactor: 0.99, depreciation: 0.025, shocks: "rouwenhorst" };
const g0b = { capitalShare: 0.33, discountFactor: 0.98, depreciation: 0.04 };

test.each([
  ["G1", {}, 0.14166667, 1.08146399],
  ["G2", g2, 0.03510101, 2.37059764],
  ["G0b", g0b, 0.06040816, 1.546254],
] as const)("%s: rent and wage of the steady state", (_name, params, rent, wage) => {
  const truth = truthOf(params);
  expect(truth.rentalRate).toBeCloseTo(rent, 8);
  expect(truth.wage).toBeCloseTo(wage, 8);
  expect(truth.rentalRate * truth.steadyStateCapital + truth.wage).toBeCloseTo(
    truth.steadyStateConsumption +
      (resolveParams(growthMarket, params) as unknown as { depreciation: number }).depreciation *
        truth.steadyStateCapital,
    10,
  );
});

/** Plays periods in which each household saves what `rule` says. */
function play(
  params: Settings,
  periods: number,
  rule: (i: number, w: Scalars, k: Record<string, Float64Array>) => number,
  visit: (w: Scalars, k: Record<string, Float64Array>) => void,
): Simulation {
  const simulation = createSimulation(growthMarket, { params: { horizon: 1e6, ...params }, checkIdentities: true });
  const w = simulation.worlds[0] as unknown as Scalars;
  const k = simulation.worlds[0].households as AnyRows as unknown as Record<string, Float64Array>;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    visit(w, k);
    for (let i = 0; i < k.wealth.length; i++) k.saving[i] = rule(i, w, k);
    for (let index = 1; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
  }
  return simulation;
}

// R K + w = z K^α, so that a household with the mean capital has the planner's resources; if all choose g(K, K, z) = G(K, z), then K′ = G(K, z), and
// c^(−γ) = β E[c′^(−γ)(R′ + 1 − δ)] at the market's own prices.
test.each([{}, { ...g0b, riskAversion: 5 }, { ...g2, households: 3 }])(
  "households who choose the planner's next capital make the planner's economy, and at its prices their Euler equations hold: %j",
  (params) => {
    const p = resolveParams(growthMarket, params) as unknown as Parameters<typeof growthModel>[0] &
      Record<string, number>;
    const model = growthModel(p);
    const { productivity, transition } = shockChain(p);
    const solution = solveGrowth(model);
    let planned = Number.NaN;
    const N = p.households;
    play(
      { ...params, inequality: 0, initialSpread: 0.4 },
      60,
      (i, w, k) => {
        const { rentalRate, wage } = marketPrices(p.capitalShare, w.capital / N, w.productivity);
        const next = solution.nextCapital(k.wealth[i], w.shock);
        return (next - (1 - p.depreciation) * k.wealth[i]) / (wage + rentalRate * k.wealth[i]);
      },
      (w, k) => {
        const K = w.capital / N;
        if (!Number.isNaN(planned)) expect(K / planned).toBeCloseTo(1, 12);
        planned = solution.nextCapital(K, w.shock);
        expect(k.wealth[0]).toBeCloseTo(K, 10);
        const output = w.productivity * K ** p.capitalShare;
        expect((w.interest + p.depreciation) * K + w.wage).toBeCloseTo(output, 11);
        const expected = transition[w.shock].reduce((sum, q, s) => {
          const next = { capital: N * planned, labour: N, output: 0, wage: 0, interest: 0 };
          produce(next, {
            ...(p as unknown as Parameters<typeof produce>[1]),
            totalFactorProductivity: productivity[s],
          });
          return sum + q * (1 + next.interest) * solution.consumption(planned, s) ** -p.riskAversion;
        }, 0);
        const c = w.wage + (1 + w.interest) * K - planned;
        expect(p.discountFactor * expected * c ** p.riskAversion).toBeCloseTo(1, 9);
      },
    );
  },
);

// Among N equals a household's own effect on wage and rent cancels, so that to know it changes nothing: the derivative of its income is R, for any N.
test("an equal household's income rises by R with its own capital, price impact included; a richer one's by R + R′(K)(k − K)/N", () => {
  const [α, K] = [0.36, 4];
  for (const N of [1, 2, 10])
    for (const k of [4, 6]) {
      const others = N > 1 ? (N * K - k) / (N - 1) : 0;
      const income = (own: number): number => {
        const { rentalRate, wage } = marketPrices(α, N > 1 ? ((N - 1) * others + own) / N : own, 1);
        return wage + rentalRate * own;
      };
      const slope = (income(k + 1e-4) - income(k - 1e-4)) / 2e-4;
      const { rentalRate } = marketPrices(α, N > 1 ? K : k, 1);
      const decline = N > 1 ? (α * (α - 1) * K ** (α - 2) * (k - K)) / N : 0;
      expect(slope).toBeCloseTo(rentalRate + decline, 7);
    }
});

// The best plan of one household whose N − 1 others keep the steady state, by its Euler equation with prices that it moves.
test.each([2, 10, 100])("among %j households a difference in wealth shrinks as fast as the closed form says", (N) => {
  const p = { capitalShare: 0.36, discountFactor: 0.96, depreciation: 0.1, riskAversion: 1 };
  const K = growthSteadyState(p).capital;
  const cash = (k: number): number => {
    const { rentalRate, wage } = marketPrices(0.36, ((N - 1) * K + k) / N, 1);
    return wage + (rentalRate + 0.9) * k;
  };
  const margin = (k: number): number => (cash(k + 1e-5) - cash(k - 1e-5)) / 2e-5;
  // k″ = cash(k′) − c′ with 1/c = β margin(k′)/c′, from 1e-4 too much: above the saddle path capital grows without bound, below it it is eaten.
  const grows = (share: number): boolean => {
    let [k, next] = [K * 1.0001, K * (1 + 0.0001 * share)];
    for (let t = 0; t < 2000 && Math.abs(next / K - 1) < 0.01; t++) {
      const c = cash(k) - next;
      [k, next] = [next, cash(next) - 0.96 * margin(next) * c];
    }
    return next > K;
  };
  let [low, high] = [0.5, 1.02];
  for (let step = 0; step < 30; step++)
    [low, high] = grows((low + high) / 2) ? [low, (low + high) / 2] : [(low + high) / 2, high];
  const μ = wealthPersistence(p, 2 / N - 1 / (N * N));
  expect(Math.abs(low - μ)).toBeLessThan(2e-4); // of curvature: differences of 1e-4
  expect(μ).toBeLessThan(1);
});

test("without price impact differences in wealth last, and the impact among N is of the order 1/N", () => {
  const p = { capitalShare: 0.36, discountFactor: 0.96, depreciation: 0.1, riskAversion: 1 };
  expect(wealthPersistence(p, 0)).toBeCloseTo(1, 12);
  const lost = (N: number) => N * (1 - wealthPersistence(p, 1 / N));
  // (1 − μ) → c β |R′|/(γ (1/β − 1) N)
  const { consumption, capital, output } = growthSteadyState(p);
  const limit = (consumption * 0.96 * 0.36 * 0.64 * output) / capital ** 2 / (1 / 0.96 - 1);
  expect(lost(1e6)).toBeCloseTo(limit, 3);
  expect(limit).toBeCloseTo(0.613, 3);
  expect(truthOf({ households: 10 }).wealthPersistence).toBeCloseTo(wealthPersistence(p, 0.1), 12);
});

test("the contract of economies holds", () => {
  for (const params of [{}, { households: 1, shocks: "tauchen", states: 3, riskAversion: 3, depreciation: 1 }])
    expect(checkEconomy(growthMarket, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
