// Turbulence so rough that a cautious bank earns nothing and only a gamble at its creditors' cost pays: who adapts to it borrows as much as may be.
import { adaptation } from "./parts/adaptation.ts";

export default adaptation(
  "gambling",
  "Turbulence so rough that only a gamble pays: banks that adapt their leverage to it, beside banks that do not.",
  { volatility: 0.03, turbulence: 3, calming: 0.2, exitCost: 2, leverageLow: 12, leverageHigh: 30 },
  () => [
    {
      item: "leverage after calm, in a network less apart",
      measure: "calmMore",
      claim: "who may be pulled down anyway borrows more",
      theory: 0,
      unit: "1",
      tolerance: 0,
      kind: "atLeast",
    },
  ],
);
