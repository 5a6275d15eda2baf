// MAPPO: PPO for a team. Each acts on what it sees itself; the critic, which is needed for training only, sees what all of them see.
// Yu, Velu, Vinitsky, Gao, Wang, Bayen & Wu 2022, "The surprising effectiveness of PPO in cooperative multi-agent games", https://arxiv.org/abs/2103.01955;
// centralised training for decentralised execution: Lowe et al. 2017, https://arxiv.org/abs/1706.02275.
// A team is a population: its agents share an actor and a critic and, unless told otherwise, what they earn. The critic reads what an agent remembers or sees and beside
// it the others' observations, own first, so that one critic serves all of them (the paper's agent-specific state). Several populations are several teams.
// The objective is PPO's (ppo.ts). Not here: a critic that sees other populations or the whole world, PopArt, networks of one's own (ppo.ts with `independent`).
import { choice, flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { layoutOf } from "../nn/index.ts";
import { defineAlgorithm } from "./algorithm.ts";
import { actorPolicy } from "./on-policy/acting.ts";
import { othersObserved } from "./on-policy/critic-context.ts";
import { trainOnPolicy } from "./on-policy/frame.ts";
import { lengthOf } from "./on-policy/recurrence.ts";
import { refuseApart } from "./parts/refuse.ts";
import { createLearner, objective, type PpoConfig, ppo, ppoConfig } from "./ppo.ts";

const { independent: _, learners: __, learnersEvery: ___, ...shared } = ppoConfig; // a team learns together

/** PPO's settings, with the paper's defaults where they differ, and what makes a team. */
export const mappoConfig = {
  ...shared,
  numMinibatches: param(1, { min: 1, max: 1e6, integer: true, doc: "minibatches per epoch" }),
  updateEpochs: param(10, { min: 1, max: 1000, integer: true, doc: "epochs per rollout" }),
  learningRate: param(5e-4, { min: 0, exclusive: true }),
  others: choice("each", ["each", "mean", "none"], {
    doc: "what the critic sees of the others: each one's observation, their mean, or nothing, which is PPO",
  }),
  teamReward: flag(true, "every agent earns the mean of the team's rewards"),
} as const;
export type MappoConfig = ParamValues<typeof mappoConfig>;

/** MAPPO's settings as PPO has them: one actor and one critic. */
const asPpo = (c: MappoConfig): PpoConfig & MappoConfig => ({
  ...c,
  independent: false,
  learners: 0,
  learnersEvery: 0,
});
const criticContextOf = (spec: PopulationSpec, { others }: MappoConfig) =>
  others === "none" ? null : othersObserved(spec, others);

export const mappo = defineAlgorithm({
  name: "mappo",
  source: "Yu et al. (2022), arXiv:2103.01955",
  summary: "PPO for teams: actors see what they see, the critic sees what all of them see.",
  config: mappoConfig,
  mixed: true,
  backends: ["wasm", "onnx"],
  metrics: ppo.metrics,
  train(context) {
    refuseApart("mappo", context.env, "its critic sees all agents at once");
    return trainOnPolicy({ ...context, config: asPpo(context.config) }, (own, population, spec) =>
      createLearner(own, population, spec, { name: "mappo", criticContext: criticContextOf(spec, own.config) }),
    );
  },
  // The critic's parameters lie in θ as well; who plays needs to know how many there are, and nothing else of them.
  policy: (population, spec, c) =>
    actorPolicy(population, spec, asPpo(c), layoutOf(objective(spec, asPpo(c), lengthOf(c), criticContextOf(spec, c)))),
});
