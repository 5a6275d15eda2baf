// What learners hold and do, beside theory: Lorenz curves of wealth, and policies over wealth.
import type { ExperimentFigure, FigureLine } from "walras";
import { lorenzCurve } from "walras/metrics";
import { curve, spaced } from "./lines.ts";

/** Percentages of households, from the poorest, at which Lorenz curves are read. */
const PERCENT = spaced(0, 100, 21);

/** Share of all wealth that the poorest 0, 5, … 100 % hold; of `wealth` nothing may be below 0. */
export function lorenzShares(wealth: ArrayLike<number>): number[] {
  const { holdings } = lorenzCurve(wealth);
  const n = wealth.length;
  return PERCENT.map((percent) => {
    const people = (percent / 100) * n;
    const whole = Math.min(n - 1, Math.floor(people));
    return holdings[whole]! + (people - whole) * (holdings[whole + 1]! - holdings[whole]!);
  });
}

/** Lorenz curves as summary values `<name>/<percent>`, means over those that were added, one for each period. */
export function createLorenzMean(): {
  add(wealth: ArrayLike<number>): void;
  of(name: string): Readonly<Record<string, number>>;
} {
  const sums = PERCENT.map(() => 0);
  let added = 0;
  return {
    add(wealth) {
      lorenzShares(wealth).forEach((share, k) => {
        sums[k]! += share;
      });
      added++;
    },
    of: (name) => Object.fromEntries(PERCENT.map((percent, k) => [`${name}/${percent}`, sums[k]! / added])),
  };
}

/**
 * `lines`: who holds wealth, and where their shares are measured; `exact`: theory's shares of the poorest 0, 1, … 100 %.
 */
export function lorenzFigure({
  lines,
  exact,
  caption,
}: {
  readonly lines: readonly { readonly label: string; readonly measured: string }[];
  readonly exact: ArrayLike<number>;
  readonly caption: string;
}): ExperimentFigure {
  return {
    title: "Lorenz curve of wealth",
    xLabel: "poorest households, per cent",
    yLabel: "share of all wealth",
    lines: [
      ...lines.map((line): FigureLine => ({ ...line, as: "dots" })),
      curve("exact", (percent) => exact[percent]!, spaced(0, 100, 101)),
      curve("equal wealth", (percent) => percent / 100, [0, 100]),
    ],
    caption,
  };
}

/** Consumption as a function of wealth: for each kind of household what was learned, as `<measured>/<wealth>`, and the exact policy. */
export function consumptionFigure({
  kinds,
  low,
  high,
  caption,
}: {
  readonly kinds: readonly {
    readonly label: string;
    readonly measured: string;
    readonly exact: (wealth: number) => number;
  }[];
  /** Wealth from and to which the exact policies are drawn. */
  readonly low: number;
  readonly high: number;
  readonly caption: string;
}): ExperimentFigure {
  return {
    title: "Consumption as a function of wealth",
    xLabel: "wealth, goods",
    yLabel: "consumption, goods",
    lines: [
      ...kinds.map(({ label, measured }): FigureLine => ({ label: `${label}, learned`, measured, as: "dots" })),
      ...kinds.map(({ label, exact }) => curve(`${label}, exact`, exact, spaced(low, high, 61))),
    ],
    caption,
  };
}
