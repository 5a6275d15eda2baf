// CoVaR and marginal expected shortfall from simulated paths of banks, where both are known: banks apart, whose returns are normal with one correlation, and who never fail.
//
//   loss of bank i: s (√c Z + √(1 − c) ε_i),   of the system: their mean;   v = c + (1 − c)/n
//   ΔCoVaR = r s √v z_q with r = √v,   MES = r s φ(z_q)/(1 − q)
import { balancedPanel, defineSimulation, math, risk } from "walras";
import { interbank } from "../../economies/interbank.ts";

const [WORLDS, PERIODS, LEVEL, QUANTILE] = [60, 500, 0.95, 1.6448536269514722];

/** Deviation of a bank's return on capital, and of the mean of all; at a leverage of 4 nobody fails. */
function law(p: {
  readonly banks: number;
  readonly leverage: number;
  readonly reserves: number;
  readonly volatility: number;
  readonly correlation: number;
}) {
  const s = (p.leverage - p.reserves * (p.leverage - 1)) * p.volatility;
  const v = p.correlation + (1 - p.correlation) / p.banks;
  const tail = math.normalDensity(QUANTILE) / (1 - LEVEL);
  return {
    valueAtRisk: Math.sqrt(v) * s * QUANTILE,
    deltaCoVaR: v * s * QUANTILE,
    marginalExpectedShortfall: Math.sqrt(v) * s * tail,
  };
}

export default defineSimulation({
  name: "risk/co-risk",
  summary: "CoVaR and marginal expected shortfall of simulated banks are those of the normal law.",
  economy: interbank,
  params: {
    banks: 10,
    network: "random",
    partners: 1,
    concentration: 0,
    leverage: 4,
    interbankShare: 0,
    impact: 0,
    unrest: 0,
    capitalRatio: 0,
    runThreshold: -1,
    correlation: 0.4,
    horizon: PERIODS,
  },
  seeds: [1, 2, 3, 4, 5],
  measure({ params, seed }) {
    const { columns } = balancedPanel({
      economy: interbank,
      params,
      series: [],
      columns: { population: "banks", names: ["profit"] },
      periods: PERIODS,
      worlds: WORLDS,
      seed,
    });
    // [world × bank], one after the other
    const losses = columns["profit"]!.map((x) => x.map((y) => -y));
    const of = (bank: number): Float64Array =>
      Float64Array.from({ length: WORLDS * PERIODS }, (_, k) => {
        const [e, t] = [Math.floor(k / PERIODS), k % PERIODS];
        return losses[e * params.banks + bank]![t]!;
      });
    const banks = Array.from({ length: params.banks }, (_, i) => of(i));
    const system = banks[0]!.map((_, k) => banks.reduce((sum, x) => sum + x[k]! / params.banks, 0));
    const centre = math.mean(system);
    return {
      valueAtRisk: risk.valueAtRisk(system, LEVEL) - centre,
      deltaCoVaR: risk.coVaR(banks[0]!, system, LEVEL).deltaCoVaR,
      marginalExpectedShortfall: risk.marginalExpectedShortfall(banks[0]!, system, LEVEL) - centre,
      ...Object.fromEntries(
        [0.5, 0.75, 0.9, 0.95, 0.975, 0.99].map((q) => [`quantile/${q}`, risk.valueAtRisk(system, q) - centre]),
      ),
    };
  },
  // 30 000 samples: the 95 % quantile has a standard error of .0122 deviations, four of them 3 %; slopes and means beyond it twice that
  expect: (p) => {
    const theory = law(p);
    return [
      {
        item: "value at risk of the system, 95 %",
        measure: "valueAtRisk",
        claim: "σ z",
        theory: theory.valueAtRisk,
        unit: "per capital",
        tolerance: 0.03,
        kind: "relative",
      },
      {
        item: "ΔCoVaR, 95 %",
        measure: "deltaCoVaR",
        claim: "r σ z",
        theory: theory.deltaCoVaR,
        unit: "per capital",
        tolerance: 0.06,
        kind: "relative",
      },
      {
        item: "marginal expected shortfall, 95 %",
        measure: "marginalExpectedShortfall",
        claim: "r σ φ(z)/(1 − q)",
        theory: theory.marginalExpectedShortfall,
        unit: "per capital",
        tolerance: 0.06,
        kind: "relative",
      },
    ];
  },
  figures: (p) => {
    const { valueAtRisk } = law(p);
    const normal = [
      [0.5, 0],
      [0.75, 0.6744897501960817],
      [0.9, 1.2815515655446004],
      [0.95, QUANTILE],
      [0.975, 1.959963984540054],
      [0.99, 2.3263478740408408],
    ] as const;
    return [
      {
        title: "Value at risk of the system by level",
        xLabel: "level",
        yLabel: "loss per capital",
        lines: [
          { label: "ours", measured: "quantile" },
          { label: "normal law", points: normal.map(([q, z]) => [q, (valueAtRisk / QUANTILE) * z] as const) },
        ],
        caption: "Quantiles of the mean loss of banks, beside those of the normal law.",
      },
    ];
  },
});
