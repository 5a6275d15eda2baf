// Where fundamental traders steady a bonding curve: the region over (slope, reaction, traders), by simulation, beside mNg = 2; other curves by their slope at S*, small deviations and large ones.
import { createSimulation, defineSimulation, type ExperimentTable, type FigureLine, math } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";
import { curve as dashed, spaced } from "../parts/lines.ts";
import { bend, CURVES, type CurveName, curveThrough, slopeAt } from "./parts/curves.ts";
import {
  type Chase,
  chase,
  kinds,
  multiplier,
  recovery,
  rickerExponent,
  rickerSwing,
  UNIT,
} from "./parts/fundamentalists.ts";

/** Neighbouring slopes, and reactions, of a grid have this ratio: a boundary is found to within a cell of it. */
const CELL = 1.05;
const cells = (low: number, high: number): number[] => {
  const points = [low];
  while (points.at(-1)! * CELL <= high) points.push(points.at(-1)! * CELL);
  return points;
};

// On linear curves: N traders who react by g, on every slope of the grid.
const TRADERS = [10, 50, 200];
const REACTIONS = [0.1, 0.2, 0.4, 0.8];
const SLOPES = cells(1e-3, 3);
const DIES = 20; // periods after which a deviation has fallen or has not

// On all curves: from one point with one slope.
const AT = { supply: 100, price: 2 };
const N = 50;
const SLOPE = slopeAt(AT);
/** r = f′(S*) N g. */
const RATES = [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9];
const FAR = [0.5, 1, 1.5, 1.9, 1.98];
const STARTS = spaced(0, 500, 26);
const BEYOND = [1.8, 1.9, 2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9, 3];
const LONG = 300;

// Ricker's map: an exponential curve with room below S*.
const ROOM = { supply: 500, price: 2, growth: 0.01 };
const RICKER = [0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 1.9, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9, 3];

// With noise in posted prices.
const NOISE = { r: 0.1, sd: 0.1, worlds: 1000 };
/** Deviations, in standard deviations of those in the long run. */
const DEVIATIONS = [0, 0.5, 1, 1.5, 2, 3];

const onCurve = (name: CurveName, r: number, supply: number, periods: number): Chase => ({
  traders: N,
  reaction: r / (SLOPE * N),
  curve: curveThrough(name, AT),
  fundamental: AT.price,
  supply,
  periods,
});

export default defineSimulation({
  name: "bonding/stability",
  summary:
    "Fundamental traders steady a bonding curve where slope × traders × reaction is below 2: the region by simulation, on five curves, for small deviations and large ones.",
  economy: tokenMarket,
  params: { ...kinds(N), fundamental: 2.1, reaction: 0.2 },
  seeds: [1, 2, 3],
  maxSeconds: 120,
  measure: ({ seed }) => ({
    ...regionOfLinear(),
    ...smallDeviations(),
    ...largeDeviations(),
    ...beyond(),
    ...ricker(),
    ...drift(seed),
  }),
  expect: () => [
    ...(["least", "most"] as const).map((end) => ({
      item: `${end} mNg at the boundary, over ${TRADERS.length * REACTIONS.length} pairs of traders and reaction`,
      measure: `boundary/${end}`,
      claim: "V falls",
      theory: 2,
      unit: "1",
      tolerance: CELL - 1,
      kind: "relative" as const,
      note: "one cell of the grid of slopes",
    })),
    bounded(
      "multipliers on linear curves: error over its bound, at most",
      "multiplier/linear",
      "orders are cut to units of 2⁻²⁰",
    ),
    bounded(
      "multipliers of small deviations on other curves: likewise",
      "multiplier/others",
      "Taylor: ½ max|f″| (d₀² + d₁²)/|x₀|, and units",
    ),
    ...CURVES.filter((name) => name !== "linear").map((name) => ({
      item: `f′(S*) N g at the boundary, ${name} curve`,
      measure: `local/${name}`,
      claim: "–",
      theory: 2,
      unit: "1",
      tolerance: CELL - 1,
      kind: "relative" as const,
      note: "small deviations; one cell of the grid of reactions",
    })),
    {
      item: "large deviations that settle below 2, exponential curve",
      measure: "settle/exponential",
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 1e-9,
      kind: "absolute" as const,
      note: "Ricker's map settles from every price up to r = 2",
    },
    ...[2.2, 2.3, 2.4].map((r) => ({
      item: `swing of P/P* at r = ${r}, exponential curve`,
      measure: `ricker swing/${r}`,
      claim: "–",
      theory: rickerSwing(r),
      unit: "1",
      tolerance: 1e-3,
      kind: "absolute" as const,
      note: "ln((1 + d)/(1 − d)) = r d",
    })),
    ...[2.3, 3].map((r) => ({
      item: `Lyapunov exponent at r = ${r}, exponential curve`,
      measure: `ricker exponent/${r}`,
      claim: "–",
      theory: rickerExponent(r, 20_000),
      unit: "1/period",
      // A time average over 2000 periods of chaos; of a cycle it is exact.
      tolerance: r === 3 ? 0.08 : 1e-3,
      kind: "absolute" as const,
      note: r === 3 ? "chaos" : "a cycle of two",
    })),
    {
      item: "swing in f′(S*) S* at r = 2.3, linear curve",
      measure: "swing/linear/2.3",
      claim: "–",
      theory: 1.3,
      unit: "1",
      tolerance: 1e-3,
      kind: "absolute" as const,
      note: "r − 1: from S = 0 traders mint r S*, and burn all of it",
    },
    {
      item: "drift E[V′|x] − V under noise: error in standard errors, at most",
      measure: "drift error",
      claim: "V̇ < 0",
      theory: 0,
      unit: "1",
      tolerance: 4,
      kind: "atMost" as const,
      note: `−(1 − φ²) V + s², φ = 1 − r, s = r σ, at ${DEVIATIONS.length} deviations`,
    },
  ],
  figures,
  tables: () => [table()],
});

