// A rule for effort learned where taxes are low, carried to where they are high: fine-tuned on few decisions there and on old ones by importance weights, fine-tuned on the few alone, learned anew from them, or left as it is.
//
// π′ = π + β ∇ log (p_new/p_old), as the paper has it, has its gradient by states and not by what a policy is made of; read as importance-weighted fine-tuning.
import { defineSimulation, math } from "walras";
import { type Decisions, densityRatio, fineTune } from "walras/adaptation";
import { seedStream } from "walras/random";
import { linearTax } from "../../economies/linear-tax.ts";
import {
  DEVIATION,
  HIGH,
  joined,
  LOW,
  type Recorded,
  type Regime,
  type Rule,
  recorded,
  regret,
  UNTRAINED,
} from "./parts/workers.ts";

/** Decisions recorded where taxes are low. */
const BEFORE = 4096;
/** Decisions where taxes are high: 2⁴ to 2¹¹. */
const POWERS = [4, 5, 6, 7, 8, 9, 10, 11];
const ROUNDS = 8;
/** Decisions needed are the fewest after which this share of what no adaptation leaves above the best line is left. */
const REACHED = 0.5;
const JUDGED_AT = 6;
const METHODS = ["weighted", "unweighted", "anew"] as const;
type Method = (typeof METHODS)[number];

export default defineSimulation({
  name: "policy/adaptation",
  summary:
    "A rule learned under low taxes, adapted to high ones with and without importance weights, against learning anew: decisions needed.",
  economy: linearTax,
  seeds: [7, 8, 9, 10, 11, 12, 13, 14, 15, 16], // seeds 1 to 6 were looked at while settings were chosen
  maxSeconds: 60,
  measure({ seed }) {
    const stream = seedStream(seed);
    const { rule, decisions: before } = learn(LOW, UNTRAINED, BEFORE, (round) => stream.fork(`before ${round}`), null);
    const best = bestLine(HIGH);
    const least = regret(best, HIGH);
    const none = regret(rule, HIGH) - least;
    const measured: Record<string, number> = {
      none,
      leastRegret: least,
      atHome: regret(rule, LOW) - regret(bestLine(LOW), LOW),
    };
    for (const method of METHODS) {
      let needed = POWERS.at(-1)! + 1;
      for (const power of POWERS) {
        const draws = stream.fork(`${method} ${power}`);
        const found = learn(
          HIGH,
          method === "anew" ? UNTRAINED : rule,
          1 << power,
          (round) => draws.fork(String(round)),
          method === "weighted" ? before : null,
        );
        const excess = regret(found.rule, HIGH) - least;
        measured[`${method}/${power}`] = excess / none;
        measured[`log/${method}/${power}`] = math.log10(Math.max(excess / none, 1e-3));
        if (excess <= REACHED * none) needed = Math.min(needed, power);
      }
      measured[`${method}Needed`] = needed;
    }
    const at = (method: Method): number => measured[`${method}/${JUDGED_AT}`]!;
    return {
      ...measured,
      lessThanNone: at("weighted") - 1,
      lessThanUnweighted: at("weighted") - at("unweighted"),
      lessThanAnew: at("weighted") - at("anew"),
      fewerThanUnweighted: measured["weightedNeeded"]! - measured["unweightedNeeded"]!,
      fewerThanAnew: measured["weightedNeeded"]! - measured["anewNeeded"]!,
    };
  },
  expect: () => [
    below("64 decisions, weighted: regret over that of no adaptation, less 1", "lessThanNone"),
    below("64 decisions, weighted: the same less that of fine-tuning without old decisions", "lessThanUnweighted"),
    below("64 decisions, weighted: the same less that of learning anew", "lessThanAnew"),
    below("log₂ of decisions needed, less those of fine-tuning without old decisions", "fewerThanUnweighted"),
    below("log₂ of decisions needed, less those of learning anew", "fewerThanAnew"),
  ],
  figures: () => [
    {
      title: "Regret where taxes are high",
      xLabel: "log₂ of decisions recorded there",
      yLabel: "log₁₀, over that without adaptation",
      lines: [
        { label: "old decisions by importance weights", measured: "log/weighted" },
        { label: "fine-tuned without old decisions", measured: "log/unweighted" },
        { label: "learned anew", measured: "log/anew" },
        { label: "no adaptation", level: 0 },
      ],
      caption: "Above what the best straight line leaves.",
    },
  ],
});

const below = (item: string, measure: string) => ({
  item,
  measure,
  claim: "below 0",
  theory: 0,
  unit: "1",
  tolerance: 0.05,
  kind: "below" as const,
  note: "Wilcoxon's signed-rank test over seeds",
});

/** Rounds of decisions by the rule so far, each followed by an improvement on all of them, and on those of another regime, weighted, if there are any. */
function learn(
  regime: Regime,
  from: Rule,
  count: number,
  stream: (round: number) => ReturnType<typeof seedStream>,
  other: Recorded | null,
): { readonly rule: Rule; readonly decisions: Recorded } {
  let rule = from;
  const own: Recorded[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(recorded(regime, rule, count / ROUNDS, stream(round)));
    const news = joined(own.slice(-Math.ceil(own.length / 2))); // a surface is right near the rule of the day
    rule = fineTune(
      other === null ? { ...news, weights: new Float64Array(news.actions.length).fill(1) } : withOthers(news, other),
      { rule, deviation: DEVIATION },
    ).rule;
  }
  return { rule, decisions: joined(own.slice(-ROUNDS / 2)) };
}

/** Old decisions as if they came from the new law of tax rates. Together they count as many times as equal weights would have to. */
function withOthers(news: Recorded, other: Recorded): Decisions {
  const ratios = densityRatio(other.rates, news.rates, 1).weights(other.rates);
  const sum = math.pairwiseSum(ratios);
  const squares = math.pairwiseSum(ratios.map((w) => w * w));
  const weights = ratios.map((w) => (w * sum) / squares);
  return { ...joined([news, other]), weights: Float64Array.of(...news.actions.map(() => 1), ...weights) };
}

/** The straight line that leaves least, by descent on the exact regret. */
function bestLine(regime: Regime): Rule {
  const h = 1e-5;
  const f = (rule: Float64Array, gradient: Float64Array): number => {
    const centre = regret(rule, regime);
    rule.forEach((_, k) => {
      const step = (by: number) => regret(rule.with(k, rule[k]! + by), regime);
      gradient[k] = (step(h) - step(-h)) / (2 * h);
    });
    return centre;
  };
  return math.minimise(f, Float64Array.of(1, -0.5, 0), {
    low: Float64Array.of(0, -3, -3),
    high: Float64Array.of(3, 3, 3),
    maxIterations: 50,
    tolerance: 1e-10,
  }).x;
}
