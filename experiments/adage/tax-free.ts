// What stands beside the tax experiments: the same households, worlds and seeds, and no taxes.
import type { Experiment } from "walras";
import { solvedEffect } from "./parts/solved-households.ts";
import { none, ruledBy } from "./parts/taxation.ts";

const taxFree: Experiment = {
  ...ruledBy(none, { name: "adage/tax-free", summary: "The households of adage/tax in a free market." }),
  expect: (p) => [
    {
      item: "welfare less that of households who solved their problem",
      measure: "overSolvedFreeMarket",
      claim: "–",
      theory: 0,
      unit: "utils",
      tolerance: Number((solvedEffect(p, "welfare") / 2).toPrecision(2)),
      kind: "absolute",
      note: "half of what a tax can gain",
    },
  ],
};

export default taxFree;