function bounded(item: string, measure: string, note: string) {
  return { item, measure, claim: "–", theory: 0, unit: "1", tolerance: 1, kind: "atMost" as const, note };
}

/** For each pair of traders and reaction the slope at which deviations no longer die out, and how exact multipliers are below it. */
function regionOfLinear(): Record<string, number> {
  const found: Record<string, number> = {};
  const products: number[] = [];
  let worst = 0;
  for (const traders of TRADERS)
    for (const reaction of REACTIONS) {
      let last = 0;
      let unstable = 0;
      for (const slope of SLOPES) {
        const curve = { curve: "linear", slope, intercept: 1 };
        const x = chase({ traders, reaction, curve, fundamental: 1 + 100 * slope, supply: 95, periods: DIES });
        if (diesOut(x)) {
          if (unstable > 0) throw new Error(`stability: slope ${slope} is stable above ${unstable}, which is not.`);
          last = slope;
          const { estimate, within } = multiplier(x, slope * traders * UNIT);
          // Prices are doubles near 1 + 100 m.
          worst = Math.max(worst, Math.abs(estimate - (1 - slope * traders * reaction)) / (within + 1e-12));
        } else unstable ||= slope;
      }
      // Between the last slope that is stable and the first that is not.
      const boundary = Math.sqrt(last * unstable);
      products.push(boundary * traders * reaction);
      found[`boundary ${traders}/${reaction}`] = boundary * traders;
    }
  return {
    ...found,
    "boundary/least": Math.min(...products),
    "boundary/most": Math.max(...products),
    "multiplier/linear": worst,
  };
}

/** Never more than at first but for units, and less in the end. */
const diesOut = (x: Float64Array): boolean =>
  Math.abs(x.at(-1)!) < Math.abs(x[0]!) && x.every((value) => Math.abs(value) <= 1.001 * Math.abs(x[0]!));

