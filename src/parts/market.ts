// Where households and firms meet: all wealth is capital, all effective hours are hired, and goods go to whoever eats or saves.
import { extension, f64, part } from "../economy/index.ts";
import { gini } from "../math/index.ts";

export const market = part({
  name: "market",
  world: {
    capital: f64({ unit: "goods" }),
    labour: f64({ unit: "hours" }),
    output: f64({ unit: "goods" }),
    sales: f64({ unit: "goods" }),
    netInvestment: f64({ unit: "goods" }),
  },
  populations: {
    households: extension({
      state: {
        wealth: f64({ unit: "goods" }),
        productivity: f64({ unit: "hours" }),
        consumption: f64({ unit: "goods" }),
        saving: f64({ unit: "goods" }),
      },
    }),
  },
  phases: ({ total }) => ({
    rent: total("households", { doc: "K = Σ a, L = Σ e" }, { capital: "wealth", labour: "productivity" }),
    sell: total(
      "households",
      { doc: "C = Σ c, K′ − K = Σ (a′ − a)" },
      { sales: "consumption", netInvestment: "saving" },
    ),
  }),
  metrics: {
    capital: { unit: "goods/household", doc: "K per household", of: (w) => w.capital / w.households.size },
    output: { unit: "goods/household", doc: "Y per household", of: (w) => w.output / w.households.size },
    consumption: { unit: "goods/household", doc: "C per household", of: (w) => w.sales / w.households.size },
    wealthGini: {
      unit: "1",
      doc: "Gini coefficient of wealth, debts counting as none",
      of: ({ households }) => gini(households.wealth.map((a) => Math.max(0, a))),
    },
  },
});
