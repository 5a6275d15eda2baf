// Equal types are krusell-smith's households; each type consumes by its own solution and is rewarded by its own discount factor; the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import {
  crra,
  KRUSELL_SMITH_1998,
  krusellSmithChain,
  krusellSmithPrices,
  krusellSmithSteadyCapital,
  prospects,
} from "../src/solvers/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { krusellSmith } from "./krusell-smith.ts";
import { krusellSmithTypes, solutionOf } from "./krusell-smith-types.ts";

const small = { patients: 60, impatients: 40, theoryPeriods: 300 };
type Columns = Record<"wealth" | "works" | "income" | "cash" | "consumption" | "gain", Float64Array>;
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

test("who decides consumes the third power of their choice times half the harmonic mean of w l + r k and cash, and keeps the rest", () => {
  const params = { ...small, decisions: "period", wealthSpread: 2, patientWealth: 1, impatientWealth: 0.3 };
  const env = makeVectorEnv(krusellSmithTypes, {
    numEnvs: 1,
    params: { ...params, unemploymentGood: 0.2, unemploymentBad: 0.2 },
  });
  env.reset(1);
  const w = env.simulation.worlds[0] as unknown as World & { readonly wage: number };
  const earned = (k: number) => w.wage * KRUSELL_SMITH_1998.hours + Math.max(0, w.interest) * k;
  const before = [w.patient, w.impatient].map(({ wealth, cash }) => ({
    base: Array.from(wealth, (k, i) => 1 / (1 / earned(k) + 1 / cash[i]!)),
    cash: [...cash],
    poor: Array.from(wealth, (k, i) => cash[i]! < earned(k)),
  }));
  for (const population of ["patient", "impatient"]) {
    env.batch[population]!.actions.fill(0.8);
    env.step();
  }
  for (const [type, k] of [w.patient, w.impatient].entries()) {
    const { base, cash, poor } = before[type]!;
    expect(new Set(poor).size).toBe(2);
    for (const [i, of] of base.entries()) {
      expect(k.consumption[i]).toBeCloseTo(0.512 * of, 6); // actions are in single precision
      expect(k.consumption[i]! + k.wealth[i]!).toBeCloseTo(cash[i]!, 12);
    }
  }
});

test("prospects: each type gains by its own discount factor and risk aversion, in the mean over work and times; what households own and consume is the same", () => {
  const impatients = { impatientDiscount: 0.97, impatientAversion: 3 };
  const envs = ["wealth", "prospects"].map((rewards) => {
    const params = { ...small, ...impatients, decisions: "period", wealthSpread: 1, rewards };
    const env = makeVectorEnv(krusellSmithTypes, { numEnvs: 1, params });
    env.reset(3);
    return env;
  });
  const [plain, w] = envs.map(({ simulation }) => simulation.worlds[0] as unknown as World);
  const chain = krusellSmithChain(KRUSELL_SMITH_1998);
  const types = [
    { population: "patient" as const, β: 0.99, γ: 1 },
    { population: "impatient" as const, β: 0.97, γ: 3 },
  ].map(({ population, β, γ }) => {
    const model = { ...KRUSELL_SMITH_1998, discountFactor: β, riskAversion: γ };
    const [good, bad] = [0, 1].map((z) => krusellSmithPrices(model, krusellSmithSteadyCapital(model), z));
    const apart = (good!.grossReturn - bad!.grossReturn) / 2;
    const { worth, expected } = prospects(model, {
      incomes: [good!, bad!].flatMap(({ employed, unemployed }) => [employed, unemployed]),
      returns: [apart, apart, -apart, -apart].map((x) => 1 / β + x),
      transition: chain,
    });
    return { population, β, γ, worth, expected };
  });
  const seen = new Set<number>();
  for (let t = 0; t < 20; t++) {
    const before = types.map(({ population }) => ({
      wealth: [...w![population].wealth],
      states: Array.from(w![population].works, (works) => 2 * w!.times + (works ? 0 : 1)),
    }));
    for (const env of envs) {
      for (const { population } of types) env.batch[population]!.actions.fill(t % 2 === 0 ? 0.95 : 0.9);
      for (const _ of types) env.step(); // the patient decide first
    }
    for (const [type, { population, β, γ, worth, expected }] of types.entries()) {
      const k = w![population];
      expect([...k.wealth]).toEqual([...plain![population].wealth]);
      expect([...k.consumption]).toEqual([...plain![population].consumption]);
      for (const [i, s] of before[type]!.states.entries()) {
        const gained = crra(k.consumption[i]!, γ) + β * expected(k.wealth[i]!, s) - worth(before[type]!.wealth[i]!, s);
        expect(Math.abs(k.gain[i]! - gained)).toBeLessThan(1e-9 * Math.max(1, Math.abs(gained)));
        seen.add(s);
      }
    }
  }
  expect(seen.size).toBe(4);
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
