// Pictures of a solution or of learners: laws of motion, next capital over capital, the wealth that the paper's Table 1 has, and what bad times do.
import {
  type ExperimentFigure,
  type ExperimentTable,
  type FigureLine,
  impulseResponse,
  math,
  type ParamValue,
  type PlayOptions,
  solvers,
} from "walras";
import { krusellSmith } from "../../../economies/krusell-smith.ts";
import { curve, spaced } from "../../parts/lines.ts";
import type { Consumption } from "./policy.ts";

type Row = Readonly<Record<string, number>>;

/** Mean capital at which policies are drawn. */
const CAPITAL = 11.6;
const STATES = ["good times, work", "good times, no work", "bad times, work", "bad times, no work"] as const;
const TIMES = ["good times", "bad times"] as const;
/** Width of the steps of ln K in which growth is averaged. */
const STEP = 0.01;
/** Percentages of the richest in the paper's Table 1, and what they own. */
export const TOPS = [1, 5, 10, 20, 30] as const;
export const PAPER = [0.03, 0.11, 0.19, 0.35, 0.46] as const;
/** Where discount factors change between generations. */
export const PAPER_STOCHASTIC = [0.24, 0.55, 0.73, 0.88, 0.92] as const;

/** ln K′ − ln K in per cent, mean over the periods whose ln K is within half a step of a place, where there are at least ten: `<times>/<ln K>`. */
export function lawPoints(capital: ArrayLike<number>, times: ArrayLike<number>): Row {
  const found = new Map<string, number[]>();
  for (let t = 0; t < times.length; t++) {
    const x = math.log(capital[t]!);
    const name = `${TIMES[times[t]!]}/${(STEP * Math.round(x / STEP)).toFixed(2)}`;
    found.set(name, [...(found.get(name) ?? []), 100 * (math.log(capital[t + 1]!) - x)]);
  }
  return Object.fromEntries(
    [...found].filter(([, values]) => values.length >= 10).map(([name, values]) => [name, math.mean(values)]),
  );
}

/** `laws`: ln K′ = a + b ln K in good times and in bad, as somebody else found them. */
export const lawFigure = (laws: readonly { readonly intercept: number; readonly slope: number }[], whose: string) => {
  const growth = (z: number) => (x: number) => 100 * (laws[z]!.intercept + (laws[z]!.slope - 1) * x);
  return {
    title: "Law of motion of capital",
    xLabel: "ln K",
    yLabel: "ln K′ − ln K, per cent",
    lines: [
      ...TIMES.map((label): FigureLine => ({ label, measured: label, as: "dots" })),
      ...TIMES.map((label, z) => curve(`${label}, ${whose}`, growth(z), [2.36, 2.54])),
    ],
    caption: "Means over periods of nearly equal capital; the lines forecast by ln K and the times alone.",
  } satisfies ExperimentFigure;
};

/** k′ − k of a household in each state at mean capital of 11.6, `<state>/<k>`. */
export function savingPoints(p: solvers.KrusellSmith, consumption: Consumption): Row {
  return Object.fromEntries(
    STATES.flatMap((name, s) => spaced(0, 30, 21).map((k) => [`${name}/${k}`, savedAt(p, consumption, k, s)] as const)),
  );
}

function savedAt(p: solvers.KrusellSmith, consumption: Consumption, k: number, state: number): number {
  const { grossReturn, employed, unemployed } = solvers.krusellSmithPrices(p, CAPITAL, state >> 1);
  const cash = grossReturn * k + (state % 2 === 0 ? employed : unemployed);
  return Math.max(0, cash - consumption(k, state, CAPITAL)) - k;
}

/** `references`: what others find. */
export const savingFigure = (references: readonly FigureLine[], caption: string): ExperimentFigure => ({
  title: "Saving as a function of wealth",
  xLabel: "wealth k, goods",
  yLabel: "k′ − k, goods",
  lines: [...STATES.map((label): FigureLine => ({ label, measured: label, as: "line" })), ...references],
  caption: `At mean capital of 11.6. ${caption}`,
});

/** The exact policy, dashed. */
export const exactSaving = (p: solvers.KrusellSmith, consumption: Consumption): FigureLine[] =>
  STATES.map((label, s) => curve(`${label}, exact`, (k) => savedAt(p, consumption, k, s), spaced(0, 30, 21)));

/** What the poorest n per cent of the paper's households own. */
export const paperLorenzOf = (shares: readonly number[]): FigureLine => ({
  label: "the paper's Table 1",
  points: [...TOPS].reverse().map((top, k) => [100 - top, 1 - shares[4 - k]!]),
});
export const paperLorenz = paperLorenzOf(PAPER);

const WORLDS = 32;

/** Series whose response is drawn, by name in the economy. */
const SERIES = ["output", "consumption", "capital"] as const;

/**
 * What follows when bad times come after good ones, in per cent of what would have been: `<series>/<periods since>`. A sixteenth of those with work lose it at once,
 * so that unemployment is that of bad times; then all goes its way.
 */
export function badTimesCome({
  params = {},
  policies = {},
  seed,
  worlds = WORLDS,
  quarters = 40,
}: {
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly policies?: PlayOptions["policies"];
  readonly seed: number;
  readonly worlds?: number;
  readonly quarters?: number;
}): Row {
  const found = impulseResponse({
    economy: krusellSmith,
    params: { households: 1000, wealthSpread: 0.45, ...params, horizon: quarters + 2 },
    policies,
    series: SERIES,
    burnIn: 1,
    periods: quarters + 1,
    worlds,
    seed,
    shock(w, p) {
      if (w["times"] === 1) return;
      w["times"] = 1;
      const works = (w["households"] as unknown as { readonly works: Uint8Array }).works;
      const [good, bad] = [p["unemploymentGood"] as number, p["unemploymentBad"] as number];
      for (let i = 0, due = 0; i < works.length; i++)
        if (works[i] === 1) {
          due += (bad - good) / (1 - good);
          if (due >= 1) {
            works[i] = 0;
            due--;
          }
        }
    },
  });
  return Object.fromEntries(
    SERIES.flatMap((name) =>
      Array.from(
        found[name]!.response,
        (x, t) => [`response/${name}/${t}`, (100 * x) / found[name]!.baseline[t]!] as const,
      ),
    ),
  );
}

export const responseFigure = (worlds = WORLDS): ExperimentFigure => ({
  title: "Bad times come",
  xLabel: "quarters since",
  yLabel: "per cent of what would have been",
  lines: SERIES.map((name): FigureLine => ({ label: name, measured: `response/${name}` })),
  caption: `Mean over ${worlds} worlds with the same draws, with bad times in the first quarter and without; an eighth of them have bad times anyway. Later times are drawn.`,
});

/** Who owns how much, by the paper, the solution and learners, whose shares are `top/<percent>` and `wealthGini`. */
export const wealthTable = (
  paper: { readonly shares: readonly number[]; readonly gini: number },
  solution: { readonly topShares: readonly number[]; readonly wealthGini: number },
  note: string,
): ExperimentTable => ({
  title: "Distribution of wealth",
  cases: ["richest"],
  columns: [
    { name: "paper", unit: "share" },
    { name: "solution", unit: "share" },
    { name: "learners", unit: "share" },
  ],
  rows: [
    ...TOPS.map((top, at) => ({
      of: [`${top} %`],
      cells: [paper.shares[at]!, solution.topShares[at]!, `top/${top}`],
    })),
    { of: ["Gini coefficient"], cells: [paper.gini, solution.wealthGini, "wealthGini"] },
  ],
  note,
});
