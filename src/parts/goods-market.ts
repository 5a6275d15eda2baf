// Markets of several goods, each sold by the sector of its name. Who buys is a demand: quantities wanted at prices.
import type { ChoiceParam, NumberParam } from "../core/params.ts";
import {
  box,
  type Column,
  choice,
  extension,
  f64,
  type Part,
  param,
  part,
  population,
  type Renamed,
  renamed,
} from "../economy/index.ts";
import { bracketing, tatonnement } from "../economy/mechanisms/index.ts";
import type { TotalPhase } from "../economy/phases/total.ts";
import type { WorldPhase } from "../economy/phases/world.ts";
import type { Population } from "../economy/population.ts";
import { log } from "../math/index.ts";
import { type Demand, demandOf } from "./consumers.ts";
import { distinct, type ForEach, forEach, of } from "./names.ts";

type Real = Column<Float64Array, null, null>;
type Traded<G extends string> = ForEach<G, "price" | "served" | "output" | "delivered" | "sales", Real>;
type Buyers<G extends string> = {
  readonly households: Population<{ readonly cash: Real } & ForEach<G, "spent", Real>, Record<never, never>, never>;
};
type None = Record<never, never>;

const traded = (goods: readonly string[]) => ({
  ...forEach(goods, "price", () => f64({ unit: "money/good", doc: "0: none on offer" })),
  ...forEach(goods, "served", () => f64({ initial: 1, doc: "share of orders that are filled" })),
  ...forEach(goods, "output", () => f64({ unit: "goods", doc: "on offer" })),
  ...forEach(goods, "delivered", () => f64({ unit: "goods", doc: "sold" })),
  ...forEach(goods, "sales", () => f64({ unit: "money", doc: "price times what was sold" })),
});
const buyers = (goods: readonly string[]) => ({
  households: extension({
    state: { cash: f64({ unit: "money" }), ...forEach(goods, "spent", () => f64({ unit: "money" })) },
  }),
});
const clears = (goods: readonly string[]) =>
  Object.fromEntries(goods.map((g) => [of(g, "goods"), { unit: "goods", clears: true as const }]));
/** Sales are what buyers paid. */
const settled = (total: unknown, goods: readonly string[]): TotalPhase =>
  (total as (population: string, options: { doc: string }, sums: Readonly<Record<string, string>>) => TotalPhase)(
    "households",
    { doc: "what buyers paid" },
    Object.fromEntries(goods.map((g) => [of(g, "sales"), of(g, "spent")])),
  );
type Scalars = Record<string, number>;

/**
 * A Walrasian market: prices at which all output is wanted, by bracketing or tâtonnement, whose error is below 1e-12 of supply. `demand` is by default that of
 * `consumers`.
 */
export function goodsMarket<const G extends string>(
  goods: readonly G[],
  demand: Demand = demandOf(goods),
): Part<
  { readonly clearing: ChoiceParam<"bracketing" | "tatonnement">; readonly clearingSpeed: NumberParam },
  Traded<G>,
  Buyers<G>,
  None,
  None,
  { readonly clear: WorldPhase; readonly settle: TotalPhase }
> {
  const names: readonly string[] = distinct("goodsMarket", "goods", goods);
  const market = part({
    name: "goodsMarket",
    params: {
      clearing: choice("bracketing", ["bracketing", "tatonnement"], { doc: "how prices are found" }),
      clearingSpeed: param(0.05, {
        symbol: "κ",
        min: 1e-3,
        max: 2,
        doc: "of tâtonnement: rise of ln p per round, over ln demand − ln supply",
      }),
    },
    world: traded(names),
    populations: buyers(names),
    phases: ({ total, world }) => ({
      clear: world({ doc: "prices at which demand is output; goods that nobody made have price 0" }, (world, p) => {
        const w = world as unknown as Scalars;
        const wanted = demand(world, p);
        const offered = names.filter((g) => w[of(g, "output")]! > 0);
        const prices = Float64Array.from(names, (g) => (offered.includes(g) ? w[of(g, "price")]! || 1 : 0));
        const amounts = new Float64Array(names.length);
        const places = offered.map((g) => names.indexOf(g));
        const found = Float64Array.from(places, (g) => prices[g]!);
        const excess = (out: Float64Array, at: Float64Array): void => {
          for (const [k, g] of places.entries()) prices[g] = at[k]!;
          wanted(amounts, prices);
          for (const [k, g] of places.entries()) out[k] = log(amounts[g]!) - log(w[of(names[g]!, "output")]!);
        };
        if (p.clearing === "bracketing") bracketing(found, excess);
        else tatonnement(found, excess, { speed: p.clearingSpeed });
        for (const [k, g] of places.entries()) prices[g] = found[k]!;
        for (const [g, name] of names.entries()) {
          w[of(name, "price")] = prices[g]!;
          w[of(name, "served")] = 1;
          w[of(name, "delivered")] = w[of(name, "output")]!;
        }
      }),
      settle: settled(total, names),
    }),
    stages: { clear: "clear", settle: "settle" },
    flows: clears(names),
  });
  return market as never;
}

