// A government that taxes the wages that sectors pay, and pays all of it to households in equal parts.
import { type Column, extension, f64, type Part, part } from "../economy/index.ts";
import type { EachPhase } from "../economy/phases/each.ts";
import type { WorldPhase } from "../economy/phases/world.ts";
import type { Population } from "../economy/population.ts";
import { distinct, type ForEach, forEach, of } from "./names.ts";

type Real = Column<Float64Array, null, null>;
type None = Record<never, never>;

/** Taxes the payrolls of these sectors at rates that are the sectors' own parameters, and pays equal transfers. */
export function government<const G extends string>(
  sectors: readonly G[],
): Part<
  None,
  ForEach<G, "payrollTaxes", Real> & { readonly taxes: Real },
  { readonly households: Population<{ readonly income: Real; readonly transfer: Real }, None, never> },
  None,
  None,
  { readonly collect: WorldPhase; readonly give: EachPhase }
> {
  const names: readonly string[] = distinct("government", "sectors", sectors);
  const paying = part({
    name: "government",
    world: {
      ...forEach(names, "payrollTaxes", () => f64({ unit: "money" })),
      taxes: f64({ unit: "money", doc: "of all sectors" }),
    },
    populations: {
      households: extension({
        state: { income: f64({ unit: "money" }), transfer: f64({ unit: "money", doc: "from the government" }) },
      }),
    },
    phases: ({ each, world }) => ({
      collect: world({ doc: "taxes of all sectors", writes: "scalars" }, (w) => {
        const taxed = w as unknown as Readonly<Record<string, number>>;
        w.taxes = names.reduce((sum, name) => sum + taxed[of(name, "payrollTaxes")]!, 0);
      }),
      give: each("households", { doc: "equal parts of all taxes" }, (k, from, to, w) => {
        for (let i = from; i < to; i++) {
          k.transfer[i] = w.taxes / w.households.size;
          k.income[i]! += k.transfer[i]!;
        }
      }),
    }),
    stages: { collect: "earn", give: "earn" },
    flows: {
      taxes: { unit: "money", receives: "taxes" },
      transfers: { unit: "money", pays: "taxes", receives: "households.transfer" },
    },
    metrics: { taxes: { unit: "money", doc: "of all sectors", of: (w) => w.taxes } },
  });
  return paying as never;
}
