// The learners, each a page.
export { actorCritic, actorCriticConfig } from "./actor-critic.ts";
export {
  type Algorithm,
  type AnyAlgorithm,
  configOf,
  contextOf,
  defineAlgorithm,
  type Policy,
  type RunConfig,
  resolveConfig,
  type Snapshot,
  type Update,
} from "./algorithm.ts";
export { dqn, dqnConfig } from "./dqn.ts";
export { impala, impalaConfig } from "./impala.ts";
export { logitResponse, logitResponseConfig } from "./logit-response.ts";
export { mappo, mappoConfig } from "./mappo.ts";
export { meanFieldQ, meanFieldQConfig } from "./mean-field-q.ts";
export { naf, nafConfig } from "./naf.ts";
export { adageTable3, ppo, ppoConfig } from "./ppo.ts";
export { qLearning, qLearningConfig } from "./q-learning.ts";
export { qmix, qmixConfig } from "./qmix.ts";
export { repeatedQ, repeatedQConfig } from "./repeated-q.ts";
export { sac, sacConfig } from "./sac.ts";

import { actorCritic } from "./actor-critic.ts";
import type { AnyAlgorithm } from "./algorithm.ts";
import { dqn } from "./dqn.ts";
import { impala } from "./impala.ts";
import { logitResponse } from "./logit-response.ts";
import { mappo } from "./mappo.ts";
import { meanFieldQ } from "./mean-field-q.ts";
import { naf } from "./naf.ts";
import { ppo } from "./ppo.ts";
import { qLearning } from "./q-learning.ts";
import { qmix } from "./qmix.ts";
import { repeatedQ } from "./repeated-q.ts";
import { sac } from "./sac.ts";

export const algorithms: readonly AnyAlgorithm[] = [
  actorCritic,
  dqn,
  impala,
  logitResponse,
  mappo,
  meanFieldQ,
  naf,
  ppo,
  qLearning,
  qmix,
  repeatedQ,
  sac,
];
