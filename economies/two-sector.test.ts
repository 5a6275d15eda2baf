// Two sectors: theory in closed form, the long run of households who follow wages, comparative statics, and sellers who post theory's prices.
import { expect, test } from "vitest";
import { createSimulation, isUnknown, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { twoSector } from "./two-sector.ts";

type Known = Readonly<Record<string, number>>;
type Settings = Readonly<Record<string, number | string>>;
type World = Known & Record<"farmSeller" | "millSeller", Record<"price" | "sales", Float64Array>>;
const truth = (params: Settings): Known => twoSector.truth!(resolveParams(twoSector, params)) as Known;
const played = (params: Settings, periods: number, seed = 1) =>
  fresh(createSimulation(twoSector, { params, seed, checkIdentities: true }), periods);

test("with Cobb–Douglas tastes theory is in closed form", () => {
  const t = truth({ farmTaste: 2, farmPayrollTax: 0.25 });
  // Spending shares 2/3 and 1/3; farm: α = 1/2; mill: α = 1/3
  const [farm, mill] = [((2 / 3) * 0.5) / 1.25, (1 / 3) * (2 / 3)];
  expect(t["farmShareOfLabour"]).toBeCloseTo(farm / (farm + mill), 13);
  expect(t["farmShareOfCapital"]).toBeCloseTo(1 / 3 / (1 / 3 + 1 / 9), 13);
  expect(t["farmWage"]).toBeCloseTo(farm + mill, 13);
  expect(t["taxes"]).toBeCloseTo(1000 * 0.25 * farm, 10);
  const [l, k] = [t["farmShareOfLabour"]! * 1000, t["farmShareOfCapital"]! * 1000];
  expect(t["farmOutput"]).toBeCloseTo(Math.sqrt(l * k), 9);
  expect(t["farmPrice"]! * t["farmOutput"]!).toBeCloseTo(2000 / 3, 9);
  expect(t["relativePrice"]! * t["millPrice"]!).toBeCloseTo(t["farmPrice"]!, 13);
});

test("households who follow wages settle where theory says, and a wedge or a shock moves them as theory says", () => {
  const N = 200;
  for (const params of [{}, { farmPayrollTax: 0.5 }, { farmProductivity: 2, substitution: 0.5 }]) {
    const simulation = played({ ...params, households: N, labourMobility: 0.2, capitalMobility: 0.2 }, 80);
    const t = truth({ ...params, households: N });
    const of = (name: string): number => twoSector.metrics[name]!.of(simulation.worlds[0]!, simulation.params);
    const mean = { farmShareOfLabour: 0, farmShareOfCapital: 0, realIncome: 0 };
    for (let period = 0; period < 60; period++) {
      goOn(simulation, 1);
      for (const name of Object.keys(mean) as (keyof typeof mean)[]) mean[name] += of(name) / 60;
    }
    // Whoever moves follows the last period, so that one household or two always go back and forth.
    expect(Math.abs(mean.farmShareOfLabour - t["farmShareOfLabour"]!)).toBeLessThan(1 / N);
    expect(Math.abs(mean.farmShareOfCapital - t["farmShareOfCapital"]!)).toBeLessThan(1 / N);
    // A household in the other sector costs at most the wedge on its wage.
    expect(Math.abs(mean.realIncome - t["realIncome"]!)).toBeLessThan(0.5 / N);
  }
  const [before, taxed, shocked] = [{}, { farmPayrollTax: 0.5 }, { farmProductivity: 2, substitution: 0.5 }].map(truth);
  expect(taxed!["farmShareOfLabour"]).toBeLessThan(before!["farmShareOfLabour"]!);
  // Where goods are complements, who makes more of one needs fewer hours for it.
  expect(shocked!["farmShareOfLabour"]).toBeLessThan(before!["farmShareOfLabour"]!);
});

test("sellers who post theory's prices sell out at them, and no other price sells for more where goods are substitutes", () => {
  const params = { substitution: 3, households: 70, labourMobility: 0, capitalMobility: 0 };
  const world = (simulation: ReturnType<typeof played>) => simulation.worlds[0] as unknown as World;
  const cleared = world(played(params, 1));
  const at = (farm: number, mill: number) => {
    const simulation = createSimulation(twoSector, {
      params: { ...params, prices: "posted", posting: "period" },
      checkIdentities: true,
    });
    const w = world(
      fresh(simulation, 1, () => {
        world(simulation).farmSeller.price[0] = farm;
        world(simulation).millSeller.price[0] = mill;
      }),
    );
    return { sales: w.farmSeller.sales[0], served: w["farmServed"], left: w["farmOutput"] - w["farmDelivered"] };
  };
  const { farmPrice, millPrice } = cleared;
  const sold = at(farmPrice, millPrice);
  expect(sold.sales).toBeCloseTo(cleared.farmSales, 9);
  expect(sold.served).toBeCloseTo(1, 11);
  expect(sold.left).toBeCloseTo(0, 9);
  for (const factor of [0.5, 0.98, 1.02, 2]) {
    const other = at(factor * farmPrice, millPrice);
    expect(other.sales).toBeLessThan(sold.sales - 1e-3);
    expect(factor < 1 ? other.served < 1 : other.left > 0).toBe(true);
  }
});

test("theory says nothing where a tax may make several equilibria", () => {
  const t = twoSector.truth!(
    resolveParams(twoSector, { farmPayrollTax: 1, farmCapitalShare: 0.1, millCapitalShare: 0.9, substitution: 5 }),
  );
  expect(isUnknown(t.relativePrice)).toBe(true);
});
