// The paper's third scenario: how long prices need after a spike, against the analytic count, and where in slope, reaction and traders 20 periods cannot be enough.
import { defineSimulation, type Expectation, math } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";
import { curve, spaced } from "../parts/lines.ts";
import { recovery } from "./parts/fundamentalists.ts";
import { afterSpike, recoverable, WITHIN_20 } from "./parts/spike.ts";

const SLOPES = [0.005, 0.01, 0.02];
const TRADERS = [10, 50, 200];
/** m N g, none at an edge where a unit of a token decides. */
const RATES = [0.05, 0.1, 0.139, 0.14, 0.2, 0.5, 0.9, 1.3, 1.5, 1.8, 1.86, 1.861, 1.9, 1.95];
const MARKET = { slope: 0.01, traders: 50 };
const PERIODS = 120;
const WORLDS = 100;
/** A tenth of a percent of the price, and one percent. */
const CALM = 0.002;
const NOISY = 0.02;

const steps = (r: number): number => Math.max(1, Math.ceil(math.log(0.05) / math.log(Math.abs(1 - r))));

export default defineSimulation({
  name: "bonding/shock-recovery",
  summary: "After a spike of demand fundamental traders bring the price back in as many periods as theory counts.",
  economy: tokenMarket,
  params: { traders: 0, fundamentalists: 50, fundamental: 2, reaction: 1 },
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 30,
  measure({ seed }) {
    const found: Record<string, number> = { off: 0, least: 2, largest: 0, leastOff: 0, largestOff: 0 };
    for (const traders of TRADERS)
      for (const slope of SLOPES) {
        for (const r of RATES) {
          const [x] = afterSpike({ slope, traders, reaction: r / (slope * traders), tokens: 10, periods: PERIODS });
          const taken = recovery(x!);
          found["off"] = Math.max(found["off"]!, Math.abs(taken - steps(r)));
          if (slope === MARKET.slope && traders === MARKET.traders) found[`steps/${r}`] = taken;
        }
        const [least, largest] = recoverable(slope, traders, 20);
        found["leastOff"] = Math.max(found["leastOff"]!, Math.abs(least - WITHIN_20[0]));
        found["largestOff"] = Math.max(found["largestOff"]!, Math.abs(largest - WITHIN_20[1]));
        found[`slowest ${traders}/${slope}`] = least / slope;
        found[`fastest ${traders}/${slope}`] = largest / slope;
      }
    for (const r of RATES) {
      const reaction = r / (MARKET.slope * MARKET.traders);
      const spike = { ...MARKET, reaction, tokens: 40, periods: 40, worlds: WORLDS, seed };
      const share = (noise: number, within: (x: Float64Array) => boolean): number =>
        afterSpike({ ...spike, noise }).filter(within).length / WORLDS;
      found[`kept/${r}`] = share(CALM, (x) => recovery(x) <= 20);
      found[`reached/${r}`] = share(NOISY, (x) => x.slice(1, 21).some((value) => Math.abs(value) <= 0.05 * x[0]!));
    }
    return found;
  },
  expect: () => [
    {
      item: "periods until 5 % are left, off theory by at most",
      measure: "off",
      claim: "⌈ln .05/ln|1 − mNg|⌉",
      theory: 0,
      unit: "periods",
      tolerance: 0,
      kind: "atMost",
      note: `${RATES.length} rates mNg × ${SLOPES.length} slopes × ${TRADERS.length} numbers of traders`,
    },
    ...[0.05, 0.1, 0.14, 0.5, 1.9].map(
      (r): Expectation => ({
        item: `periods at mNg = ${r}`,
        measure: `steps/${r}`,
        claim: "20 or fewer",
        theory: steps(r),
        unit: "periods",
        tolerance: 0,
        kind: "absolute",
      }),
    ),
    share("spikes that are over for good within 20 periods, mNg = .5", "kept/0.5", 1, 0.9, "atLeast"),
    share("likewise, mNg = .1: must fail", "kept/0.1", 0, 0.1, "atMost"),
    share("likewise, mNg = 1.95: must fail", "kept/1.95", 0, 0.1, "atMost"),
    edge(
      "least mNg that recovers within 20 periods, off theory by at most",
      "leastOff",
      `1 − .05^(1/20) = ${WITHIN_20[0].toFixed(4)}`,
    ),
    edge("largest one, off theory by at most", "largestOff", `1 + .05^(1/20) = ${WITHIN_20[1].toFixed(4)}`),
  ],
  figures: () => [
    {
      title: "Periods until 5 % of a spike are left",
      xLabel: "slope × traders × reaction",
      yLabel: "periods",
      caption: "50 traders on a linear curve of slope 0.01, without noise. Dashed: theory, and the paper's 20.",
      lines: [
        { label: "simulated", measured: "steps", as: "dots" },
        curve("⌈ln .05/ln|1 − mNg|⌉", steps, [...spaced(0.05, 0.95, 91), ...spaced(1.05, 1.95, 91)]),
        { label: "the paper's 20", level: 20 },
      ],
    },
    {
      title: "Where 20 periods are enough",
      xLabel: "slope, money/token²",
      yLabel: "traders × reaction, tokens²/money",
      caption:
        "Between the lower and the upper dots a spike is over within 20 periods, whatever the number of traders. Below prices are too slow; above they overshoot, and beyond 2/m ever more.",
      lines: [
        ...TRADERS.flatMap((traders) => [
          { label: `${traders} traders, slowest`, measured: `slowest ${traders}`, as: "dots" as const },
          { label: `${traders} traders, fastest`, measured: `fastest ${traders}`, as: "dots" as const },
        ]),
        ...[...WITHIN_20, 2].map((r) => curve(`${Number(r.toFixed(4))}/m`, (m) => r / m, spaced(0.005, 0.02, 31))),
      ],
    },
    {
      title: "Spikes over within 20 periods, under noise",
      xLabel: "slope × traders × reaction",
      yLabel: "share of worlds",
      caption: `${WORLDS} worlds for each seed. For good: posted prices have a standard deviation of ${CALM}, a spike is 0.4. Reached once: of ${NOISY}, where noise alone leaves and enters the 5 %.`,
      lines: [
        { label: "for good", measured: "kept" },
        { label: "reached once", measured: "reached" },
        ...WITHIN_20.map((r) => ({
          label: r < 1 ? "too slow below" : "too far above",
          points: [
            [r, 0],
            [r + 1e-6, 1],
          ] as const,
        })),
      ],
    },
  ],
});

function share(
  item: string,
  measure: string,
  theory: number,
  tolerance: number,
  kind: "atLeast" | "atMost",
): Expectation {
  return { item, measure, claim: "90 % of seeds", theory, unit: "share", tolerance, kind };
}

/** A unit of a token in each order of 200 traders moves a price by 4e-6 of 0.2. */
function edge(item: string, measure: string, claim: string): Expectation {
  return { item, measure, claim, theory: 0, unit: "1", tolerance: 1e-4, kind: "atMost" };
}
