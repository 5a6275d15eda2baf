// The nested loop: the leader proposes θ, followers learn to respond to it, and only then is θ scored. Bi-level optimisation by definition:
//   max_θ  R_L(θ, π_F*(θ)),   π_F*(θ) a best response of the followers
// Followers observe θ̂ and keep what they learned from one proposal to the next, so that a response has to be refined, not learned anew:
// a warm-up over the whole range, then a few updates around each batch of proposals.
// Gerstgrasser & Parkes 2023, https://arxiv.org/abs/2210.11942, "Oracles & followers"; Evans et al. 2025 (ADAGE), eq. (2).
// Not here: a gradient through the response (total-gradient.ts).
import { type Algorithm, type AnyAlgorithm, configOf, defineAlgorithm } from "../algorithms/algorithm.ts";
import { prefixed } from "../algorithms/parts/prefixed.ts";
import { refuseUnknown } from "../core/errors.ts";
import { flag, type ParamDeclarations, type ParamValues, param } from "../core/params.ts";
import type { AnyOptimiser } from "../optimise/optimiser.ts";
import { leaderPolicy } from "./parts/leader-policy.ts";
import { createLeadership, leadershipConfig, leadershipMetrics, stageSeed } from "./parts/leadership.ts";
import { discountUnder, settingsUnder, type Under, under } from "./parts/settings.ts";
import type { Task } from "./task.ts";

export const nestedConfig = {
  ...leadershipConfig,
  warmup: param(0.4, {
    min: 0,
    max: 0.95,
    doc: "share of training before the first proposal: θ is uniform in all worlds",
  }),
  settle: param(0.1, {
    min: 0,
    max: 0.95,
    doc: "share of training at the end for the response to the θ that was settled on",
  }),
  response: param(1, {
    min: 1,
    max: 1e5,
    integer: true,
    doc: "followers' updates between a proposal and its score; and as many as it takes for a whole episode under it",
  }),
  proposals: param(4, {
    symbol: "K",
    min: 1,
    max: 64,
    integer: true,
    doc: "θ put forward together, each in its share of the worlds",
  }),
  spread: param(0.1, { min: 0, max: 1, doc: "worlds play within this share of the range around their proposal" }),
  paired: flag(
    false,
    "the optimiser is told what a θ scores above the middle of the range, by the same followers and draws: what followers have learned for all θ alike since other batches cancels",
  ),
} as const;

type Config<F, O> = typeof nestedConfig & Under<"followers", Omit<F, "updates">> & Under<"optimiser", O>;

export function nested<F extends ParamDeclarations, O extends ParamDeclarations>(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm & { readonly config: F };
  readonly optimiser: AnyOptimiser & { readonly config: O };
}): Algorithm<Config<F, O>> {
  refuseUnknown("nested({ … })", options, ["task", "followers", "optimiser"]);
  const { task, followers, optimiser } = options;
  const config = {
    ...nestedConfig,
    ...under("followers", followers.config, ["updates"]),
    ...under("optimiser", optimiser.config),
  } as unknown as Config<F, O>;
  return defineAlgorithm<Config<F, O>>({
    name: "nested",
    source: "Gerstgrasser & Parkes (2023), arXiv:2210.11942; Evans et al. (2025), ADAGE, eq. (2)",
    summary: `A leader searches by ${optimiser.name} for the θ with the highest score after ${followers.name} followers have responded to it.`,
    config,
    discountOf: discountUnder(task.leader, followers),
    outcomes: followers.outcomes ?? false,
    backends: followers.backends ?? ["wasm"],
    metrics: {
      ...followers.metrics,
      ...leadershipMetrics,
      "leader/scoreBeforeResponse":
        "of the best θ so far (at first: of the middle of the range), to which followers respond by what they learned in general",
      "leader/proposalScore": "mean score of the θ that were proposed together, after the followers' response",
      "leader/proposals": "θ scored so far",
    },
    train(context) {
      const c = context.config as unknown as ParamValues<typeof nestedConfig>;
      const { arena } = context;
      const leadership = createLeadership({ ...context, config: c }, task, followers);
      const { theta, played, rng, once } = leadership;
      const d = theta.names.length;
      const search = optimiser.create(settingsUnder("optimiser", c) as never, {
        low: theta.low,
        high: theta.high,
        most: 2 * (c.updates + 1) * c.proposals,
        rng: rng.fork("optimiser"),
        memory: arena,
      });
      // All proposals of a search meet the same draws, so that scores of different batches can be compared; those of the best θ are reported on others.
      const common = stageSeed(rng.fork("search"), 0);
      const reported = rng.fork("stage");
      const proposed = arena.f64(c.proposals * d); // [K, d]
      const middle = Float64Array.from(theta.low, (low, k) => (low + theta.high[k]) / 2);
      const proposals = Array.from({ length: c.proposals }, (_, k) => proposed.subarray(k * d, (k + 1) * d));
      const round = arena.i32(4);
      const [OUT, SINCE, TOLD, SETTLED] = [0, 1, 2, 3]; // whether proposals are out, for how many updates; scores told; the search is over
      leadership.remember({ proposed, round });
      leadership.remember(prefixed("optimiser", search.state));

      function propose(): void {
        for (const θ of proposals) θ.set(search.ask());
        leadership.propose(proposals, c.spread);
        round.set([1, 0], OUT);
      }
      function settle(): void {
        leadership.propose([played], c.spread);
        round[SETTLED] = 1;
      }
      function judge(): number {
        const scores = proposals.map((θ) => leadership.score(θ, common));
        const reference = c.paired ? leadership.score(middle, common) : 0;
        once(() => {
          for (const [k, θ] of proposals.entries()) search.tell(θ, scores[k] - reference);
          played.set(search.best().theta);
          round[OUT] = 0;
          round[TOLD] += c.proposals;
        });
        return scores.reduce((a, b) => a + b) / scores.length;
      }

      return leadership.train(({ update, progress, last }) => {
        const metrics: Record<string, number> = {};
        const responded = round[SETTLED] === 1; // since the last move
        if (progress >= c.warmup && !responded) {
          once(() => {
            round[SINCE] += 1;
          });
          if (round[OUT] === 1 && round[SINCE] >= c.response && leadership.lived() >= 1)
            metrics["leader/proposalScore"] = judge();
          once(() => {
            if (round[OUT] === 0) (progress >= 1 - c.settle && round[TOLD] > 0 ? settle : propose)();
          });
        }
        if (last && round[TOLD] === 0)
          throw new Error(
            `nested: training ended before a single θ was scored. Raise config.updates (${c.updates}), or lower config.warmup or config.response.`,
          );
        metrics[responded ? "leader/score" : "leader/scoreBeforeResponse"] = leadership.score(
          played,
          stageSeed(reported, update),
        );
        metrics["leader/proposals"] = round[TOLD];
        return metrics;
      });
    },
    policy: (population, spec, c) =>
      population === task.leader
        ? leaderPolicy(task, spec)
        : followers.policy(population, spec, configOf(settingsUnder("followers", c), population) as never),
  });
}
