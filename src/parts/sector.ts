// Firms of one sector: Y = A K^α L^(1−α) with what labour and capital have come to it, sold whole at the market's price, and all sales paid out to those who made
// it. With competition each hour and each machine earns the value of its marginal product.
//
//   w L = (1 − α) p Y/(1 + τ),   r K = α p Y,   payroll tax τ w L
import { f64, param, part, type Renamed, renamed } from "../economy/index.ts";
import { pow } from "../math/index.ts";

const money = (doc: string) => f64({ unit: "money", doc });
const firms = part({
  name: "sector",
  params: {
    productivity: param(1, { symbol: "A", min: 1e-3, max: 1e3, doc: "total factor productivity" }),
    capitalShare: param(1 / 3, { symbol: "α", min: 0.01, max: 0.99, doc: "share of sales that capital earns" }),
    payrollTax: param(0, { symbol: "τ", min: 0, max: 100, doc: "tax on wages, over wages" }),
  },
  world: {
    labour: f64({ unit: "hours", doc: "L, hired" }),
    capital: f64({ unit: "machines", doc: "K, rented" }),
    output: f64({ unit: "goods", doc: "Y, output" }),
    delivered: f64({ unit: "goods", doc: "output sold" }),
    price: f64({ unit: "money/good", doc: "p, price of the output" }),
    sales: money("price times output sold"),
    wage: f64({ unit: "money/hour", doc: "w, 0 where nobody works" }),
    rental: f64({ unit: "money/machine", doc: "r, 0 without machines" }),
    wageBill: money("w L, paid to labour"),
    rentBill: money("r K, paid to capital"),
    payrollTaxes: money("τ w L, paid to the government"),
  },
  phases: ({ world }) => ({
    produce: world({ doc: "Y = A K^α L^(1−α)", writes: "scalars" }, (w, p) => {
      w.output = p.productivity * pow(w.capital, p.capitalShare) * pow(w.labour, 1 - p.capitalShare);
    }),
    pay: world(
      { doc: "capital earns the share α of sales, labour and the tax on its wages the rest", writes: "scalars" },
      (w, p) => {
        w.rentBill = p.capitalShare * w.sales;
        w.wageBill = (w.sales - w.rentBill) / (1 + p.payrollTax);
        w.payrollTaxes = w.sales - w.rentBill - w.wageBill;
        w.wage = w.labour === 0 ? 0 : w.wageBill / w.labour;
        w.rental = w.capital === 0 ? 0 : w.rentBill / w.capital;
      },
    ),
  }),
  stages: { produce: "produce", pay: "pay" },
  flows: {
    goods: { unit: "goods", pays: "delivered" },
    sales: { unit: "money", receives: "sales" },
    wages: { unit: "money", pays: "wageBill" },
    rents: { unit: "money", pays: "rentBill" },
    taxes: { unit: "money", pays: "payrollTaxes" },
  },
  budget: "a sector pays out all that it sells for",
  metrics: {
    price: { unit: "money/good", doc: "price of the sector's good", of: (w) => w.price },
    output: { unit: "goods", doc: "output of the sector", of: (w) => w.output },
    labour: { unit: "hours", doc: "hours that the sector hires", of: (w) => w.labour },
    capital: { unit: "machines", doc: "machines that the sector rents", of: (w) => w.capital },
    wage: { unit: "money/hour", doc: "wage that the sector pays", of: (w) => w.wage },
    rental: { unit: "money/machine", doc: "what the sector pays for a machine", of: (w) => w.rental },
  },
});

/** Firms of a sector, under its name: `farmPrice`, `farmLabour`; the flows of wages, rents and payroll taxes are those of all sectors. */
export const sector = <const G extends string>(name: G): Renamed<typeof firms, G, "wages" | "rents" | "taxes"> =>
  renamed(firms, name, { keep: ["wages", "rents", "taxes"] });
