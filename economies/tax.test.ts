import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, createSimulation, math, mechanisms, type Simulation, solvers } from "walras";
import { US_NET_WORTH } from "./parts/us-wealth.ts";
import { tax } from "./tax.ts";

type Params = Record<string, unknown>;
/** savingShare and hours of row i in a period. */
type Rule = (i: number, period: number, rows: Readonly<Record<string, Float64Array>>) => readonly [number, number];

/** Plays one world by a rule, identities checked, and shows the world at the end of each period. */
function play(
  params: Params,
  periods: number,
  rule: Rule,
  visit = (_w: World, _period: number) => {},
  seed = 1,
): World {
  const simulation = createSimulation(tax, { params: { taxes: "fixed", ...params }, seed, checkIdentities: true });
  const w = simulation.worlds[0] as unknown as World;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) period(simulation, w, t, rule, visit);
  return w;
}
type World = Readonly<Record<string, number>> & {
  readonly households: Readonly<Record<string, Float64Array>> & { readonly size: number };
};

function period(simulation: Simulation, w: World, t: number, rule: Rule, visit: (w: World, t: number) => void): void {
  simulation.phases.forEach((phase, index) => {
    if (phase.kind !== "decide") simulation.runPhase(index, 0);
    else if (phase.population === "households") {
      const { savingShare, hours } = w.households;
      for (let i = 0; i < savingShare.length; i++) [savingShare[i], hours[i]] = rule(i, t, w.households);
    }
  });
  visit(w, t);
  simulation.endPeriod(0);
}

const metric = (name: string, w: World, params: Params = {}): number =>
  tax.metrics[name].of(w as never, { ...params } as never);

test.each([
  { incomeTaxRate: 0 },
  { incomeTaxRate: 0.2 },
  { incomeTaxRate: 0.4, assetTaxRate: 0.01, inverseFrisch: 1.5 },
  { incomeTaxRate: 0.3, incomeProgressivity: 0.2, assetTaxRate: 0.02, assetProgressivity: 0.01 },
])("identical households in the steady state under %o stay in it", (taxes) => {
  const truth = steady(taxes);
  const { interest, wage, output, consumption, utility } = truth;
  const params = { households: 7, innovationSd: 0, initialCapital: truth.capital, ...taxes };
  play(
    params,
    50,
    () => [truth.savingShare, truth.hours],
    (w) => {
      expect(w.interest).toBeCloseTo(interest, 10);
      expect(w.wage).toBeCloseTo(wage, 10);
      expect(w.output / 7).toBeCloseTo(output, 10);
      expect(w.consumption / 7).toBeCloseTo(consumption, 10);
      expect(w.utility / 7).toBeCloseTo(utility, 10);
      expect(w.households.wealth[3]).toBeCloseTo(truth.capital, 9);
    },
  );
});

function steady(taxes: Params): solvers.SteadyState {
  const { params } = createSimulation(tax, { params: taxes });
  return solvers.representativeHousehold(params as never);
}

// Saves ε more in period 0, or works ε more, and eats the difference in period 1, so that wealth is as before from then on.
test.each([
  [{ incomeTaxRate: 0.3, incomeProgressivity: 0.2, assetTaxRate: 0.02, assetProgressivity: 0.01 }],
  [{ incomeTaxRate: 0, assetTaxRate: 0 }],
])("in the steady state under %o nobody gains by saving or working a little more or less", (taxes) => {
  const { capital, savingShare, hours, consumption } = steady(taxes);
  const params = { households: 20_000, innovationSd: 0, initialCapital: capital, ...taxes }; // enough not to move prices
  const gain = (more: number, harder: number): number => {
    let total = 0;
    play(
      params,
      2,
      (i, t) => {
        if (i > 0) return [savingShare, hours];
        return t === 0 ? [savingShare + more / (capital + consumption), hours + harder] : [savingShare, hours];
      },
      (w, t) => {
        const all = w.payoutShare * w.households.disposable[0] + w.rebate;
        total += (t === 0 ? 1 : 0.99) * Math.log(t === 0 ? w.households.consumption[0] : all - capital);
        if (t === 0) total -= w.households.hours[0] ** 3 / 3;
      },
    );
    return total;
  };
  const none = gain(0, 0);
  for (const ε of [0.01, -0.01]) {
    expect(gain(ε * consumption, 0)).toBeLessThan(none);
    expect(gain(ε * consumption, 0)).toBeGreaterThan(none - 2e-4); // second order
    expect(gain(0, ε)).toBeLessThan(none);
    expect(gain(0, ε)).toBeGreaterThan(none - 4e-4);
  }
});

