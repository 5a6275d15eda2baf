// Spread, depth and diffusion of the order book as powers of δ/μ, over two decades.
import { defineSimulation, math } from "walras";
import { orderBook } from "../../economies/order-book.ts";
import { meanSpread } from "../../economies/parts/book.ts";
import { type BookLaws, bookLaws } from "./parts/laws.ts";

const RATIOS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const LIVES = 200;

/** Exponent of a power of δ/μ, by least squares in logs. */
const exponent = (values: readonly number[]): number =>
  math.leastSquaresLine(RATIOS.map(math.log), values.map(math.log)).slope;
/** Mean-field theory's spread over μ/α. */
const meanField = (ratio: number): number =>
  meanSpread({ limitRate: 1, marketRate: 1, cancelRate: ratio, ticks: 1, follow: true });

/** A line of that slope through the middle of the figure. */
const slope = (power: number): readonly (readonly [number, number])[] =>
  [RATIOS[0]!, RATIOS[RATIOS.length - 1]!].map(
    (ratio) => [math.log10(ratio), power * math.log10(ratio / 0.02) - 0.5] as const,
  );

export default defineSimulation({
  name: "order-book/scaling",
  summary: "Spread, depth and price diffusion of a book of random orders, as powers of δ/μ.",
  economy: orderBook,
  totalSteps: 20,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  measure({ seed }) {
    const laws = RATIOS.map((ratio) => bookLaws(ratio, seed, LIVES));
    const of = (name: keyof BookLaws): number[] => laws.map((law) => law[name]);
    const spreads = of("spread");
    return {
      spreadExponent: exponent(spreads),
      overMeanField: math.mean(spreads.map((spread, k) => spread / meanField(RATIOS[k]!))),
      farDepth: math.mean(of("depth")),
      lacking: math.mean(of("deficit")),
      slowExponent: exponent(of("slow")),
      fastExponent: exponent(of("fast")),
      ...Object.fromEntries(
        laws.flatMap(({ ratio, spread, slow, fast }) => [
          [`spread/${math.log10(ratio)}`, spread],
          [`slow/${math.log10(ratio)}`, math.log10(slow)],
          [`fast/${math.log10(ratio)}`, math.log10(fast)],
        ]),
      ),
    };
  },
  expect: () => [
    {
      item: "depth far from the quotes, over α/δ",
      measure: "farDepth",
      claim: "α/δ",
      theory: 1,
      unit: "1",
      kind: "absolute",
      tolerance: 0.02,
    },
    {
      item: "orders that the book lacks, over μ/δ",
      measure: "lacking",
      claim: "–",
      theory: 1,
      unit: "1",
      kind: "absolute",
      tolerance: 0.1,
    },
    {
      item: "exponent of the spread in δ/μ",
      measure: "spreadExponent",
      claim: "(μ/α)(0.28 + 1.86 (δ/μ)^¾), Farmer, Patelli & Zovko 2005",
      theory: exponent(RATIOS.map(meanField)),
      unit: "1",
      kind: "absolute",
      tolerance: 0.05,
    },
    {
      item: "spread over mean-field theory's",
      measure: "overMeanField",
      claim: "the same",
      theory: 1,
      unit: "1",
      kind: "absolute",
      tolerance: 0.1,
    },
    {
      item: "exponent of price diffusion over long times",
      measure: "slowExponent",
      claim: "(μ²δ/α²)(δ/μ)^½",
      theory: 0.5,
      unit: "1",
      kind: "absolute",
      tolerance: 0.1,
    },
    {
      item: "exponent of price diffusion between two market orders",
      measure: "fastExponent",
      claim: "(μ²δ/α²)(δ/μ)^−½",
      theory: -0.5,
      unit: "1",
      kind: "absolute",
      tolerance: 0.1,
    },
  ],
  figures: () => [
    {
      title: "Spread over δ/μ",
      xLabel: "log₁₀ δ/μ",
      yLabel: "spread over μ/α",
      lines: [
        { label: "book", measured: "spread" },
        { label: "mean-field theory", points: RATIOS.map((ratio) => [math.log10(ratio), meanField(ratio)] as const) },
      ],
      caption: "Means over time. The formula is Farmer, Patelli and Zovko's.",
    },
    {
      title: "Price diffusion over δ/μ",
      xLabel: "log₁₀ δ/μ",
      yLabel: "log₁₀ of D over μ²δ/α²",
      lines: [
        { label: "over two lives of an order", measured: "slow" },
        { label: "between two market orders", measured: "fast" },
        { label: "slope ½", points: slope(0.5) },
        { label: "slope −½", points: slope(-0.5) },
      ],
      caption:
        "Variance of the mid price per time. The dashed lines have the slopes of the scaling laws; their height is arbitrary.",
    },
  ],
});
