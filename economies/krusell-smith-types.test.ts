// Equal types are krusell-smith's households; each type consumes by its own solution and is rewarded by its own discount factor; the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { crra, KRUSELL_SMITH_1998, krusellSmithPrices, krusellSmithSteadyCapital } from "../src/solvers/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { krusellSmith } from "./krusell-smith.ts";
import { krusellSmithTypes, solutionOf } from "./krusell-smith-types.ts";

const small = { patients: 60, impatients: 40, theoryPeriods: 300 };
type Columns = Record<"wealth" | "works" | "income" | "consumption" | "gain", Float64Array>;
type Truth = Readonly<Record<string, number>>;
interface World {
  readonly times: number;
  readonly meanCapital: number;
  readonly interest: number;
  readonly workers: number;
  readonly patientKept: number;
  readonly kept: number;
  readonly patient: Columns;
  readonly impatient: Columns;
}

test("households of two equal types have the laws, the capital and the inequality of krusell-smith, to the last digit", () => {
  const equal = { patients: 30, impatients: 30, impatientDiscount: 0.99, theoryPeriods: 300 };
  const types = krusellSmithTypes.truth!(resolveParams(krusellSmithTypes, equal)) as Truth;
  const one = krusellSmith.truth!(resolveParams(krusellSmith, { theoryPeriods: 300 })) as Truth;
  for (const name of ["meanCapital", "slopeGood", "interceptBad", "r2", "wealthGini", "corrConsumptionOutput"])
    expect(types[name]).toBe(one[name]);
  expect(types["patientWealth"]).toBe(types["impatientWealth"]);
});

test("each type consumes by its own solution and gains by its own discount factor; who is impatient keeps less", () => {
  const simulation = fresh(createSimulation(krusellSmithTypes, { params: small, checkIdentities: true, seed: 4 }), 1);
  const w = simulation.worlds[0] as unknown as World;
  const p = resolveParams(krusellSmithTypes, small) as unknown as Parameters<typeof solutionOf>[0];
  const solution = solutionOf(p);
  for (let t = 0; t < 20; t++) {
    const before = [w.patient, w.impatient].map(({ wealth, works }) => ({ wealth: [...wealth], works: [...works] }));
    const z = w.times;
    goOn(simulation, 1);
    for (const [type, k] of [w.patient, w.impatient].entries()) {
      const { wealth, works } = before[type]!;
      const β = [0.99, 0.985][type]!;
      const model = { ...KRUSELL_SMITH_1998, discountFactor: β };
      const { grossReturn, employed } = krusellSmithPrices(model, krusellSmithSteadyCapital(model), 0);
      const worth = (a: number) => crra(employed + (grossReturn - 1) * a, 1) / (1 - β);
      for (const [i, a] of wealth.entries()) {
        const c = solution.consumption(a, 2 * z + 1 - works[i]!, w.meanCapital, type);
        const cash = (1 + w.interest) * a + k.income[i]!;
        expect(k.consumption[i]!).toBeCloseTo(Math.min(c, cash), 12);
        expect(k.gain[i]!).toBeCloseTo(Math.log(k.consumption[i]!) + β * worth(k.wealth[i]!) - worth(a), 8);
      }
    }
  }
  const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);
  expect(w.patientKept).toBeCloseTo(sum(w.patient.wealth), 9);
  expect(w.kept).toBeCloseTo(sum(w.patient.wealth) + sum(w.impatient.wealth), 9);
  expect(sum(w.impatient.wealth) / 40).toBeLessThan(0.95 * (sum(w.patient.wealth) / 60));
});

test("types begin as rich as they are told to, and without that as if all were as patient as the most patient", () => {
  const begun = (params: Record<string, number>) => {
    const simulation = fresh(createSimulation(krusellSmithTypes, { params: { ...small, ...params } }), 0);
    const { patient, impatient } = simulation.worlds[0] as unknown as World;
    return [patient.wealth[0]!, impatient.wealth[0]!];
  };
  expect(begun({ patientWealth: 20, impatientWealth: 3 })).toEqual([20, 3]);
  const patientCapital = krusellSmithSteadyCapital(KRUSELL_SMITH_1998);
  expect(begun({})).toEqual([patientCapital, patientCapital]);
  expect(begun({ patientDiscount: 0.98, impatientDiscount: 0.99 })).toEqual([patientCapital, patientCapital]);
});

test("the contract of economies holds", () => {
  for (const decisions of ["never", "period"])
    expect(
      checkEconomy(krusellSmithTypes, { params: { ...small, decisions }, periods: 20 }).filter(({ pass }) => !pass),
    ).toEqual([]);
});
