// Two chains by rule over bridges that take five periods: the gap while they are open, halted, and open again; where every other transfer fails; and how a jump of one price comes to the other chain.
import { type AnyParamValues, balancedPanel, defineSimulation, impulseResponse, math } from "walras";
import { chains } from "../../economies/chains.ts";

const [WORLDS, WINDOW, SETTLED] = [8, 2000, 200];
const [DELAY, JUMP, AFTER] = [5, 1, 30];

/** Standard deviation of the gap over a window, all worlds together; its mean is 0. */
const spread = (gaps: readonly Float64Array[], from: number): number =>
  Math.sqrt(math.mean(gaps.map((gap) => math.mean(gap.subarray(from, from + WINDOW).map((x) => x * x)))));

const gaps = (params: AnyParamValues, seed: number, periods: number): readonly Float64Array[] =>
  balancedPanel({ economy: chains, params, series: ["gap"], burnIn: SETTLED, periods, worlds: WORLDS, seed }).series
    .gap!;

/** What a jump of the first chain's price does to the second's, by period. */
const responses = (params: AnyParamValues, seed: number): Float64Array =>
  impulseResponse({
    economy: chains,
    params,
    series: ["secondPrice"],
    burnIn: SETTLED,
    periods: AFTER,
    worlds: 200,
    seed,
    shock: (w, p) => {
      const pools = w.chains as unknown as Record<"price" | "poolTokens" | "takersTokens", Float64Array>;
      const bought = JUMP / (p.slope as number);
      pools.price[0]! += JUMP;
      pools.poolTokens[0]! -= bought;
      pools.takersTokens[0]! += bought;
    },
  }).secondPrice!.response;

export default defineSimulation({
  name: "chains/halt",
  summary: "While bridges are halted the gap between chains has the law of noise alone; open, they narrow it again.",
  economy: chains,
  params: { delays: [DELAY], horizon: 1_000_000 },
  totalSteps: 1000,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  measure({ params, seed }) {
    const halted = { haltFrom: SETTLED + WINDOW, haltLength: WINDOW + SETTLED };
    const scenario = gaps({ ...params, ...halted }, seed, 3 * WINDOW + 2 * SETTLED);
    const [open, idle, again] = [0, WINDOW + SETTLED, 2 * (WINDOW + SETTLED)].map((from) => spread(scenario, from));
    const failing = spread(gaps({ ...params, failureRate: 0.5 }, seed, WINDOW), 0);
    const linked = responses(params, seed);
    const apart = responses({ ...params, haltLength: 1_000_000 }, seed);
    return {
      open: open!,
      idle: idle!,
      openOfIdle: open! / idle!,
      againOfOpen: again! / open!,
      failingOfOpen: failing / open!,
      moved: Math.max(...linked),
      movedApart: Math.max(...apart.map(Math.abs)),
      ...Object.fromEntries(Array.from(linked, (x, t) => [`second/${t}`, x])),
    };
  },
  figures: () => [
    {
      title: "A jump on the first chain comes to the second",
      xLabel: "periods after the jump",
      yLabel: "change of the second chain's price, money/token",
      lines: [
        { label: "bridges open", measured: "second" },
        { label: "halted", as: "reference", level: 0 },
      ],
      caption: `Takers push the first chain's price up by ${JUMP}. Arbitrageurs buy on the second chain at once, and sell on the first ${DELAY} periods later.`,
    },
  ],
  // The gap forgets itself within 1/κ = 10 periods: a window of all worlds is 800 independent values, and four standard errors of its standard deviation are 4/√1600 = 10 %.
  expect: (_p, truth) => [
    {
      item: "standard deviation of the gap, bridges halted",
      measure: "idle",
      claim: "σ/√κ",
      theory: truth.idleSd,
      unit: "money/token",
      tolerance: 0.1,
      kind: "relative",
    },
    {
      item: "open over halted",
      measure: "openOfIdle",
      claim: "arbitrage narrows the gap: below 1 by more than both errors",
      theory: 1,
      unit: "1",
      tolerance: 0.8,
      kind: "atMost",
    },
    {
      item: "open again over open",
      measure: "againOfOpen",
      claim: "a halt leaves nothing behind",
      theory: 1,
      unit: "1",
      tolerance: 0.14,
      kind: "absolute",
    },
    {
      item: "every other transfer fails, over open",
      measure: "failingOfOpen",
      claim: "no narrower than where none fails, to four standard errors",
      theory: 1,
      unit: "1",
      tolerance: 0.86,
      kind: "atLeast",
    },
    {
      item: "a jump of the other chain's price, bridges halted",
      measure: "movedApart",
      claim: "stays where it is",
      theory: 0,
      unit: "money/token",
      tolerance: 0,
      kind: "absolute",
    },
    {
      item: "a jump of the other chain's price, bridges open",
      measure: "moved",
      claim: "arrives, in part",
      theory: JUMP,
      unit: "money/token",
      tolerance: 0.1,
      kind: "atLeast",
    },
  ],
});
