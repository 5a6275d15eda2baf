// Turbulence that lasts: what banks saw tells what comes, and those that adapt have borrowed less when it strikes.
import { adaptation } from "./parts/adaptation.ts";

export default adaptation(
  "lasting-turbulence",
  "Owners risk little and turbulence lasts: banks that adapt their leverage to it, beside banks that do not.",
  { volatility: 0.02, turbulence: 2, calming: 0.2, exitCost: 3, leverageLow: 2, leverageHigh: 30 },
  (unit) => [
    {
      item: "in a network: pulled down by others, adapting less constant at the same mean leverage",
      measure: "spread/change",
      claim: "adaptation tames contagion",
      theory: 0,
      unit,
      tolerance: 0.05,
      kind: "below",
    },
    {
      item: "in a network: banks in default, adapting less constant at the same mean leverage",
      measure: "failures/change",
      claim: "adaptation tames failures",
      theory: 0,
      unit,
      tolerance: 0.05,
      kind: "below",
    },
  ],
);
