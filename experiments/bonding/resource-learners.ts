// One network and eight learners, each by another line. Those who learn from their own gain should come to the equilibrium of a hundred users, those who learn as a team to the planner's optimum. Short runs.
import {
  actorCritic,
  defineExperiment,
  dqn,
  type Expectation,
  type Experiment,
  known,
  mappo,
  ppo,
  qLearning,
  qmix,
  sac,
} from "walras";
import { resourceNetwork } from "../../economies/resource-network.ts";
import { learner, measure } from "./parts/resource.ts";

const common = { summary: "", economy: resourceNetwork, measure } as const;
const evaluation = { periods: 20, finalPeriods: 20, every: 10 } as const;
/** Periods of eight worlds. */
const periods = (n: number) => ({ numEnvs: 8, totalSteps: 8 * n, evaluation });
const network = { gamma: 0, hiddenLayers: 1, hiddenWidth: 16 } as const;
const replay = { ...network, learningStarts: 2000, learningRate: 5e-3 } as const;
const team = {
  ...{ ...network, agentIndex: false, learningRate: 2e-3, bufferSize: 8000, rewardScale: 0.01 },
  ...{ explorationFraction: 0.3, epsilonEnd: 0.02 },
} as const;

const own: Readonly<Record<string, Experiment>> = {
  PPO: defineExperiment({ name: "bonding/resource-ppo", ...common, ...periods(640), algorithm: ppo, config: learner }),
  SAC: defineExperiment({
    ...{ name: "bonding/resource-sac", ...common, ...periods(600) },
    algorithm: sac,
    config: { ...replay, autotune: false, alpha: 0.02, finalRate: 0.1 },
  }),
  DQN: defineExperiment({
    ...{ name: "bonding/resource-dqn", ...common, ...periods(600) },
    algorithm: dqn,
    config: replay,
  }),
  "independent Q-learning": defineExperiment({
    ...{ name: "bonding/resource-q", ...common, ...periods(2000) },
    algorithm: qLearning,
    config: { gamma: 0, bins: 21, independent: true, learningRate: 1, learningRateSchedule: "visits" },
  }),
  "actor–critic with parameter noise": defineExperiment({
    ...{ name: "bonding/resource-actor-critic", ...common, ...periods(2000) },
    algorithm: actorCritic,
    config: { ...network, noise: "parameters", learningRate: 1e-2, entCoef: 0, scaleRewards: true },
  }),
};
const shared: Readonly<Record<string, Experiment>> = {
  VDN: defineExperiment({
    ...{ name: "bonding/resource-vdn", ...common, ...periods(1500) },
    algorithm: qmix,
    config: { ...team, mixer: "vdn" },
  }),
  QMIX: defineExperiment({
    ...{ name: "bonding/resource-qmix", ...common, ...periods(1000) },
    algorithm: qmix,
    config: { ...team, mixerWidth: 8 },
  }),
};
const of = (name: string, value: string): string => `${name}: ${value}`;

export default defineExperiment({
  name: "bonding/resource-learners",
  summary: "Eight learners in one network, by another line each: five that want their own gain, three that are a team.",
  economy: resourceNetwork,
  algorithm: mappo,
  config: { ...learner, others: "mean" },
  ...periods(640),
  seeds: [1, 2, 3],
  maxSeconds: 90,
  beside: { ...own, ...shared },
  measure(player, p, _training, found) {
    const all: Record<string, number> = {};
    for (const [name, values] of Object.entries({ ...found, MAPPO: measure(player, p) }))
      for (const value of ["utilisation", "welfare"] as const) all[of(name, value)] = values[value]!;
    return all;
  },
  expect: (_p, truth) => {
    const near = (name: string, claim: string, theory: number): Expectation => ({
      item: `utilisation, ${name}`,
      measure: of(name, "utilisation"),
      claim,
      theory,
      unit: "1",
      tolerance: 0.03,
      kind: "absolute",
    });
    return [
      ...Object.keys(own).map((name) => near(name, "equilibrium", known(truth.utilisation))),
      ...[...Object.keys(shared), "MAPPO"].map((name) => near(name, "planner's optimum", truth.plannersUtilisation)),
    ];
  },
  tables: (_p, truth) => [
    {
      title: "Learners by one line",
      cases: ["learner", "wants"],
      columns: [
        { name: "utilisation", unit: "1" },
        { name: "theory", unit: "1" },
        { name: "welfare", unit: "money" },
        { name: "theory of it", unit: "money" },
      ],
      rows: [
        ...Object.keys(own).map((name) => ({
          of: [name, "its own gain"],
          cells: [of(name, "utilisation"), known(truth.utilisation), of(name, "welfare"), known(truth.welfare)],
        })),
        ...[...Object.keys(shared), "MAPPO"].map((name) => ({
          of: [name, "the team's"],
          cells: [of(name, "utilisation"), truth.plannersUtilisation, of(name, "welfare"), truth.plannersWelfare],
        })),
      ],
      note: "Over 1000 periods of greedy play. Short runs: none was trained to its end.",
    },
  ],
});