test("the schedules are those of HSV at income over its mean and wealth over its mean", () => {
  const taxes = { incomeTaxRate: 0.3, incomeProgressivity: 0.2, assetTaxRate: 0.05, assetProgressivity: 0.03 };
  let before = new Float64Array(0);
  const rule: Rule = (i, _t, { wealth }) => {
    if (i === 0) before = wealth.slice();
    return [0.85, 0.9];
  };
  play({ households: 50, initialWealth: "survey", ...taxes }, 3, rule, (w) => {
    const { income, netIncome, disposable } = w.households;
    const meanIncome = income.reduce((a, b) => a + b) / 50;
    const meanWealth = before.reduce((a, b) => a + b) / 50;
    let revenue = 0;
    for (let i = 0; i < 50; i++) {
      const T =
        meanIncome * mechanisms.hsvTax(income[i] / meanIncome, 0.3, 0.2) +
        meanWealth * mechanisms.hsvTax(before[i] / meanWealth, 0.05, 0.03);
      expect(netIncome[i]).toBeCloseTo(income[i] - meanIncome * mechanisms.hsvTax(income[i] / meanIncome, 0.3, 0.2), 9);
      expect(disposable[i]).toBeCloseTo(income[i] + before[i] - T, 9);
      revenue += T;
    }
    expect(w.revenue).toBeCloseTo(revenue, 8);
    expect(50 * w.rebate).toBeCloseTo(revenue, 8);
  });
});

test("taxes that come back never pay more than there is: where the schedule would, all are paid the same share of it", () => {
  const taxes = { incomeTaxRate: 0.05, incomeProgressivity: 0.5, assetTaxRate: 0, assetProgressivity: 0.1 };
  play(
    { households: 30, initialWealth: "survey", ...taxes },
    20,
    () => [0.85, 0.9],
    (w) => {
      expect(w.payoutShare).toBeLessThan(1);
      expect(w.rebate).toBeCloseTo(0, 12);
      expect(w.revenue / w.output).toBeCloseTo(0, 12);
      expect(w.deficit).toBe(0);
    },
  );
});

test("a borrowing government owes at most its share of what households keep, and repays before it rebates", () => {
  const generous = { incomeTaxRate: 0.05, incomeProgressivity: 0.3, budget: "debt", debtLimit: 0.4 };
  let most = 0;
  const w = play(
    { households: 30, ...generous },
    120,
    () => [0.87, 0.9],
    (w) => {
      most = Math.max(most, w.debt / w.wealth);
      expect(w.rebate * w.debt).toBe(0);
    },
  );
  expect(most).toBeCloseTo(0.4, 6);
  expect(w.payoutShare).toBeLessThan(1);
  const prudent = play({ households: 30, incomeTaxRate: 0.3, spendingShare: 0.1, budget: "debt" }, 50, () => [
    0.87, 0.9,
  ]);
  expect(prudent.debt).toBe(0);
  expect(prudent.spending / prudent.output).toBeCloseTo(0.1, 12);
  expect(prudent.rebate).toBeGreaterThan(0);
});

test("unfunded transfers buy any welfare that is asked for, at a deficit that says so; funded ones do not", () => {
  const welfare = (budget: string, ξ: number): { welfare: number; deficit: number } => {
    let [sum, deficit] = [0, 0];
    const taxes = { incomeProgressivity: ξ, assetProgressivity: ξ };
    play(
      { households: 20, budget, ...taxes },
      100,
      () => [0.8, 0.7],
      (w) => {
        sum += metric("welfare", w) / 100;
        deficit += metric("deficit", w) / 100;
      },
    );
    return { welfare: sum, deficit };
  };
  const free = welfare("unfunded", 0);
  const some = welfare("unfunded", 0.5);
  const much = welfare("unfunded", 0.9);
  expect(free.deficit).toBeCloseTo(0, 12);
  expect(some.welfare - free.welfare).toBeGreaterThan(0.5);
  expect(much.welfare - some.welfare).toBeGreaterThan(1);
  expect(much.deficit).toBeGreaterThan(some.deficit);
  expect(some.deficit).toBeGreaterThan(1); // more than all that is produced
  const funded = welfare("rebate", 0.9);
  expect(funded.deficit).toBe(0);
  expect(funded.welfare - welfare("rebate", 0).welfare).toBeLessThan(0.2);
});

