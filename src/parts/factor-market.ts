// Labour and capital that move between sectors: each household has as many hours and machines, works in one sector, and rents its machines to one. Now and then it
// may move, by choice or by rule: to where an hour earned most in the last period, with a probability of the share by which it earned more.
import type { ChoiceParam, NumberParam } from "../core/params.ts";
import { type Column, choice, discrete, extension, f64, i32, type Part, param, part, u8 } from "../economy/index.ts";
import type { DecidePhase } from "../economy/phases/decide.ts";
import type { EachPhase } from "../economy/phases/each.ts";
import type { TotalPhase } from "../economy/phases/total.ts";
import type { WorldPhase } from "../economy/phases/world.ts";
import type { Population } from "../economy/population.ts";
import type { Space } from "../economy/spaces.ts";
import { distinct, type ForEach, forEach, of } from "./names.ts";

type Real = Column<Float64Array, null, null>;
type None = Record<never, never>;
const KINDS = {
  labour: { held: "hours", price: "wage", flow: "wages", each: "hour" },
  capital: { held: "machines", price: "rental", flow: "rents", each: "machine" },
} as const;
type Kinds = typeof KINDS;
type Named<N extends string, C> = { readonly [K in N]: C };

type FactorMarket<F extends keyof Kinds, G extends string> = Part<
  Named<Kinds[F]["held"] | `${F}Mobility`, NumberParam> & Named<`${F}Choice`, ChoiceParam<"never" | "period">>,
  ForEach<G, F | Kinds[F]["price"] | `${Kinds[F]["price"]}Share`, Real>,
  {
    readonly households: Population<
      Named<"income" | `${F}Income`, Real> &
        Named<`${F}Sector`, Column<Int32Array, null, null>> &
        Named<`${F}Awake`, Column<Uint8Array, null, null>>,
      Named<`${F}To`, Space>,
      never
    >;
  },
  None,
  { readonly place: EachPhase },
  {
    readonly wake: EachPhase;
    readonly seek: DecidePhase;
    readonly move: EachPhase;
    readonly hire: TotalPhase;
    readonly earn: EachPhase;
    readonly compare: WorldPhase;
  }
>;

/** Households work in one of these sectors each, for its wage. */
export const labourMarket = <const G extends string>(sectors: readonly G[]) => factorMarket("labour", sectors);
/** Households rent their machines to one of these sectors each. */
export const capitalMarket = <const G extends string>(sectors: readonly G[]) => factorMarket("capital", sectors);

