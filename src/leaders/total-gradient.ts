// A leader that climbs the gradient of its score through the followers' response:
//   dR_L/dθ = ∂R_L/∂θ + ∂R_L/∂a_F · da_F/dθ,     a_F = π_F(o, θ̂)
// The total derivative is measured, not computed: followers are shown θ ± ε and respond by their conditional policies, with the same draws on both
// sides. Replaying what they did at θ instead gives the partial derivative, the first term alone: its stationary points are Nash (Cournot), those of
// the total derivative Stackelberg. Fiez, Chasnov & Ratliff 2020, https://arxiv.org/abs/1906.01217; Evans et al. 2025 (ADAGE) write the partial one, eq. (4).
// Not here: a Hessian of the followers' losses; global search (the gradient finds a local maximum).
import { type Algorithm, type AnyAlgorithm, configOf, defineAlgorithm } from "../algorithms/algorithm.ts";
import { refuseUnknown } from "../core/errors.ts";
import { choice, type ParamDeclarations, type ParamValues, param } from "../core/params.ts";
import { leaderPolicy } from "./parts/leader-policy.ts";
import { createLeadership, leadershipConfig, leadershipMetrics, stageSeed } from "./parts/leadership.ts";
import { discountUnder, settingsUnder, type Under, under } from "./parts/settings.ts";
import { type ActionLog, without } from "./parts/stage.ts";
import type { Task } from "./task.ts";

export const totalGradientConfig = {
  ...leadershipConfig,
  gradient: choice("total", ["total", "partial"], {
    doc: "through the followers' response, or with what they did held fixed",
  }),
  warmup: param(0.3, {
    min: 0,
    max: 0.95,
    doc: "share of training before the leader moves: θ is uniform in all worlds",
  }),
  spread: param(0.1, { min: 0, max: 1, doc: "worlds play within this share of the range around θ" }),
  perturbation: param(0.05, {
    symbol: "ε",
    min: 0,
    max: 0.5,
    exclusive: true,
    doc: "of the central difference, as a share of the range",
  }),
  leaderLearningRate: param(0.03, {
    min: 0,
    exclusive: true,
    doc: "Adam's, in shares of the range; falls linearly to 0",
  }),
} as const;

type Config<F> = typeof totalGradientConfig & Under<"followers", Omit<F, "updates">>;

export function totalGradient<F extends ParamDeclarations>(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm & { readonly config: F };
}): Algorithm<Config<F>> {
  refuseUnknown("totalGradient({ … })", options, ["task", "followers"]);
  const { task, followers } = options;
  return defineAlgorithm<Config<F>>({
    name: "total-gradient",
    source: "Fiez, Chasnov & Ratliff (2020), arXiv:1906.01217",
    summary: `A leader climbs the gradient of its score through the response of ${followers.name} followers.`,
    config: { ...totalGradientConfig, ...under("followers", followers.config, ["updates"]) } as unknown as Config<F>,
    discountOf: discountUnder(task.leader, followers),
    outcomes: followers.outcomes ?? false,
    backends: followers.backends ?? ["wasm"],
    metrics: {
      ...followers.metrics,
      ...leadershipMetrics,
      "leader/scoreBeforeResponse": "during the warm-up: of the middle of the range",
      "leader/gradient/<control>": "of the score, per range of the control",
    },
    train(context) {
      const c = context.config as unknown as ParamValues<typeof totalGradientConfig>;
      const leadership = createLeadership({ ...context, config: c }, task, followers);
      const { theta, played, rng, once } = leadership;
      const { low, high, names } = theta;
      const seeds = rng.fork("stage");
      const moments = context.arena.f64(2 * names.length + 1); // Adam's m and v, and its steps
      leadership.remember({ moments });

      /** ∂s/∂θ per range, one characteristic at a time. */
      function gradient(seed: number, record: ActionLog): Float64Array {
        return Float64Array.from(names, (_, k) => {
          const scale = high[k] - low[k];
          const side = (sign: number): readonly [at: number, score: number] => {
            const shifted = played.slice();
            shifted[k] = Math.min(high[k], Math.max(low[k], played[k] + sign * c.perturbation * scale));
            const replay = c.gradient === "partial" ? { replay: without(record, task.leader) } : {};
            return [(shifted[k] - low[k]) / scale, leadership.score(shifted, seed, replay)];
          };
          const [[x, up], [y, down]] = [side(1), side(-1)];
          return (up - down) / (x - y);
        });
      }

      /** Adam (Kingma & Ba 2015), uphill. */
      function climb(g: Float64Array, rate: number): void {
        const d = names.length;
        const t = (moments[2 * d] += 1);
        for (let k = 0; k < d; k++) {
          moments[k] = 0.9 * moments[k] + 0.1 * g[k];
          moments[d + k] = 0.99 * moments[d + k] + 0.01 * g[k] * g[k];
          const m = moments[k] / (1 - power(0.9, t));
          const v = moments[d + k] / (1 - power(0.99, t));
          const step = (rate * m * (high[k] - low[k])) / (Math.sqrt(v) + 1e-12);
          played[k] = Math.min(high[k], Math.max(low[k], played[k] + step));
        }
        leadership.propose([played], c.spread);
      }

      return leadership.train(({ update, progress, last }) => {
        const seed = stageSeed(seeds, update);
        const record: ActionLog = {};
        const score = leadership.score(played, seed, { record });
        const metrics: Record<string, number> = {};
        metrics[progress < c.warmup ? "leader/scoreBeforeResponse" : "leader/score"] = score;
        if (progress < c.warmup) return metrics;
        const g = gradient(seed, record);
        const rate = (c.leaderLearningRate * (1 - progress)) / (1 - c.warmup);
        if (!last) once(() => climb(g, rate));
        names.forEach((name, k) => {
          metrics[`leader/gradient/${name}`] = g[k];
        });
        return metrics;
      });
    },
    policy: (population, spec, c) =>
      population === task.leader
        ? leaderPolicy(task, spec)
        : followers.policy(population, spec, configOf(settingsUnder("followers", c), population) as never),
  });
}

/** xⁿ for a whole n. */
function power(x: number, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) product *= x;
  return product;
}
