// Banks near the edge: owners who lose little when their bank fails borrow until it sometimes does. Banks that adapt leverage to what they saw, beside banks that each keep to the mean of what they chose, in the same
// worlds and on the same draws.
//
// Theory is that of banks apart, which neither lend to each other nor move prices (economies/theory/interbank.ts): the leverage that they learn, and what adapting it does to failures.
import {
  type AnyParamValues,
  type AnyRows,
  type AnyWorld,
  defineExperiment,
  type Expectation,
  type Experiment,
  math,
  type Player,
  type PlayOptions,
  play,
  ppo,
  unknown,
} from "walras";
import { interbank } from "../../../economies/interbank.ts";
import { bestLeverage, failuresByAdaptation, type LoneBank, returnAfter } from "../../../economies/theory/interbank.ts";
import { level, STEPS } from "../../parts/lines.ts";
import { learner } from "./banks.ts";

type Policy = PlayOptions["policies"][string];

const [BURN_IN, PERIODS, WORLDS] = [20, 100, 20];
/** Share of banks whose failure within one period is a crisis. */
const CRISIS = 0.25;

export interface Watched {
  /** Shares of banks per period: in default, and in default though they would pay if all others did and nobody sold. */
  readonly failures: number;
  readonly spread: number;
  /** Banks pulled down for each that fails by itself. */
  readonly cascade: number;
  /** Share of periods with a failure, and with failures of a quarter of all banks. */
  readonly anyFailure: number;
  readonly crises: number;
  readonly debtRank: number;
  /** R_sys, by debts between banks: N d̄²/Σ d². */
  readonly evenness: number;
  readonly surplus: number;
  readonly profit: number;
  /** Mean leverage, and what is decided after calm and after turbulent periods. */
  readonly leverage: number;
  readonly calm: number;
  readonly turbulent: number;
  /** Means of each bank's decisions, in the order of the banks. */
  readonly decisions: { readonly leverage: Float64Array; readonly selectivity: Float64Array };
}

/** Banks that play `policy` in worlds of their own; the same draws for the same seed. */
export function watch(params: AnyParamValues, policy: Policy, seed: number, worlds = WORLDS): Watched {
  const n = params["banks"] as number;
  const sums = { failures: 0, spread: 0, anyFailure: 0, crises: 0, debtRank: 0, evenness: 0, surplus: 0, profit: 0 };
  const after = { calm: [0, 0], turbulent: [0, 0] };
  const decisions = { leverage: new Float64Array(n), selectivity: new Float64Array(n) };
  const before = new Uint8Array(worlds);
  const periods = worlds * PERIODS;
  const visit = (w: AnyWorld, period: number, e: number): void => {
    const last = before[e] === 1 ? after.turbulent : after.calm;
    before[e] = w["turbulent"] as number;
    if (period < BURN_IN) return;
    const banks = w["banks"] as AnyRows & Readonly<Record<"target" | "selectivity" | "debts" | "profit", Float64Array>>;
    const [failed, spread] = [w["failures"] as number, w["spread"] as number];
    sums.failures += failed / n / periods;
    sums.spread += spread / n / periods;
    sums.anyFailure += (failed > 0 ? 1 : 0) / periods;
    sums.crises += (failed >= CRISIS * n ? 1 : 0) / periods;
    sums.debtRank += (w["distress"] as number) / periods;
    const squares = banks.debts.reduce((sum, d) => sum + d * d, 0);
    const debts = math.mean(banks.debts);
    sums.evenness += (squares > 0 ? (n * debts * debts) / squares : 1) / periods;
    sums.surplus += (w["surplus"] as number) / periods;
    sums.profit += math.mean(banks.profit) / periods;
    last[0]! += math.mean(banks.target);
    last[1]! += 1;
    for (let i = 0; i < n; i++) {
      decisions.leverage[i]! += banks.target[i]! / periods;
      decisions.selectivity[i]! += banks.selectivity[i]! / periods;
    }
  };
  const horizon = BURN_IN + PERIODS;
  play({
    economy: interbank,
    params: { ...params, horizon },
    policies: { banks: policy },
    seed,
    periods: horizon,
    worlds,
    visit,
    purpose: "watch",
  });
  const mean = ([sum = 0, count = 0]: readonly number[]): number => sum / Math.max(1, count);
  return {
    ...sums,
    cascade: sums.failures > sums.spread ? sums.spread / (sums.failures - sums.spread) : 0,
    leverage: math.mean(decisions.leverage),
    calm: mean(after.calm),
    turbulent: mean(after.turbulent),
    decisions,
  };
}