function factorMarket<const F extends keyof Kinds, const G extends string>(
  factor: F,
  sectors: readonly G[],
): FactorMarket<F, G> {
  const names: readonly string[] = distinct(`${factor}Market`, "sectors", sectors);
  const { held, price, flow, each: one } = KINDS[factor];
  const [sector, awake, earned, to] = [
    of(factor, "sector"),
    of(factor, "awake"),
    of(factor, "income"),
    of(factor, "to"),
  ];
  const [mobility, choosing] = [of(factor, "mobility"), of(factor, "choice")];
  const share = of(price, "share");
  const S = names.length;
  type Scalars = Record<string, number>;
  type Columns = Readonly<Record<string, Float64Array | Int32Array>>;
  const market = part({
    name: `${factor}Market`,
    params: {
      [held]: param(1, { unit: held, min: 1e-6, max: 1e6, doc: "of each household" }),
      [mobility]: param(0.1, {
        symbol: factor === "labour" ? "μ_L" : "μ_K",
        min: 0,
        max: 1,
        doc: `probability that a household may move its ${factor} in a period`,
      }),
      [choosing]: choice("never", ["never", "period"], {
        doc: `when households choose where their ${factor} goes; never: they follow the rule`,
      }),
    },
    world: {
      ...forEach(names, factor, () => f64({ unit: held, doc: "of all households in the sector" })),
      ...forEach(names, price, () => f64({ unit: `money/${one}` })),
      ...forEach(names, share, () =>
        f64({ initial: 1 / S, doc: `the sector's ${price} over the sum of all sectors', of the last period` }),
      ),
    },
    populations: {
      households: extension({
        state: {
          income: f64({ unit: "money" }),
          [sector]: i32({ doc: `sector of its ${factor}: ${names.map((name, k) => `${k} ${name}`).join(", ")}` }),
          [awake]: u8({ doc: "1: may move in this period" }),
          [earned]: f64({ unit: "money", doc: `earned by its ${factor}` }),
        },
        actions: { [to]: discrete(S, { doc: `sector to which it moves its ${factor}` }) },
      }),
    },
    start: ({ each }) => ({
      place: each("households", { doc: "as many in each sector" }, (k, from, to) => {
        const at = (k as unknown as Columns)[sector]!;
        for (let i = from; i < to; i++) at[i] = i % S;
      }),
    }),
    phases: ({ decide, each, total, world }) => ({
      wake: each("households", { doc: "some may move" }, (k, from, to, _w, p, draw) => {
        const may = (k as unknown as Columns)[awake]!;
        const u = draw.uniform("wake");
        for (let i = from; i < to; i++) may[i] = u[i]! < (p[mobility] as number) ? 1 : 0;
      }),
      seek: decide("households", {
        doc: `where to move ${factor}`,
        choices: [to] as never,
        who: awake as never,
        every: choosing as never,
        observe: Object.fromEntries(
          names.map((name) => [
            of(name, share),
            {
              world: of(name, share),
              center: 1 / S,
              scale: 0.1,
              doc: `${name}'s ${price} over the sum of all, last period`,
            },
          ]),
        ) as never,
      }),
      move: each("households", { doc: "to the chosen sector, or by rule" }, (k, from, to_, world, p, draw) => {
        const w = world as unknown as Scalars;
        const columns = k as unknown as Columns;
        const [at, may, chosen] = [columns[sector]!, columns[awake]!, columns[to]!];
        if (p[choosing] !== "never") {
          for (let i = from; i < to_; i++) if (may[i] === 1) at[i] = chosen[i]!;
          return;
        }
        const offers = names.map((name) => w[of(name, share)]!);
        const best = offers.indexOf(Math.max(...offers));
        const u = draw.uniform("move");
        for (let i = from; i < to_; i++) if (may[i] === 1 && u[i]! < 1 - offers[at[i]!]! / offers[best]!) at[i] = best;
      }),
      hire: total(
        "households",
        { doc: `all ${factor} of a sector's households` },
        Object.fromEntries(
          names.map((name, s) => [
            of(name, factor),
            (k: unknown, i: number, _w: unknown, p: Readonly<Record<string, unknown>>) =>
              (k as Columns)[sector]![i] === s ? (p[held] as number) : 0,
          ]),
        ) as never,
      ),
      earn: each("households", { doc: `${held} times the ${price} of their sector` }, (k, from, to, world, p) => {
        const w = world as unknown as Scalars;
        const columns = k as unknown as Columns;
        const [at, income] = [columns[sector]!, columns[earned]!];
        const prices = names.map((name) => w[of(name, price)]!);
        for (let i = from; i < to; i++) {
          income[i] = (p[held] as number) * prices[at[i]!]!;
          columns["income"]![i]! += income[i]!;
        }
      }),
      compare: world(
        { doc: "what an hour or a machine earns in each sector, over the sum", writes: "scalars" },
        (world) => {
          const w = world as unknown as Scalars;
          const sum = names.reduce((sum, name) => sum + w[of(name, price)]!, 0);
          for (const name of names) w[of(name, share)] = sum === 0 ? 1 / S : w[of(name, price)]! / sum;
        },
      ),
    }),
    stages: { wake: "choose", seek: "choose", move: "hire", hire: "hire", earn: "earn", compare: "close" },
    flows: { [flow]: { unit: "money", receives: `households.${earned}` as never } },
    metrics: Object.fromEntries(
      names.map((name) => [
        of(name, `shareOf${of("", factor)}`),
        {
          unit: "1",
          doc: `the sector's share of all ${factor}`,
          of: (w: unknown, p: Readonly<Record<string, unknown>>) => {
            const all = w as { readonly households: { readonly size: number } } & Readonly<Record<string, number>>;
            return all[of(name, factor)]! / ((p[held] as number) * all.households.size);
          },
        },
      ]),
    ),
  });
  return market as never;
}