/**
 * A market of posted prices: whoever sets `farmPrice` sells what is wanted at it as far as the output goes, and buyers have equal shares of their orders. What is
 * not sold is lost, and money that finds no goods stays with its owner.
 */
export function postedMarket<const G extends string>(
  goods: readonly G[],
  demand: Demand = demandOf(goods),
): Part<None, Traded<G>, Buyers<G>, None, None, { readonly serve: WorldPhase; readonly settle: TotalPhase }> {
  const names: readonly string[] = distinct("postedMarket", "goods", goods);
  const market = part({
    name: "postedMarket",
    world: traded(names),
    populations: buyers(names),
    phases: ({ total, world }) => ({
      serve: world({ doc: "orders at the posted prices are filled as far as output goes" }, (world, p) => {
        const w = world as unknown as Scalars;
        for (const g of names) if (w[of(g, "output")] === 0) w[of(g, "price")] = 0;
        const wanted = new Float64Array(names.length);
        demand(world, p)(
          wanted,
          Float64Array.from(names, (g) => w[of(g, "price")]!),
        );
        for (const [g, name] of names.entries()) {
          const [most, output] = [wanted[g]!, w[of(name, "output")]!];
          w[of(name, "served")] = most > output ? output / most : 1;
          w[of(name, "delivered")] = Math.min(most, output);
        }
      }),
      settle: settled(total, names),
    }),
    stages: { serve: "clear", settle: "settle" },
    flows: clears(names),
  });
  return market as never;
}

const sellers = part({
  name: "seller",
  params: {
    posting: choice("period", ["period", "never"], {
      doc: "when sellers post prices; never: prices are somebody else's",
    }),
    priceMin: param(0.1, { unit: "money/good", min: 1e-6, max: 1e6 }),
    priceMax: param(10, { unit: "money/good", min: 1e-6, max: 1e6 }),
  },
  world: {
    price: f64({ unit: "money/good", doc: "0: none on offer" }),
    output: f64({ unit: "goods", doc: "on offer" }),
    sales: f64({ unit: "money", doc: "price times what was sold" }),
  },
  populations: {
    seller: population({
      size: 1,
      doc: "posts the price of a sector's output",
      state: { sales: f64({ unit: "money", doc: "of this period" }) },
      actions: { price: box("priceMin", "priceMax", { unit: "money/good", doc: "posted for this period" }) },
    }),
  },
  phases: ({ decide, each, total }) => ({
    ask: decide("seller", { doc: "a price, knowing the output", every: "posting" }),
    post: total("seller", { doc: "the price of this period" }, { price: "price" }),
    count: each("seller", { doc: "sales are the seller's reward" }, (k, from, to, w) => {
      k.sales.fill(w.sales, from, to);
    }),
  }),
  stages: { ask: "post", post: "post", count: "close" },
  observe: { seller: { output: { world: "output", doc: "on offer" } } },
  reward: { seller: { column: "sales", doc: "price times what was sold" } },
});

/** Who posts the price of a sector's output, under the sector's name: the population `farmSeller`. */
export const seller = <const G extends string>(name: G): Renamed<typeof sellers, G, "posting"> =>
  renamed(sellers, name, { keep: ["posting"] });