/** From half a token off S*: what is left after a period, and the reaction at which it no longer dies out. */
function smallDeviations(): Record<string, number> {
  const found: Record<string, number> = {};
  const off = 0.5;
  let worst = 0;
  for (const name of CURVES) {
    for (const r of RATES) {
      const x = chase(onCurve(name, r, AT.supply + off, 1));
      const left = x[1]! / x[0]!;
      found[`left ${name}/${r}`] = left;
      const next = Math.abs(1 - r) * off;
      const reach = off + 0.01;
      const taylor = (bend(name, AT, reach) / 2) * (off * off + next * next * 1.05);
      const units = SLOPE * (1 + bend(name, AT, reach) / SLOPE) * N * UNIT;
      if (name !== "linear") worst = Math.max(worst, Math.abs(left - (1 - r)) / ((taylor + units) / Math.abs(x[0]!)));
    }
    let last = 0;
    for (const r of cells(1, 4)) {
      const x = chase(onCurve(name, r, AT.supply + off, 60));
      // Over many periods and down to a fraction, lest a swing of its own be taken for the deviation's end.
      if (Math.abs(x[60]!) >= Math.abs(x[0]!)) {
        found[`local/${name}`] = Math.sqrt(last * r);
        break;
      }
      last = r;
    }
  }
  return { ...found, "multiplier/others": worst };
}

/** From supplies of 0 to 5 S*: which share settles, and how long the slowest takes over what the multiplier at S* says. */
function largeDeviations(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of CURVES) {
    let settled = 0;
    let tried = 0;
    let slowest = 0;
    for (const r of FAR) {
      const local = Math.max(1, Math.ceil(math.log(0.05) / math.log(Math.abs(1 - r) || 1e-9)));
      let here = 0;
      for (const supply of STARTS) {
        if (supply === AT.supply) continue;
        const steps = recovery(chase(onCurve(name, r, supply, LONG)));
        tried++;
        if (steps === Number.POSITIVE_INFINITY) continue;
        settled++;
        here = Math.max(here, steps);
      }
      found[`slowest ${name}/${r}`] = here / local;
      slowest = Math.max(slowest, here / local);
    }
    found[`settle/${name}`] = settled / tried;
    found[`slowest/${name}`] = slowest;
  }
  return found;
}

/** How far prices swing in the long run, over f′(S*) S*. */
function beyond(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of CURVES)
    for (const r of BEYOND) {
      const x = chase(onCurve(name, r, AT.supply + 5, LONG + 100)).slice(LONG);
      found[`swing/${name}/${r}`] = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (SLOPE * AT.supply);
    }
  return found;
}

/** The exponential curve where it is Ricker's map: swings, and the exponent, the mean ln |1 − N g f′(S)| along the way. */
function ricker(): Record<string, number> {
  const found: Record<string, number> = {};
  const { supply: S, price: P, growth } = ROOM;
  const curve = { curve: "exponential", growth, intercept: P * math.exp(-growth * S) };
  for (const r of RICKER) {
    const reaction = r / (growth * P * N);
    const x = chase({ traders: N, reaction, curve, fundamental: P, supply: S + 10, periods: 2300 }).slice(301);
    // f′ = k f
    const sum = x.reduce((total, value) => total + math.log(Math.abs(1 - N * reaction * growth * (P + value))), 0);
    found[`ricker exponent/${r}`] = sum / x.length;
    found[`ricker swing/${r}`] = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / P;
  }
  return found;
}

/** E[V′|x] − V, V = x², from many worlds that begin at x. */
function drift(seed: number): Record<string, number> {
  const { r, sd, worlds } = NOISE;
  const slope = 0.01;
  const s = r * sd;
  const φ = 1 - r;
  const longRun = s / Math.sqrt(1 - φ * φ);
  const found: Record<string, number> = {};
  let worst = 0;
  for (const [k, deviation] of DEVIATIONS.entries()) {
    const x = deviation * longRun;
    const simulation = createSimulation(tokenMarket, {
      params: {
        ...kinds(N),
        slope,
        intercept: 1,
        supply: 100,
        fundamental: 2 - x,
        reaction: r / (slope * N),
        noise: sd,
        money: 1e4,
      },
      numWorlds: worlds,
      seed,
      purpose: `drift/${k}`,
    });
    const S = simulation.columns["world.supply"] as Float64Array;
    let sum = 0;
    for (let e = 0; e < worlds; e++) {
      simulation.reset(e);
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      const after = 1 + slope * S[e]! - (2 - x);
      sum += after * after - x * x;
    }
    const theory = s * s - (1 - φ * φ) * x * x;
    // x′ = φ x − s z: Var V′ = 4 φ² x² s² + 2 s⁴
    const error = Math.sqrt((4 * φ * φ * x * x * s * s + 2 * s * s * s * s) / worlds);
    worst = Math.max(worst, Math.abs(sum / worlds - theory) / error);
    found[`drift/${deviation}`] = sum / worlds / (longRun * longRun);
  }
  return { ...found, "drift error": worst };
}

