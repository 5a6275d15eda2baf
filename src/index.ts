// What an economy or an experiment imports: `import { defineEconomy, … } from "walras"`.
export { actorCritic } from "./algorithms/actor-critic.ts";
export { dqn } from "./algorithms/dqn.ts";
export { impala } from "./algorithms/impala.ts";
export { logitResponse } from "./algorithms/logit-response.ts";
export { mappo } from "./algorithms/mappo.ts";
export { naf } from "./algorithms/naf.ts";
export { adageTable3, ppo } from "./algorithms/ppo.ts";
export { qLearning } from "./algorithms/q-learning.ts";
export { qmix } from "./algorithms/qmix.ts";
export { repeatedQ } from "./algorithms/repeated-q.ts";
export { sac } from "./algorithms/sac.ts";
export * from "./economy/index.ts";
export * as mechanisms from "./economy/mechanisms/index.ts";
export { type RecordOptions, record } from "./engine/record.ts";
export type { Progress, RunResult } from "./engine/run.ts";
export { type Learned, type LoadedRun, loadRun, type Training, type TrainOptions, train } from "./engine/session.ts";
export { makeVectorEnv, type VectorEnv, type VectorEnvOptions } from "./env/vector-env.ts";
export {
  defineExperiment,
  type Expectation,
  type Experiment,
  type ExperimentFigure,
  type FigureLine,
} from "./experiment/experiment.ts";
export { type PlayedMetric, type Player, type PlayOptions, play } from "./experiment/play.ts";
export * as leaders from "./leaders/index.ts";
export * as math from "./math/index.ts";
export * as metrics from "./metrics/index.ts";
export * as solvers from "./solvers/index.ts";
export { memoryStore, type Store } from "./store/index.ts";
export { VERSION } from "./version.ts";
