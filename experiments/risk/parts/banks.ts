// Banks who learn: settings of the learner, and what is measured of banks that play a policy or keep to a rule.
import { type AnyParamValues, balancedPanel, math, type Player } from "walras";
import { interbank } from "../../../economies/interbank.ts";

/** One period is all that a bank looks at, and one network serves all banks. */
export const learner = {
  gaeLambda: 0,
  numSteps: 100,
  numMinibatches: 10,
  updateEpochs: 1,
  learningRate: 3e-3,
  entCoef: 0,
  hiddenWidth: 16,
  initialLogStd: -0.5,
  squash: true,
  clipVloss: false,
  scaleRewards: true,
  averageFrom: 0.5,
} as const;

export const training = { numEnvs: 8, totalSteps: 120_000 } as const;

/** Where a period costs several times as much, because failures spread. */
export const shortTraining = { numEnvs: 8, totalSteps: 48_000 } as const;

const [PERIODS, EPISODES] = [100, 20];
const SERIES = ["failures", "spread", "leverage", "lending", "surplus", "profit", "price"] as const;
export type Outcome = Readonly<Record<(typeof SERIES)[number], number>>;

/** Leverage decided after a calm and after a turbulent period, selectivity, and means of the economy's metrics, over episodes of the learned policy. */
export function learned(player: Player): Outcome & Readonly<Record<"calm" | "turbulent" | "selectivity", number>> {
  const sums = { calm: 0, turbulent: 0, selectivity: 0 };
  const counts = { calm: 0, turbulent: 0, selectivity: 0 };
  const means = Object.fromEntries(SERIES.map((name) => [name, 0])) as Record<keyof Outcome, number>;
  for (let seed = 1; seed <= EPISODES; seed++) {
    let before = 0;
    const metrics = player.play({
      seed,
      periods: PERIODS,
      visit(w, period) {
        const { target, selectivity } = w["banks"] as unknown as Record<"target" | "selectivity", Float64Array>;
        const when = before === 1 ? "turbulent" : "calm";
        if (period > 0) {
          sums[when] += math.mean(target);
          counts[when]++;
        }
        sums.selectivity += math.mean(selectivity);
        counts.selectivity++;
        before = w["turbulent"] as number;
      },
    });
    for (const name of SERIES) means[name] += metrics[name]! / EPISODES;
  }
  return {
    ...means,
    calm: sums.calm / Math.max(1, counts.calm),
    turbulent: sums.turbulent / Math.max(1, counts.turbulent),
    selectivity: sums.selectivity / counts.selectivity,
  };
}

/** The same of banks that keep to what `params` say. */
export function kept(params: AnyParamValues, seed: number): Outcome {
  const { series } = balancedPanel({
    economy: interbank,
    params: { ...params, decisions: "never", regulation: "never", horizon: PERIODS },
    series: [...SERIES],
    burnIn: 0,
    periods: PERIODS,
    worlds: EPISODES,
    seed,
  });
  return Object.fromEntries(
    SERIES.map((name) => [name, math.mean(series[name]!.map((x) => math.mean(x)))]),
  ) as unknown as Outcome;
}