function figures() {
  const dots = (label: string, measured: string): FigureLine => ({ label, measured, as: "dots" });
  return [
    {
      title: "The stability region",
      xLabel: "reaction g, tokens²/money",
      yLabel: "slope × traders at the boundary, money/token²",
      lines: [
        ...TRADERS.map((traders) => dots(`${traders} traders`, `boundary ${traders}`)),
        dashed("mN = 2/g", (g) => 2 / g, spaced(0.1, 0.8, 57)),
      ],
      caption:
        "Below the dashed line deviations from P* die out, above it they grow. Each dot is the boundary among simulated slopes a twentieth apart.",
    },
    {
      title: "What is left of a small deviation",
      xLabel: "f′(S*) × traders × reaction",
      yLabel: "deviation a period later over the deviation now",
      lines: [...CURVES.map((name) => dots(name, `left ${name}`)), dashed("1 − f′(S*) N g", (r) => 1 - r, [0.1, 1.9])],
      caption: "Half a token above S*, on five curves through one point with one slope.",
    },
    {
      title: "Where prices end, beyond the boundary",
      xLabel: "f′(S*) × traders × reaction",
      yLabel: "largest deviation in the long run, over f′(S*) S*",
      lines: [
        ...CURVES.map((name): FigureLine => ({ label: name, measured: `swing/${name}` })),
        dashed("linear: r − 1", (r) => r - 1, [2.05, 3]),
      ],
      caption:
        "After 300 periods, from 5 tokens above S*. 1 is the price at a supply of 0 on a linear curve: beyond the boundary all tokens are burned in every other period.",
    },
    {
      title: "The exponential curve is Ricker's map",
      xLabel: "f′(S*) × traders × reaction",
      yLabel: "Lyapunov exponent, 1/period",
      lines: [
        dots("simulated market", "ricker exponent"),
        dashed("Ricker's map", (r) => (r < 2 ? math.log(Math.abs(1 - r)) : rickerExponent(r, 2000)), [
          ...spaced(0.25, 0.95, 29),
          ...spaced(1.05, 1.95, 37),
          ...spaced(2.02, 3, 99),
        ]),
      ],
      caption:
        "Mean ln of how much a period stretches a deviation. Below 0 prices settle or repeat themselves, above 0 they are chaotic.",
    },
    {
      title: "Lyapunov drift under noise",
      xLabel: "deviation, in standard deviations of the long run",
      yLabel: "E[V′|x] − V, over E V",
      lines: [
        dots("simulated", "drift"),
        dashed("−(1 − φ²)V + s²", (x) => (1 - (1 - NOISE.r) * (1 - NOISE.r)) * (1 - x * x), spaced(0, 3, 61)),
      ],
      caption:
        "V = (P − P*)². Noise in posted prices keeps V from falling near P*: it falls on average where |P − P*| is above its standard deviation.",
    },
  ];
}

function table(): ExperimentTable {
  return {
    title: "Fundamental traders on five curves through one point with one slope",
    cases: ["curve"],
    columns: [
      { name: "boundary", unit: "1" },
      { name: "settle", unit: "1" },
      { name: "slowest", unit: "1" },
      { name: "swing at 2.2", unit: "1" },
      { name: "swing at 3", unit: "1" },
    ],
    rows: CURVES.map((name) => ({
      of: [name],
      cells: [`local/${name}`, `settle/${name}`, `slowest/${name}`, `swing/${name}/2.2`, `swing/${name}/3`],
    })),
    note: `Boundary: r = f′(S*) N g beyond which a small deviation grows. Settle: share of large deviations, from supplies of 0 to ${STARTS.at(-1)} at r of ${FAR.join(", ")}, that come within 5 % for good. Slowest: the most periods that took, over ⌈ln .05/ln|1 − r|⌉. Swing: largest deviation in the long run, over f′(S*) S*. S* = ${AT.supply}, P* = ${AT.price}, f′(S*) = ${SLOPE.toPrecision(4)}, ${N} traders.`,
  };
}
