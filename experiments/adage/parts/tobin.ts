// A Tobin tax against the volatility of attendance: ADAGE §4.3, Table 2 and figures 7 and 9.
//
// Traders see the tax, so that one table of payoffs answers to every tax: the untaxed baseline is the same traders with the tax at 0.
import {
  defineExperiment,
  type Expectation,
  type Experiment,
  type ExperimentFigure,
  known,
  leaders,
  logitResponse,
  math,
  optimise,
  type ParamsOf,
  type Player,
} from "walras";
import { marketEntry } from "../../../economies/market-entry.ts";
import * as theory from "../../../economies/theory/market-entry.ts";
import { curve, level, SEARCH, STEPS } from "../../parts/lines.ts";

const calm: leaders.Task = {
  name: "calm",
  leader: "scenario",
  score: leaders.reduceVolatility("attendance"),
};

/** Table 2: σ and mean absolute percentage change, untaxed and under ADAGE. */
export const PAPER: Readonly<Record<number, { readonly sd: [number, number]; readonly change: [number, number] }>> = {
  2: { sd: [1.35, 1.2], change: [0.66, 0.63] },
  4: { sd: [0.92, 0.86], change: [0.09, 0.14] },
  6: { sd: [1.23, 1.42], change: [0.49, 0.07] },
  8: { sd: [1.64, 1.48], change: [0.25, 0.19] },
  10: { sd: [3.67, 1.49], change: [0.08, 0.13] },
  12: { sd: [2.13, 1.62], change: [0.16, 0.05] },
  14: { sd: [1.88, 1.31], change: [0.14, 0.06] },
  16: { sd: [1.39, 1.97], change: [0.09, 0.14] },
  18: { sd: [2.22, 0.75], change: [0.15, 0.04] },
};

export function tobinExperiment(name: string, capacity: number, updates = 40): Experiment {
  const { sd, change } = PAPER[capacity];
  return defineExperiment({
    name,
    summary: `A leader finds the tax on switching that calms attendance at a capacity of ${capacity}; Table 2.`,
    economy: marketEntry,
    params: { capacity, taxation: "episode", observeMean: false, horizon: 500 },
    algorithm: leaders.nested({ task: calm, followers: logitResponse, optimiser: optimise.bayesianOptimisation }),
    config: {
      updates,
      warmup: 0.5,
      exploration: 0.5,
      proposals: 4,
      spread: 0.05,
      evaluationSampled: true,
      evaluationWorlds: 4,
      gapGrid: 2,
      "followers.rationality": 2,
      "followers.bins": 21,
    },
    numEnvs: 36,
    totalSteps: STEPS_PER_UPDATE * updates,
    seeds: Array.from({ length: 30 }, (_, k) => k + 1),
    maxSeconds: 20,
    evaluation: { sampled: true, every: 1000, periods: 10, finalPeriods: 500 },
    measure: (player, _p, training) => ({
      taxRate: training["leader/theta/tax"],
      bestResponseGap: training["followers/bestResponseGap"],
      ...compare(player),
    }),
    expect(p, truth) {
      const taxed = theory.logitAttendance({ ...p, taxRate: p.taxRateMax });
      // At the least and the greatest capacity the tax changes so little that chance decides which tax looks best.
      const untaxedSd = known(truth.logitAttendanceSd);
      const matters = untaxedSd - taxed.sd > 0.15;
      return [
        ...(matters ? [highestTax(p.taxRateMax)] : []),
        {
          item: "deviation of attendance, untaxed",
          measure: "untaxedSd",
          claim: String(sd[0]),
          theory: truth.logitAttendanceSd,
          unit: "traders",
          tolerance: 0.15,
          kind: "absolute",
        },
        {
          item: "deviation of attendance, taxed",
          measure: "taxedSd",
          claim: String(sd[1]),
          theory: taxed.sd,
          unit: "traders",
          tolerance: 0.15,
          kind: "absolute",
          note: "theory: at the highest tax",
        },
        {
          item: "mean absolute percentage change, untaxed",
          measure: "untaxedChange",
          claim: String(change[0]),
          theory: truth.logitAttendanceChange,
          unit: "share",
          tolerance: 0.05,
          kind: "absolute",
        },
        {
          item: "mean absolute percentage change, taxed",
          measure: "taxedChange",
          claim: String(change[1]),
          theory: taxed.change,
          unit: "share",
          tolerance: 0.05,
          kind: "absolute",
        },
        {
          item: "mean payoff, untaxed",
          measure: "untaxedReward",
          claim: "–",
          theory: truth.logitReward,
          unit: "reward",
          tolerance: 0.4,
          kind: "absolute",
          note: "a trader more in the mean takes 1.1 from everybody",
        },
        {
          item: "mean payoff, taxed",
          measure: "taxedReward",
          claim: "–",
          theory: taxed.reward,
          unit: "reward",
          tolerance: 0.4,
          kind: "absolute",
          note: "after tax; a fall in deviation is not a gain by itself",
        },
        ...(matters ? calmer(taxed.sd - untaxedSd, sd) : []),
      ];
    },
    figures,
  });
}

const STEPS_PER_UPDATE = 36 * 500;