/** A policy of banks that never change their minds. */
export const keepTo = ({ leverage, selectivity }: Watched["decisions"]): Policy => ({
  load() {},
  act(actions, _obs, rows) {
    for (let i = 0; i < rows; i++) {
      actions[2 * i] = leverage[i]!;
      actions[2 * i + 1] = selectivity[i]!;
    }
  },
});

/** Banks that play what they learned, and the same banks each keeping to its mean decisions. */
function compared(player: Player, params: AnyParamValues, seed: number): Readonly<Record<string, number>> {
  const { decisions, ...learned } = watch(params, player.policies["banks"]!, seed);
  const constant = watch(params, keepTo(decisions), seed);
  return {
    ...learned,
    ...Object.fromEntries(
      (["failures", "spread", "cascade", "crises", "debtRank", "evenness", "surplus"] as const).flatMap((name) => [
        [`${name}/constant`, constant[name]],
        [`${name}/change`, learned[name] - constant[name]],
      ]),
    ),
  };
}

const drawn = unknown("loans and returns are drawn: no theory says how many are pulled down");

/** Ten banks that lend to three others each, and how they learn. */
export const nearEdge = {
  economy: { banks: 10, network: "random", partners: 3, decisions: "period", capitalRatio: 0 },
  learner: { ...learner, numSteps: 25, initialLogStd: -1 },
  training: { numEnvs: 8, totalSteps: 40_000 },
} as const;
const APART = { interbankShare: 0, impact: 0 } as const;

