// The same banks, totals and returns, with loans as even as can be and with few links: does the network that regulators assume hide contagion?
// Mistrulli 2011, Journal of Banking & Finance 35, 1114: for Italy maximum entropy mostly understates contagion, and overstates it where recovery is low.
import { balancedPanel, defineSimulation, math, unknown } from "walras";
import { interbank } from "../../economies/interbank.ts";

const [WORLDS, PERIODS] = [30, 20];
const drawn = unknown("returns are drawn: no theory says how many are pulled down");

export default defineSimulation({
  name: "risk/networks",
  summary:
    "Banks with the same totals lend by maximum entropy, and along few links: how many are pulled down by others.",
  economy: interbank,
  params: {
    banks: 20,
    network: "entropy",
    concentration: 0.3,
    leverage: 14,
    interbankShare: 0.4,
    lendingShare: 0.5,
    exposureCap: 10,
    impact: 0,
    correlation: 0.3,
    unrest: 1,
    calming: 0,
    capitalRatio: 0,
    assetRecovery: 0.4,
    claimRecovery: 0.4,
    horizon: PERIODS,
  },
  seeds: [1, 2, 3, 4, 5, 6],
  measure({ params, seed }) {
    const of = (network: string) => {
      const { series } = balancedPanel({
        economy: interbank,
        params: { ...params, network },
        series: ["failures", "spread"],
        periods: PERIODS,
        worlds: WORLDS,
        seed,
      });
      const mean = (name: string): number => math.mean(series[name]!.map((x) => math.mean(x)));
      return { failures: mean("failures"), spread: mean("spread") };
    };
    const [even, few] = [of("entropy"), of("density")];
    return {
      evenSpread: even.spread,
      fewSpread: few.spread,
      evenLessFew: even.spread - few.spread,
      "failures/0": even.failures,
      "failures/1": few.failures,
      "spread/0": even.spread,
      "spread/1": few.spread,
    };
  },
  expect: () => [
    {
      item: "pulled down by others: most even less few links",
      measure: "evenLessFew",
      claim: "either way",
      theory: drawn,
      unit: "share of banks per period",
      tolerance: 0,
      kind: "absolute",
    },
    {
      item: "pulled down by others, most even network",
      measure: "evenSpread",
      claim: "–",
      theory: drawn,
      unit: "share of banks per period",
      tolerance: 0,
      kind: "absolute",
    },
    {
      item: "pulled down by others, few links",
      measure: "fewSpread",
      claim: "–",
      theory: drawn,
      unit: "share of banks per period",
      tolerance: 0,
      kind: "absolute",
    },
  ],
  figures: () => [
    {
      title: "Failures by network",
      xLabel: "0: most even, 1: few links",
      yLabel: "share of banks per period",
      lines: [
        { label: "in default", measured: "failures", as: "bars" },
        { label: "pulled down by others", measured: "spread", as: "dots" },
      ],
      caption: "The same totals and returns; the network alone differs.",
    },
  ],
});