function figures(p: ParamsOf<typeof marketEntry>): ExperimentFigure[] {
  const [untaxed, taxed] = [0, p.taxRateMax].map((taxRate) => theory.logitAttendance({ ...p, taxRate }));
  const all = Array.from({ length: p.traders + 1 }, (_, D) => D);
  return [
    {
      title: "Attendance, period by period",
      xLabel: "period, after fifty",
      yLabel: "traders in the market",
      lines: [
        { label: "untaxed", measured: "series/untaxed" },
        { label: "taxed", measured: "series/taxed" },
        level("capacity", p.capacity),
      ],
      band: "range",
      caption: `Figure ${p.capacity === 12 ? "7a" : "9"}: one rollout per seed, all from the same draws, taxed and untaxed.`,
    },
    {
      title: "How often how many are in",
      xLabel: "traders in the market",
      yLabel: "share of periods",
      lines: [
        { label: "untaxed", measured: "attendance/untaxed" },
        { label: "taxed", measured: "attendance/taxed" },
        curve("untaxed, logit chain", (D) => untaxed.law[D], all),
        curve(`taxed at ${p.taxRateMax}, logit chain`, (D) => taxed.law[D], all),
      ],
      caption: `Figure ${p.capacity === 12 ? "7b" : "9"}, capacity ${p.capacity}: deviations ${untaxed.sd.toFixed(2)} and ${taxed.sd.toFixed(2)} in theory.`,
    },
    {
      title: "The tax",
      xLabel: STEPS,
      yLabel: "share of a switcher’s payoff",
      lines: [{ label: "the leader’s tax", training: "leader/theta/tax" }, level("the most allowed", p.taxRateMax)],
      band: "range",
      caption: SEARCH,
    },
  ];
}

const highestTax = (most: number): Expectation => ({
  item: "tax",
  measure: "taxRate",
  claim: "a tax",
  theory: most,
  unit: "share",
  tolerance: 0.02,
  kind: "absolute",
  note: "theory: the most that is allowed",
});

/** That the tax calms, and that this is not chance. */
function calmer(theory: number, sd: readonly [number, number]): Expectation[] {
  return [
    {
      item: "deviation, taxed less untaxed",
      measure: "sdDifference",
      claim: (sd[1] - sd[0]).toFixed(2).replace("-", "−"),
      theory: theory,
      unit: "traders",
      tolerance: 0.05,
      kind: "below",
      note: "the tax calms; each seed is a pair",
    },
  ];
}

const ROLLOUTS = 30;
const SETTLING = 50; // periods before anything is measured

interface Rollout {
  readonly attendance: Float64Array;
  readonly reward: number;
}

/** One episode; without the leader's tax from its second period on if `untaxed`. */
function rollout(player: Player, seed: number, untaxed: boolean): Rollout {
  const periods = player.params["horizon"] as number;
  const attendance: number[] = [];
  let reward = 0;
  player.play({
    seed,
    periods,
    sampled: true,
    visit(w, period) {
      if (untaxed) w["taxRate"] = 0;
      if (period < SETTLING) return;
      attendance.push(w["attendance"] as number);
      const paid = (w["traders"] as unknown as { readonly reward: Float64Array }).reward;
      reward += math.mean(paid) / (periods - SETTLING);
    },
  });
  return { attendance: Float64Array.from(attendance), reward };
}

/** Pairs of rollouts, taxed and not, from the same draws. */
function compare(player: Player): Record<string, number> {
  const taxed: Rollout[] = [];
  const untaxed: Rollout[] = [];
  for (let seed = 1; seed <= ROLLOUTS; seed++) {
    taxed.push(rollout(player, seed, false));
    untaxed.push(rollout(player, seed, true));
  }
  const sds = (of: readonly Rollout[]) => of.map(({ attendance }) => Math.sqrt(math.variance(attendance)));
  const [calmed, usual] = [sds(taxed), sds(untaxed)];
  const n = player.params["traders"] as number;
  return {
    ...prefixed("taxed", summary(taxed)),
    ...prefixed("untaxed", summary(untaxed)),
    sdDifference: math.mean(calmed) - math.mean(usual),
    ...shares("attendance/taxed", taxed, n),
    ...shares("attendance/untaxed", untaxed, n),
    ...series("series/taxed", taxed[0]),
    ...series("series/untaxed", untaxed[0]),
  };
}

function summary(rollouts: readonly Rollout[]) {
  const all = rollouts.flatMap(({ attendance }) => [...attendance]);
  let [change, counted] = [0, 0];
  for (const { attendance } of rollouts)
    for (let t = 1; t < attendance.length; t++)
      if (attendance[t - 1] > 0) {
        change += Math.abs(attendance[t] - attendance[t - 1]) / attendance[t - 1];
        counted++;
      }
  return {
    Mean: math.mean(all),
    Sd: Math.sqrt(math.variance(all)),
    Change: change / counted,
    Reward: math.mean(rollouts.map(({ reward }) => reward)),
  };
}

const prefixed = (prefix: string, values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

/** Share of periods with k traders in: figures 7b and 9. */
function shares(name: string, rollouts: readonly Rollout[], n: number): Record<string, number> {
  const counts = new Float64Array(n + 1);
  for (const { attendance } of rollouts) for (const D of attendance) counts[D]++;
  const total = counts.reduce((a, b) => a + b, 0);
  return Object.fromEntries(Array.from(counts, (count, k) => [`${name}/${k}`, count / total]));
}

/** Figure 7a. */
const series = (name: string, { attendance }: Rollout): Record<string, number> =>
  Object.fromEntries(Array.from(attendance.subarray(0, 100), (D, t) => [`${name}/${t}`, D]));
