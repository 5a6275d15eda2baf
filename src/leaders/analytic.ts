// A leader that follows a known rule instead of learning: one θ, or a distribution that θ is drawn from anew in every episode.
// With a distribution over preferences the followers' conditional policy becomes good at all of them: robust learning (Evans et al. 2025, §4.4),
// whose leader maximises the entropy of that distribution; by the principle of indifference that is the uniform one, known without any search.
import { type Algorithm, type AnyAlgorithm, configOf, defineAlgorithm, type Policy } from "../algorithms/algorithm.ts";
import { refuseUnknown } from "../core/errors.ts";
import { type ParamDeclarations, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { log } from "../math/index.ts";
import { createLeadership, leadershipConfig, leadershipMetrics, stageSeed } from "./parts/leadership.ts";
import { discountUnder, settingsUnder, type Under, under } from "./parts/settings.ts";
import { type Characteristics, characteristicsOf, type Task } from "./task.ts";

/** How θ comes about. */
export interface Rule {
  readonly doc: string;
  /** Writes θ [d] of an episode from d uniform draws. */
  draw(theta: Float64Array, draws: Float64Array, box: Characteristics): void;
  /** Writes the θ that stands for all. */
  middle(theta: Float64Array, box: Characteristics): void;
}

/** Uniform over the box: the distribution of maximum entropy. */
export const uniform: Rule = {
  doc: "uniform over the range",
  draw(theta, draws, { low, high }) {
    for (let k = 0; k < theta.length; k++) theta[k] = low[k] + draws[k] * (high[k] - low[k]);
  },
  middle(theta, { low, high }) {
    for (let k = 0; k < theta.length; k++) theta[k] = (low[k] + high[k]) / 2;
  },
};

/** Weights that sum to 1, uniform over all such: spacings of exponential draws. For ranges from 0 to 1. */
export const simplex: Rule = {
  doc: "uniform over weights that sum to 1",
  draw(theta, draws) {
    let sum = 0;
    for (let k = 0; k < theta.length; k++) sum += theta[k] = -log(1 - draws[k]);
    for (let k = 0; k < theta.length; k++) theta[k] /= sum;
  },
  middle(theta) {
    theta.fill(1 / theta.length);
  },
};

/** One θ for ever, by control. */
export function fixed(values: Readonly<Record<string, number>>): Rule {
  const write = (theta: Float64Array, box: Characteristics): void => {
    box.names.forEach((name, k) => {
      theta[k] = values[name] ?? Number.NaN;
    });
    box.check(theta);
  };
  return { doc: JSON.stringify(values), draw: (theta, _draws, box) => write(theta, box), middle: write };
}

export const analyticConfig = {
  ...leadershipConfig,
  exploration: param(0, {
    min: 0,
    max: 1,
    doc: "share of the worlds in which θ is uniform over its range instead of by the rule",
  }),
} as const;

type Config<F> = typeof analyticConfig & Under<"followers", Omit<F, "updates">>;

export function analytic<F extends ParamDeclarations>(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm & { readonly config: F };
  readonly rule: Rule;
}): Algorithm<Config<F>> {
  refuseUnknown("analytic({ … })", options, ["task", "followers", "rule"]);
  const { task, followers, rule } = options;
  return defineAlgorithm<Config<F>>({
    name: "analytic",
    source: "Evans et al. (2025), ADAGE, §4.4",
    summary: `A leader by rule (${rule.doc}), ${followers.name} followers.`,
    config: { ...analyticConfig, ...under("followers", followers.config, ["updates"]) } as unknown as Config<F>,
    discountOf: discountUnder(task.leader, followers),
    outcomes: followers.outcomes ?? false,
    backends: followers.backends ?? ["wasm"],
    metrics: {
      ...followers.metrics,
      ...leadershipMetrics,
      "leader/score": "of the rule, on a stage of its own, by followers who have been learning under it",
      "leader/theta/<control>": "the middle of the rule",
    },
    train(context) {
      const c = context.config as unknown as ParamValues<typeof analyticConfig>;
      const leadership = createLeadership({ ...context, config: c }, task, followers, {
        rule: (out, draws) => rule.draw(out, draws, theta),
      });
      const { theta, played, rng, once } = leadership;
      const seeds = rng.fork("stage");
      const drawn = rng.fork("rule");
      const [now, draws] = [played.slice(), played.slice()];
      return leadership.train(({ update }) => {
        once(() => rule.middle(played, theta));
        const score = leadership.score(played, stageSeed(seeds, update), {
          direct(population, e, actions) {
            if (population !== task.leader) return;
            drawn.uniform(draws, { lane: e, period: update, from: 0 });
            rule.draw(now, draws, theta);
            theta.encode(actions, now);
          },
        });
        return { "leader/score": score };
      });
    },
    policy: (population, spec, c) =>
      population === task.leader
        ? rulePolicy(rule, task, spec)
        : followers.policy(population, spec, configOf(settingsUnder("followers", c), population) as never),
  });
}

/** Greedily the middle of the rule; drawn by it where policies are to be drawn from. */
function rulePolicy(rule: Rule, task: Task, spec: PopulationSpec): Policy {
  const box = characteristicsOf(task, spec);
  const theta = new Float64Array(box.names.length);
  const draws = new Float64Array(box.names.length);
  return {
    load() {},
    act(actions) {
      rule.middle(theta, box);
      box.encode(actions, theta);
    },
    sample(actions, _obs, _rows, stream, at) {
      stream.uniform(draws, { ...at, from: 0 });
      rule.draw(theta, draws, box);
      box.encode(actions, theta);
    },
  };
}
