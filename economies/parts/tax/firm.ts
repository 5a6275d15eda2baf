// A firm that rents capital and labour at their marginal products; or a bank stands between, and interest is fixed.
import { param, part, parts } from "walras";
import { treasury } from "./budgets.ts";

export const firm = part({
  name: "firm",
  params: {
    ...treasury.params,
    interestRate: param(0.04, { symbol: "r", unit: "per period", min: 0, max: 0.5, doc: "under fixed interest" }),
  },
  world: treasury.world,
  phases: ({ world }) => ({
    produce: world({ doc: "Y = A K^α L^(1−α); W and r are marginal products", writes: "scalars" }, parts.produce),
    fix: world({ doc: "r as given, whatever capital earns", writes: "scalars" }, (w, p) => {
      w.interest = p.interestRate;
    }),
  }),
});