test.each([
  { budget: "debt", spendingShare: 0.2, initialWealth: "survey" },
  { budget: "unfunded", taxPeriod: 3 },
  { interest: "fixed", superstars: true, superstarEntry: 0.01, inverseFrisch: 0.5 },
  { budget: "debt", interest: "fixed", spendingShare: 0.1, innovationSd: 0.5 },
  { horizon: 20, taxPeriod: 5, persistence: 0, depreciation: 1 },
])("the contract holds under %o", (params) => {
  const failed = checkEconomy(tax, { params: { households: 24, ...params }, periods: 60 }).filter(({ pass }) => !pass);
  expect(failed).toEqual([]);
});

test("productivity has mean 1 and the declared law from the first period on", () => {
  const N = 20_000;
  const [ρ, σ] = [0.9, 0.2];
  const sd = σ / Math.sqrt(1 - ρ * ρ);
  let before = new Float64Array(N);
  const rule: Rule = (i, _t, { logProductivity }) => {
    if (i === 0) before = logProductivity.slice();
    return [0.87, 0.9];
  };
  play({ households: N }, 2, rule, ({ households: { logProductivity, productivity } }) => {
    expect(Math.abs(math.mean(before) + (sd * sd) / 2)).toBeLessThan((4 * sd) / Math.sqrt(N));
    expect(Math.abs(Math.sqrt(math.variance(logProductivity)) / sd - 1)).toBeLessThan(4 / Math.sqrt(2 * N));
    expect(math.mean(productivity)).toBeCloseTo(1, 1.5);
    const ε = logProductivity.map((x, i) => x + (sd * sd) / 2 - ρ * (before[i] + (sd * sd) / 2));
    expect(Math.abs(Math.sqrt(math.variance(ε)) / σ - 1)).toBeLessThan(4 / Math.sqrt(2 * N));
    expect(Math.abs(math.mean(ε))).toBeLessThan((4 * σ) / Math.sqrt(N));
  });
});

test("superstars come and go at the declared rates", () => {
  const [N, T, entry, stay] = [2000, 60, 0.02, 0.9];
  let sum = 0;
  const params = { households: N, superstars: true, superstarEntry: entry, superstarStay: stay };
  play(
    params,
    T,
    () => [0.87, 0.9],
    ({ households: { superstar, productivity } }, t) => {
      if (t < 30) return;
      superstar.forEach((star, i) => {
        sum += star / N / 30;
        if (star) expect(productivity[i]).toBeCloseTo(504.3, 9);
      });
    },
  );
  expect(sum).toBeCloseTo(entry / (entry + 1 - stay), 1.7);
});

test("wealth can start as unequal as in the survey, with the declared mean", () => {
  expect(math.mean(Float64Array.from(US_NET_WORTH))).toBeCloseTo(1, 3);
  const simulation = createSimulation(tax, { params: { households: 5000, initialWealth: "survey" } });
  simulation.reset(0);
  const { wealth } = simulation.worlds[0].households as AnyRows as unknown as { wealth: Float64Array };
  expect(math.mean(wealth)).toBeCloseTo(simulation.params.initialCapital as number, 9);
  expect(Math.min(...wealth)).toBeGreaterThan(0);
  expect(math.gini(wealth)).toBeGreaterThan(0.8); // 0.83 with debts: https://www.federalreserve.gov/econres/scfindex.htm
  expect(math.gini(wealth)).toBeLessThan(0.86);
});

test("the government's taxes hold until it decides again, and its reward is mean utility", () => {
  const simulation = createSimulation(tax, { params: { households: 5, taxPeriod: 10 } });
  const w = simulation.worlds[0] as unknown as World & { government: Record<string, Float64Array> };
  simulation.reset(0);
  w.government.incomeTaxRate[0] = 0.25;
  w.government.assetProgressivity[0] = 0.1;
  for (let t = 0; t < 3; t++)
    period(
      simulation,
      w,
      t,
      () => [0.87, 0.9],
      () => {
        expect([w.incomeTaxRate, w.incomeProgressivity, w.assetTaxRate, w.assetProgressivity]).toEqual([
          0.25, 0, 0, 0.1,
        ]);
        expect(w.government.welfare[0]).toBeCloseTo(math.mean(w.households.utility), 12);
      },
    );
});
