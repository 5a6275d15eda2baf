// Households who spend all their money on several goods: u with a constant elasticity of substitution σ among them (mechanisms/ces.ts). Income of a period is
// spent in the next one, so that money goes round and never grows or shrinks.
import type { NumberParam } from "../core/params.ts";
import {
  type AnyParamValues,
  type AnyRows,
  type AnyWorld,
  type Column,
  f64,
  type Part,
  param,
  part,
  population,
} from "../economy/index.ts";
import { cesShares } from "../economy/mechanisms/index.ts";
import type { EachPhase } from "../economy/phases/each.ts";
import type { WorldPhase } from "../economy/phases/world.ts";
import type { Population } from "../economy/population.ts";
import { pairwiseSum } from "../math/index.ts";
import { distinct, type ForEach, forEach, of } from "./names.ts";

type Real = Column<Float64Array, null, null>;
type Consumers<G extends string> = Part<
  typeof params & ForEach<G, "taste", NumberParam>,
  typeof world & ForEach<G, "price" | "served", Real>,
  {
    readonly households: Population<
      ReturnType<typeof accounts> & { readonly [K in G]: Real } & ForEach<G, "spent", Real>,
      Record<never, never>
    >;
  },
  Record<never, never>,
  { readonly endow: EachPhase },
  { readonly value: WorldPhase; readonly shop: EachPhase; readonly close: EachPhase }
>;

const params = {
  households: param(1000, { symbol: "N", unit: "households", min: 1, max: 1e8, integer: true }),
  money: param(1, { symbol: "m", unit: "money", min: 1e-6, max: 1e6, doc: "of each household at the beginning" }),
  substitution: param(1, { symbol: "σ", min: 0.2, max: 20, doc: "elasticity among goods; 1: Cobb–Douglas" }),
};
const world = {
  purchasingPower: f64({ unit: "utils/money", doc: "1/P, utility that a unit of money buys at this period's prices" }),
};
const accounts = () => ({
  cash: f64({ unit: "money", doc: "at the end of the period, to be spent in the next" }),
  income: f64({ unit: "money", doc: "of this period" }),
  realIncome: f64({ unit: "utils", doc: "income over this period's price index" }),
});

/** Consumers of these goods, which are in columns of their names; each good has a price, and `farmServed`, the share of orders that its market fills. */
export function consumers<const G extends string>(goods: readonly G[]): Consumers<G> {
  const names: readonly string[] = distinct("consumers", "goods", goods);
  const bought = Object.fromEntries(names.map((g) => [g, f64({ unit: "goods", doc: `bought of ${g}` })]));
  const consuming = part({
    name: "consumers",
    params: {
      ...params,
      ...forEach(names, "taste", (g) => param(1, { symbol: `θ_${g}`, min: 1e-3, max: 1e3, doc: "weight in utility" })),
    },
    world: {
      ...world,
      ...forEach(names, "price", () => f64({ unit: "money/good", doc: "0: none on offer" })),
      ...forEach(names, "served", () => f64({ initial: 1, doc: "share of orders that are filled" })),
    },
    populations: {
      households: population({
        size: "households",
        state: { ...accounts(), ...bought, ...forEach(names, "spent", (g) => f64({ unit: "money", doc: `on ${g}` })) },
      }),
    },
    start: ({ each }) => ({
      endow: each("households", { doc: "equal money" }, (k, from, to, _w, p) => {
        k.cash.fill(p.money, from, to);
      }),
    }),
    phases: ({ each, world }) => ({
      value: world({ doc: "1/P", writes: "scalars" }, (w, p) => {
        w.purchasingPower = 1 / sharesAt(names, new Float64Array(names.length), w, p);
      }),
      shop: each(
        "households",
        { doc: "shares of all money, by taste and price, as far as orders are filled" },
        (k, from, to, w, p) => {
          const columns = k as unknown as Readonly<Record<string, Float64Array>>;
          const scalars = w as unknown as Readonly<Record<string, number>>;
          const shares = new Float64Array(names.length);
          sharesAt(names, shares, w, p);
          for (const [g, name] of names.entries()) {
            const [quantity, spent] = [columns[name]!, columns[of(name, "spent")]!];
            const [price, served] = [scalars[of(name, "price")]!, scalars[of(name, "served")]!];
            for (let i = from; i < to; i++) {
              spent[i] = shares[g]! * served * k.cash[i]!;
              quantity[i] = price === 0 ? 0 : spent[i]! / price;
            }
          }
          k.income.fill(0, from, to);
        },
      ),
      close: each("households", { doc: "money left and earned is spent in the next period" }, (k, from, to, w) => {
        const columns = k as unknown as Readonly<Record<string, Float64Array>>;
        for (const name of names) {
          const spent = columns[of(name, "spent")]!;
          for (let i = from; i < to; i++) k.cash[i]! -= spent[i]!;
        }
        for (let i = from; i < to; i++) {
          k.cash[i]! += k.income[i]!;
          k.realIncome[i] = k.income[i]! * w.purchasingPower;
        }
      }),
    }),
    stages: { value: "trade", shop: "trade", close: "close" },
    flows: Object.fromEntries(
      names.flatMap((name) => [
        [of(name, "goods"), { unit: "goods", receives: `households.${name}` }],
        [of(name, "sales"), { unit: "money", pays: `households.${of(name, "spent")}` }],
      ]),
    ),
    reward: { households: { column: "realIncome", doc: "income over the price index" } },
    metrics: {
      realIncome: {
        unit: "utils",
        doc: "of a household, mean",
        of: (w) => pairwiseSum(w.households.realIncome) / w.households.size,
      },
    },
    identities: {
      money: {
        doc: "households hold all money at the end of a period, relative",
        after: "period",
        of: (w, p) => pairwiseSum(w.households.cash) / (p.money * p.households) - 1,
      },
    },
  });
  return consuming as unknown as Consumers<G>;
}

/** Quantities that all buyers together want of each good at prices, 0 where it is not on offer. Made anew in each period. */
export type Demand = (w: AnyWorld, p: AnyParamValues) => (out: Float64Array, prices: Float64Array) => void;

/** Demand of `consumers` of these goods. */
export const demandOf =
  (goods: readonly string[]): Demand =>
  (w, p) => {
    const cash = pairwiseSum((w["households"] as AnyRows)["cash"] as Float64Array);
    const tastes = goods.map((g) => p[of(g, "taste")] as number);
    return (out, prices) => {
      cesShares(out, prices, tastes, p["substitution"] as number);
      for (let g = 0; g < out.length; g++) out[g] = prices[g] === 0 ? 0 : (out[g]! * cash) / prices[g]!;
    };
  };

/** Writes shares of spending at this period's prices; returns the price index. */
function sharesAt(
  goods: readonly string[],
  out: Float64Array,
  w: Readonly<Record<`${string}Price`, number>>,
  p: { readonly substitution: number } & Readonly<Record<`${string}Taste`, number>>,
): number {
  return cesShares(
    out,
    goods.map((g) => w[of(g, "price")]!),
    goods.map((g) => p[of(g, "taste")]!),
    p.substitution,
  );
}
