// A linear bonding curve and a constant-product pool beside radCAD, and the token market that ships, by the same orders: traders' steps per second of processor time, one world, one thread.
//
// Same on both sides: the rules, as few lines as they take (markets/curve.ts, markets/pool.ts, peers/radcad_markets.py), the orders, the number of traders and of periods, and doubles. What comes out is compared before
// anything is reported: the curve to rounding, the pool and the token market to their whole units of 2⁻²⁰ per trade. radCAD keeps every period's state, which is its purpose; ours keeps the last. Each side is timed
// without imports and construction, the best of several rounds.
import { readFileSync } from "node:fs";
import { tokenMarket } from "../economies/token-market.ts";
import { createSimulation, type Economy } from "../src/economy/index.ts";
import curve from "./markets/curve.ts";
import pool from "./markets/pool.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";
import { tokenMarketRow } from "./token-market.ts";
import { requireEqual } from "./turns.ts";

const UNIT = 2 ** -20;
const ROUNDS = 5;
const RADCAD = "radCAD";
const unit = "traders·periods/s";

const WORKLOADS = [
  { market: "curve", name: "linear bonding curve", traders: 50, periods: 1000 },
  { market: "curve", name: "linear bonding curve", traders: 5000, periods: 200 },
  { market: "pool", name: "constant product", traders: 50, periods: 1000 },
] as const;

interface Side {
  readonly perSecond: number;
  /** Scalars of the market, then money and tokens of five traders. */
  readonly state: readonly number[];
}

/** Plays `periods` periods from the start, several times. */
function played(
  economy: Economy,
  params: Readonly<Record<string, number>>,
  { traders, periods }: { readonly traders: number; readonly periods: number },
  scalars: readonly string[],
  decide?: (order: Float64Array) => void,
): Side {
  const simulation = createSimulation(economy, { params: { ...params, traders } });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const count = simulation.phases.length;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    simulation.reset(0);
    const order = decide && column("traders.order");
    const before = process.cpuUsage();
    for (let t = 0; t < periods; t++) {
      if (order) decide(order);
      for (let phase = 0; phase < count; phase++) simulation.runPhase(phase, 0);
      simulation.endPeriod(0);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  const state = [
    ...scalars.map((name) => column(`world.${name}`)[0]!),
    ...["money", "tokens"].flatMap((name) => [...column(`traders.${name}`).subarray(0, 5)]),
  ];
  return { perSecond: (traders * periods) / best, state };
}

/** The token market's traders order what a generator of each says. */
function shipped(work: { readonly traders: number; readonly periods: number }): Side {
  const random = new Int32Array(work.traders);
  let drawn = work.periods;
  const decide = (order: Float64Array) => {
    if (drawn++ === work.periods) {
      drawn = 1;
      random.forEach((_, i) => {
        random[i] = Math.imul(i + 1, 1_000_003);
      });
    }
    for (let i = 0; i < order.length; i++) {
      random[i] = Math.imul(random[i]!, 1664525) + 1013904223;
      order[i] = random[i]! / 2147483648;
    }
  };
  const params = { slope: 0.5 / work.traders, fee: 0.003, orderMax: 1, horizon: 1e5 };
  return played(tokenMarket, params, work, ["supply", "reserve", "treasury"], decide);
}

/** Of code, without blank ones and comments. */
const linesOf = (file: string): number =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;

/** As `walras bench markets` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes = [
    "Lines of code are those of the rules and what runs them: bench/markets/*.ts; bench/peers/radcad_markets.py, the market's functions and `run`. The token market that ships does much more, and counts money in whole units.",
  ];
  for (const work of WORKLOADS) {
    const { market, traders, periods } = work;
    const ours =
      market === "curve"
        ? [
            {
              name: "walras",
              lines: linesOf("markets/curve.ts"),
              ...played(curve, { slope: 0.5 / traders }, work, ["supply", "reserve", "treasury"]),
            },
            { name: "walras, token-market", lines: null, ...shipped(work) },
          ]
        : [
            {
              name: "walras",
              lines: linesOf("markets/pool.ts"),
              ...played(pool, {}, work, ["poolMoney", "poolTokens"]),
            },
          ];
    const workload = `${work.name}, ${traders} traders, ${periods} periods`;
    const row = (implementation: string, median: number, theirs: number | null, of = unit): void => {
      rows.push({
        workload,
        implementation,
        median,
        unit: of,
        ratio: theirs === null ? null : median / theirs,
        against: theirs === null ? null : RADCAD,
      });
    };
    const answer = await peer("radcad_markets", [market, String(traders), String(periods), String(ROUNDS)]);
    if (!answer.ok) {
      notes.push(`radCAD is left out: ${answer.reason}`);
      for (const { name, perSecond } of ours) row(name, perSecond, null);
      continue;
    }
    const theirs = answer.result as { version: string; agentStepsPerSecond: number; lines: number; state: number[] };
    const radCad = `${RADCAD} ${theirs.version}`;
    for (const { name, perSecond, lines, state } of ours) {
      // A trade is off by three units at most, a trader trades once a period, and a pool sees all of them.
      const roundings = { "walras, token-market": 3 * periods, walras: market === "pool" ? traders * periods : 0 }[
        name
      ]!;
      requireEqual(market, state, theirs.state, 1e-9 + roundings * UNIT, [name, radCad]);
      row(name, perSecond, theirs.agentStepsPerSecond);
      if (lines !== null) row(name, lines, null, "lines of code");
    }
    row(radCad, theirs.agentStepsPerSecond, null);
    row(radCad, theirs.lines, null, "lines of code");
  }
  rows.push(tokenMarketRow());
  return { suite: "markets", machine: machine(), rows, notes };
}