/** Banks learn in a network, and apart from each other, where theory knows what is best. */
export function adaptation(
  name: string,
  summary: string,
  params: {
    readonly volatility: number;
    readonly turbulence: number;
    readonly calming: number;
    readonly exitCost: number;
    readonly leverageLow: number;
    readonly leverageHigh: number;
  },
  claims: (unit: string) => readonly Expectation[],
): Experiment {
  const settings = { ...nearEdge.economy, impact: 0.05, ...params } as const;
  const common = { economy: interbank, algorithm: ppo, config: nearEdge.learner, ...nearEdge.training } as const;
  const evaluation = { periods: 100, finalPeriods: 100 } as const;
  const apart = defineExperiment({
    ...common,
    name: `risk/${name}-apart`,
    summary: `${summary.replace(/\.$/, "")}; banks neither lend to each other nor move prices.`,
    params: { ...settings, ...APART },
    evaluation,
    measure: (player, p, _training, _beside, seed) => compared(player, p, seed),
  });
  const alone = (p: LoneBank) => {
    const [calm, turbulent] = [bestLeverage(p, "calm"), bestLeverage(p, "turbulent")];
    const { adapting, constant } = failuresByAdaptation(p);
    return { calm, turbulent, change: adapting - constant };
  };
  return defineExperiment({
    ...common,
    name: `risk/${name}`,
    summary,
    params: settings,
    evaluation,
    seeds: [7, 8, 9, 10, 11, 12],
    beside: { apart },
    measure(player, p, _training, { apart }, seed) {
      const ours = compared(player, p, seed);
      const best = alone(p);
      const share = (after: "calm" | "turbulent"): number => returnAfter(p, after, apart![after]!) / best[after].profit;
      return {
        ...ours,
        "failuresBy/0": ours["failures"]!,
        "failuresBy/1": ours["failures/constant"]!,
        "spreadBy/0": ours["spread"]!,
        "spreadBy/1": ours["spread/constant"]!,
        calmApart: apart!["calm"]!,
        turbulentApart: apart!["turbulent"]!,
        calmShare: share("calm"),
        turbulentShare: share("turbulent"),
        failuresApart: apart!["failures"]!,
        changeApart: apart!["failures/change"]!,
        calmMore: ours["calm"]! - apart!["calm"]!,
      };
    },
    expect(p): Expectation[] {
      const best = alone(p);
      const perPeriod = { unit: "share of banks per period" } as const;
      const share = (measure: string, item: string): Expectation => ({
        item,
        measure,
        claim: "best of one bank",
        theory: 1,
        unit: "1",
        tolerance: 0.97,
        kind: "atLeast",
      });
      const seen = (measure: string, item: string, unit: string): Expectation => ({
        item,
        measure,
        claim: "–",
        theory: drawn,
        unit,
        tolerance: 0,
        kind: "absolute",
      });
      const claimed = claims(perPeriod.unit);
      const gambles = best.turbulent.leverage > 0.999 * p.leverageHigh;
      return [
        share("calmShare", "apart, after calm: return at the learned leverage over the best"),
        gambles
          ? {
              item: "apart, leverage after turbulence",
              measure: "turbulentApart",
              claim: "as much as may be",
              theory: best.turbulent.leverage,
              unit: "1",
              tolerance: 0.1,
              kind: "relative",
              note: "a squashed normal stays below the bound",
            }
          : share("turbulentShare", "apart, after turbulence: the same"),
        {
          ...perPeriod,
          item: "apart: banks in default, adapting less constant at the same mean leverage",
          measure: "changeApart",
          claim: best.change < 0 ? "adaptation tames" : "adaptation feeds",
          theory: best.change,
          tolerance: 0.003,
          kind: "absolute",
        },
        {
          ...perPeriod,
          item: "in a network: banks in default",
          measure: "failures",
          claim: "banks fail now and then",
          theory: 0,
          tolerance: 0.002,
          kind: "atLeast",
        },
        {
          ...perPeriod,
          item: "in a network: pulled down by others",
          measure: "spread",
          claim: "failures spread",
          theory: 0,
          tolerance: 0.0005,
          kind: "atLeast",
        },
        ...claimed,
        ...[
          seen("failures/change", "in a network: banks in default, adapting less constant", perPeriod.unit),
          seen("spread/change", "in a network: pulled down by others, adapting less constant", perPeriod.unit),
        ].filter(({ measure }) => !claimed.some((claim) => claim.measure === measure)),
        seen("calm", "leverage after calm", "1"),
        seen("turbulent", "leverage after turbulence", "1"),
        seen("calmApart", `leverage after calm, apart; best ${best.calm.leverage.toFixed(1)}`, "1"),
        ...(gambles
          ? []
          : [
              seen(
                "turbulentApart",
                `leverage after turbulence, apart; best ${best.turbulent.leverage.toFixed(1)}`,
                "1",
              ),
            ]),
        seen("cascade", "banks pulled down for each that fails by itself", "banks"),
        seen("cascade/constant", "the same at constant leverage", "banks"),
        seen("crises", "periods in which a quarter of banks fail", "share of periods"),
        seen("crises/constant", "the same at constant leverage", "share of periods"),
        seen("debtRank/change", "DebtRank of the largest bank's failure, learned less constant", "share of claims"),
        seen("evenness/change", "R_sys of debts, learned less constant", "1"),
        seen("surplus/change", "returns less losses, learned less constant", "per period"),
      ];
    },
    figures: (p) => {
      const best = alone(p);
      return [
        {
          title: "Leverage while banks learn",
          xLabel: STEPS,
          yLabel: "assets over capital",
          lines: [
            { label: "in a network", training: "econ/leverage" },
            level("apart, after calm, theory", best.calm.leverage),
            level("apart, after turbulence, theory", best.turbulent.leverage),
          ],
          caption: "Mean over banks and periods.",
        },
        {
          title: "Failures, adapting and constant",
          xLabel: "0: adapting, 1: constant at the same mean leverage",
          yLabel: "share of banks per period",
          lines: [
            { label: "in default", measured: "failuresBy", as: "bars" },
            { label: "pulled down by others", measured: "spreadBy", as: "dots" },
          ],
          caption: "In the same worlds and on the same draws.",
        },
      ];
    },
  });
}
