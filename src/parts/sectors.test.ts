// An economy of three sectors made of parts: it finds theory's equilibrium, and wrong wiring is refused by the part, the flow and the remedy.
import { expect, expectTypeOf, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import {
  type AnyRows,
  checkEconomy,
  compose,
  createSimulation,
  type Economy,
  f64,
  type Part,
  param,
  part,
} from "../economy/index.ts";
import { sectoralEquilibrium } from "../solvers/index.ts";
import {
  capitalMarket,
  consumers,
  goodsMarket,
  government,
  labourMarket,
  postedMarket,
  sector,
  seller,
} from "./index.ts";

const goods = ["farm", "mill", "inn"] as const;
const described = { name: "valley", source: "a test", summary: "Three sectors.", horizon: 1000 } as const;
const sectors = { farm: sector("farm"), mill: sector("mill"), inn: sector("inn") };
const parts = {
  ...sectors,
  consumers: consumers(goods),
  labour: labourMarket(goods),
  capital: capitalMarket(goods),
  market: goodsMarket(goods),
  government: government(goods),
};
const valley = compose({
  ...described,
  parts,
  calibration: { farmCapitalShare: 0.5, millProductivity: 2, innTaste: 2, innPayrollTax: 0.3, substitution: 0.5 },
  metrics: {
    mine: {
      unit: "1",
      doc: "the compiler knows the names of sectors",
      of: (w, p) => {
        expectTypeOf(w.millPrice).toEqualTypeOf<number>();
        expectTypeOf(w.households.innSpent).toEqualTypeOf<Float64Array>();
        expectTypeOf(p.farmTaste).toEqualTypeOf<number>();
        expectTypeOf(p.labourChoice).toEqualTypeOf<"never" | "period">();
        // @ts-expect-error no sector of this name
        return w.millPrice - (w.milPrice ?? 0);
      },
    },
  },
});
type World = Record<string, number> & { households: AnyRows & Record<string, Float64Array> };
const played = (economy: Economy, params: object, periods: number) => {
  const simulation = createSimulation(economy as typeof valley, {
    params: params as never,
    seed: 3,
    checkIdentities: true,
  });
  fresh(simulation, periods);
  return { w: simulation.worlds[0] as unknown as World, simulation };
};

test("three sectors from the library pass all checks, and so do sellers who post prices", () => {
  expect(checkEconomy(valley, { params: { households: 7 }, periods: 15 }).filter(({ pass }) => !pass)).toEqual([]);
  const { market: _, ...others } = parts;
  const stalls = compose({
    ...described,
    parts: { ...others, a: seller("farm"), b: seller("mill"), c: seller("inn"), market: postedMarket(goods) },
  });
  expect(checkEconomy(stalls, { params: { households: 7 }, periods: 15 }).filter(({ pass }) => !pass)).toEqual([]);
  // Nobody works in most sectors, and nothing is sold there.
  expect(() => played(valley, { households: 1, substitution: 1 }, 30)).not.toThrow();
});

test("households who follow wages and rents find theory's equilibrium to the last household, by either way of clearing", () => {
  const N = 600;
  const exact = sectoralEquilibrium({
    sectors: [
      { productivity: 1, capitalShare: 0.5, payrollTax: 0, taste: 1 },
      { productivity: 2, capitalShare: 1 / 3, payrollTax: 0, taste: 1 },
      { productivity: 1, capitalShare: 1 / 3, payrollTax: 0.3, taste: 2 },
    ],
    substitution: 0.5,
    money: N,
    labour: N,
    capital: N,
  });
  const { w } = played(valley, { households: N, labourMobility: 0.2, capitalMobility: 0.2 }, 80);
  for (const [j, g] of goods.entries()) {
    expect(Math.abs(w[`${g}Labour`]! - exact.labour[j]!)).toBeLessThan(1.5);
    expect(Math.abs(w[`${g}Capital`]! - exact.capital[j]!)).toBeLessThan(1.5);
    // A household more or less in a sector is up to 1/150 of it, and prices move by 1/σ times as much.
    expect(w[`${g}Price`]! / exact.prices[j]!).toBeCloseTo(1, 1.9);
  }
  expect(w["taxes"]! / exact.taxes).toBeCloseTo(1, 1.9);
  const params = { households: 50, labourMobility: 0.5 };
  const bracketed = played(valley, params, 40).w;
  const groped = played(valley, { ...params, clearing: "tatonnement", clearingSpeed: 0.9 }, 40).w;
  for (const g of goods) {
    expect(groped[`${g}Labour`]).toBe(bracketed[`${g}Labour`]);
    expect(groped[`${g}Price`]! / bracketed[`${g}Price`]!).toBeCloseTo(1, 11);
  }
});

test("wages and rents are values of marginal products, and taxes go round", () => {
  const { w } = played(valley, { households: 60 }, 5);
  const p = { farm: [1, 0.5, 0], mill: [2, 1 / 3, 0], inn: [1, 1 / 3, 0.3] } as const;
  for (const g of goods) {
    const [A, α, τ] = p[g];
    const [L, K, price] = [w[`${g}Labour`]!, w[`${g}Capital`]!, w[`${g}Price`]!];
    const Y = (L: number, K: number) => A * K ** α * L ** (1 - α);
    const h = 1e-5;
    expect(w[`${g}Wage`]! * (1 + τ)).toBeCloseTo((price * (Y(L + h, K) - Y(L - h, K))) / (2 * h), 8);
    expect(w[`${g}Rental`]).toBeCloseTo((price * (Y(L, K + h) - Y(L, K - h))) / (2 * h), 8);
  }
  expect(w["taxes"]).toBeCloseTo(0.3 * w["innWage"]! * w["innLabour"]!, 12);
  expect(w.households["transfer"]![17]).toBeCloseTo(w["taxes"]! / 60, 14);
});

test("at posted prices the scarce good is rationed, the dear one is left over, and money not spent stays", () => {
  const fixed = part({
    name: "fixed",
    params: { dear: param(0.5, { unit: "money/good", min: 0 }) },
    world: { farmPrice: f64({ unit: "money/good" }), millPrice: f64({ unit: "money/good" }) },
    phases: ({ world }) => ({
      post: world({ doc: "cheap and dear", writes: "scalars" }, (w, p) => {
        w.farmPrice = 0.5;
        w.millPrice = p.dear;
      }),
    }),
    stages: { post: "post" },
  });
  const two = ["farm", "mill"] as const;
  const shop = compose({
    ...described,
    parts: {
      farm: sectors.farm,
      mill: sectors.mill,
      consumers: consumers(two),
      labour: labourMarket(two),
      capital: capitalMarket(two),
      market: postedMarket(two),
      government: government(two),
      fixed,
    },
  });
  const { w } = played(
    shop as unknown as Economy,
    { households: 100, labourMobility: 0, capitalMobility: 0, dear: 2 },
    1,
  );
  // 50 goods of each; 50 of money is spent on each: 100 wanted at ½, 25 at 2.
  for (const [name, value] of Object.entries({
    farmServed: 0.5,
    farmDelivered: 50,
    farmSales: 25,
    millDelivered: 25,
    millSales: 50,
  }))
    expect(w[name]! / value).toBeCloseTo(1, 14);
  expect(w["millServed"]).toBe(1);
  expect(w.households["farm"]![3]).toBeCloseTo(0.5, 14);
  expect(w.households["cash"]!.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 12);
});

test("wrong wiring is refused by the part, the flow and the remedy, in one line", () => {
  const of = (changes: Readonly<Record<string, Part | undefined>>) => () =>
    compose({
      ...described,
      parts: Object.fromEntries(
        Object.entries({ ...parts, ...changes }).filter(([, part]) => part !== undefined),
      ) as Readonly<Record<string, Part>>,
    });
  for (const [changes, message] of [
    [
      { mill: undefined },
      'part "market" is a market of "millGoods" without sellers: nobody pays flow "millGoods"; add a part with flows: { millGoods: { unit: "goods", pays: … } }, or take "millGoods" from the market.',
    ],
    [
      { consumers: consumers(["farm", "mill"]) as unknown as Part },
      'part "market" is a market of "innGoods" without buyers: nobody receives flow "innGoods";',
    ],
    [
      { government: undefined },
      'flow "taxes" is paid by part "farm", part "mill" and part "inn", and nobody receives it; declare the other end in another part, flows: { taxes: { receives: … } }.',
    ],
    [
      { capital: undefined },
      'flow "rents" is paid by part "farm", part "mill" and part "inn", and nobody receives it;',
    ],
    [
      {
        farm: {
          ...sectors.farm,
          flows: { ...sectors.farm.flows, wages: { unit: "hours", pays: "farmLabour" } },
        } as Part,
      },
      'flow "wages" is in hours in part "farm" and in money in part "mill"; expected one unit.',
    ],
    [
      {
        farm: {
          ...sectors.farm,
          flows: { ...sectors.farm.flows, wages: { unit: "money", pays: "farmLabour" } },
        } as Part,
      },
      'flow "wages" of part "farm" is in money, and farmLabour in hours; expected one unit:',
    ],
    [
      { barn: sector("farm") as unknown as Part },
      'part "farm" and part "barn" are both "farmSector", and what they declare would be one and the same; give one of them names of its own: renamed(…, "barn").',
    ],
  ] as const) {
    expect(of(changes)).toThrow(message);
    let refusal = "";
    try {
      of(changes)();
    } catch (error) {
      refusal = (error as Error).message;
    }
    expect(refusal.split("\n")).toHaveLength(1);
  }
  // Neither is it a parameter of the missing part that is named first.
  const { mill: _, ...rest } = parts;
  const calibrated = () => compose({ ...described, parts: rest, calibration: { millProductivity: 2 } as object });
  expect(calibrated).toThrow('is a market of "millGoods" without sellers');
  expect(() => consumers([])).toThrow("consumers([]): it has no goods; name at least one.");
  expect(() => labourMarket(["farm", "farm"])).toThrow(
    'labourMarket([farm, farm]): "farm" is there twice; name each once.',
  );
});
