import { expect, test } from "vitest";
import { lqr } from "../../experiments/control/parts/lqr.ts";
import { guesses, meals, regulatorCost, shortfalls } from "../../test/learned.ts";
import { boxesSpec, choicesSpec, gradientError, named, someNumbers } from "../../test/objectives.ts";
import { runOnThreads } from "../../test/threads.ts";
import {
  bandit,
  blind,
  contexts,
  coordination,
  credit,
  distance,
  larder,
  oneStep,
  type Recorded,
  realm,
  regulator,
  type Training,
  tastes,
  trainOn,
  turns,
} from "../../test/tiny-economies.ts";
import type { Economy } from "../economy/index.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { layoutOf, trace } from "../nn/index.ts";
import { evaluate } from "../nn/reference.ts";
import { type ActorCriticConfig, actorCritic, objective } from "./actor-critic.ts";
import { resolveConfig } from "./algorithm.ts";
import { actionsInput, actor } from "./on-policy/actor.ts";
import { valueGraph } from "./on-policy/critic.ts";

const SMALL: Partial<ActorCriticConfig> = {
  hiddenLayers: 1,
  hiddenWidth: 16,
  numSteps: 8,
  learningRate: 1e-2,
  gamma: 0.9,
};
const train = (economy: Economy, { config, ...training }: Training<ActorCriticConfig>) =>
  trainOn(actorCritic, economy, { ...training, config: { ...SMALL, ...config } });

/** V(o), by the plainest loops on the saved parameters. */
function valueAt(last: Recorded, spec: PopulationSpec, name: string, obs: readonly number[]) {
  const c = resolveConfig(actorCritic, SMALL);
  const params = named(last.arrays[`${name}/theta`] as Float32Array, layoutOf(objective(spec, c, 1)));
  return evaluate([valueGraph(spec, c, 1).outputs.value], { ...params, obs })[0][0];
}

/** A small network and four rows, the third of which has no weight. */
function example(spec: PopulationSpec, config: Partial<ActorCriticConfig>) {
  const rows = 4;
  const c = resolveConfig(actorCritic, { hiddenLayers: 1, hiddenWidth: 5, entCoef: 0.3, vfCoef: 0.4, ...config });
  const graph = objective(spec, c, rows);
  const layout = layoutOf(graph);
  const some = someNumbers(200 + layout.size);
  const theta = some(layout.size, 0.7);
  const inputs = {
    obs: some(rows * 3, 1),
    mask: Array(rows).fill(1),
    actions: spec.continuous ? some(rows * 2, 1) : [0, 1, 2, 0, 1, 0, 2, 1],
    advantage: [1.5, -0.8, 0.6, -1.2],
    target: some(rows, 1),
    weight: [4 / 3, 4 / 3, 0, 4 / 3],
    noise: some(rows * 2, 1),
  };
  return { c, graph, layout, theta, rows, inputs };
}

test("the objective is −A ln π, ½ squared error and entropy", () => {
  const { c, graph, layout, theta, inputs, rows } = example(choicesSpec, {});
  const values = { ...inputs, ...named(theta, layout) };
  const names = ["policy", "value", "entropy"] as const;
  const [loss, policy, squares, entropy] = evaluate(
    [graph.loss!, ...names.map((name) => graph.outputs[name])],
    values,
  ).map((x) => x[0]);
  const now = trace({ obs: graph.inputs.obs, actions: actionsInput(choicesSpec, rows) } as never, (x: never, par) => {
    const { obs, actions } = x as { obs: never; actions: never };
    return { outputs: { logProb: actor(par, obs, choicesSpec, c, obs).logProb(actions) } };
  }).outputs.logProb;
  const logProb = evaluate([now], values)[0];
  const V = evaluate([valueGraph(choicesSpec, c, rows).outputs.value], values)[0];
  const average = (of: (k: number) => number) => [0, 1, 3].reduce((sum, k) => sum + of(k), 0) / 3;
  const expected = [
    average((k) => -inputs.advantage[k] * logProb[k]),
    average((k) => (V[k] - inputs.target[k]) ** 2 / 2),
  ];
  expect(distance([policy, squares], expected)).toBeLessThan(1e-9);
  expect(entropy).toBeGreaterThan(0);
  expect(entropy).toBeLessThan(Math.log(3) + Math.log(2));
  expect(loss).toBeCloseTo(policy - 0.3 * entropy + 0.4 * squares, 9);
});

test("the gradient of the objective equals finite differences, for choices, normals and squashed normals", () => {
  for (const [spec, config] of [
    [choicesSpec, {}],
    [boxesSpec, { activation: "relu" }],
    [boxesSpec, { squash: true }],
  ] as const) {
    const { graph, theta, inputs } = example(spec, config);
    expect(gradientError(graph, theta, inputs)).toBeLessThan(1);
  }
});

test("without noise what acts is what learned; with it, the actor's weights are moved by σ z and nothing else is", () => {
  for (const noise of ["none", "parameters"] as const) {
    const { last } = train(contexts, { config: { noise, hiddenWidth: 64 }, totalSteps: 8 });
    const [theta, acting] = [last.arrays["guessers/theta"], last.arrays["guessers/theta/acting"]] as Float32Array[];
    const sigma = (last.arrays["guessers/sigmas"] as Float64Array)[0];
    const moved = [...acting].map((x, k) => x - theta[k]);
    if (noise === "none") {
      expect(moved.every((x) => x === 0)).toBe(true);
      continue;
    }
    const inActor = moved.filter((x) => x !== 0);
    expect(inActor.length).toBe((1 + 1) * 64 + (64 + 1) * 3); // one feature, 64 units, three choices
    const deviation = Math.sqrt(inActor.reduce((sum, x) => sum + x * x, 0) / inActor.length);
    expect(Math.abs(deviation / sigma - 1)).toBeLessThan(4 / Math.sqrt(2 * inActor.length));
  }
});

test("the scale of the noise adapts until actions are as far apart as wanted, from too little noise and from too much", () => {
  for (const [economy, population, spec] of [
    [contexts, "guessers", 3],
    [regulator, "stewards", 0],
  ] as const)
    for (const noiseStd of [1e-3, 3]) {
      const noiseTarget = 0.2;
      const { updates } = train(economy, {
        config: { noiseStd, noiseTarget, noiseAdaptation: 1.05, learningRate: 1e-6, updates: 40 },
        totalSteps: 8 * 400,
      });
      const wanted = spec > 0 ? -Math.log(1 - noiseTarget + noiseTarget / spec) : noiseTarget;
      const late = updates.slice(20).map(({ metrics }) => metrics["charts/noiseDistance"]);
      const mean = late.reduce((a, b) => a + b) / late.length;
      expect(updates[0].metrics["charts/noiseDistance"] < wanted, population).toBe(noiseStd < 1);
      // σ settles where distances are as often above as below the target; their mean is near it.
      expect(mean / wanted).toBeGreaterThan(0.6);
      expect(mean / wanted).toBeLessThan(1.7);
    }
});

test("noise on updates stays, so that parameters walk away from where they would have been as √k σ", () => {
  const walked = (rollouts: number) => {
    const { last, updates } = train(contexts, {
      config: { noise: "updates", noiseStd: 0.01, learningRate: 1e-12, hiddenWidth: 64, updates: rollouts },
      totalSteps: 8 * rollouts,
    });
    const [from, to] = [updates[0], last].map(({ arrays }) => arrays["guessers/theta"] as Float32Array);
    const steps = [...to].map((x, k) => x - from[k]).filter((x) => x !== 0);
    return Math.sqrt(steps.reduce((sum, x) => sum + x * x, 0) / steps.length) / (0.01 * Math.sqrt(rollouts - 1));
  };
  for (const rollouts of [5, 50]) expect(Math.abs(walked(rollouts) - 1)).toBeLessThan(0.2);
});

test("a bandit is learned, with noise on parameters and without: everybody pulls the best arm, and the critic knows what it pays", () => {
  for (const noise of ["none", "parameters"] as const) {
    const { player, last, env } = train(bandit, { config: { gamma: 0, noise }, totalSteps: 3200, numEnvs: 2 });
    expect([...(player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([2, 2, 2, 2]);
    expect(Math.abs(valueAt(last, env.spec.gamblers, "gamblers", [1]) - 0.8)).toBeLessThan(0.1);
  }
});

test("credit goes back to the choice that earned it, by whole returns and by one step, with noise and without: 1 later beats ½ now", () => {
  for (const [noise, gaeLambda] of [
    ["none", 1],
    ["parameters", 1],
    ["parameters", 0],
  ] as const) {
    const { player, last, env } = train(credit, { config: { noise, gaeLambda }, totalSteps: 8000, numEnvs: 4 });
    expect((player.respond("saver", () => {}).choice as Float64Array)[0]).toBe(1);
    expect(Math.abs(valueAt(last, env.spec.saver, "saver", [1, 1]) - 1)).toBeLessThan(0.1);
    expect(Math.abs(valueAt(last, env.spec.saver, "saver", [0, 0]) - 0.9)).toBeLessThan(0.1);
  }
});

test("a choice depends on what is seen", () => {
  const { player } = train(contexts, { config: { gamma: 0 }, totalSteps: 2400, numEnvs: 2 });
  expect(guesses(player, [-1, 0, 1, 1, 0, -1])).toEqual([0, 1, 2, 2, 1, 0]);
});

test("in a 2×2 coordination game independent learners end in a pure equilibrium", () => {
  for (const seed of [1, 2, 3]) {
    const { player } = train(coordination, { config: { gamma: 0, independent: true }, totalSteps: 1200, seed });
    const move = player.respond("players", () => {}).move as Float64Array;
    expect(move[0]).toBe(move[1]);
  }
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  const config = { gamma: 0.5, maxGradNorm: 100 };
  const truncated = train(oneStep, { config, numEnvs: 4, totalSteps: 12_000 });
  const terminated = train(oneStep, { config, numEnvs: 4, totalSteps: 12_000, params: { ends: 1 } });
  // r + γ r + γ² r + … = ±2 if it goes on as it was; ±1 if it does not, or if the next world's draw is mistaken for the future.
  for (const sign of [-1, 1]) {
    const spec = truncated.env.spec.worker;
    expect(Math.abs(valueAt(truncated.last, spec, "worker", [sign]) - 2 * sign)).toBeLessThan(0.03);
    expect(Math.abs(valueAt(terminated.last, spec, "worker", [sign]) - sign)).toBeLessThan(0.03);
  }
});

test("a regulator is learned to within 5 % of the least cost", () => {
  const { player } = train(regulator, {
    config: {
      gamma: 0.95,
      entCoef: 0,
      initialLogStd: -1.5,
      hiddenLayers: 2,
      hiddenWidth: 32,
      numSteps: 20,
      learningRate: 3e-3,
      maxGradNorm: 10,
    },
    totalSteps: 48_000,
    numEnvs: 8,
  });
  const cost = regulatorCost(player);
  expect(cost).toBeGreaterThan(1 - 1e-6);
  expect(cost).toBeLessThan(1.05);
});

test("independent agents have networks of their own and learn their own tastes, in every dimension", () => {
  const { player, last } = train(tastes, {
    config: { gamma: 0, independent: true },
    totalSteps: 4000,
    numEnvs: 2,
  });
  const { dish, drink } = player.respond("eaters", () => {}) as unknown as Record<string, Float64Array>;
  expect(Object.keys(last.arrays).filter((name) => /theta(\/\d+)?$/.test(name)).length).toBe(8);
  expect([...dish]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  expect([...drink]).toEqual(Array(8).fill(1));
});

test("what is masked is never chosen, and what is learned of the rest is right", () => {
  for (const noise of ["none", "parameters"] as const) {
    // With `strict`, asking for what is not there ends the run.
    const { player } = train(larder, {
      config: { gamma: 0, noise, numSteps: 7 },
      params: { strict: 1 },
      totalSteps: 8000,
      numEnvs: 2,
    });
    const { eaten, drink } = meals(player);
    expect(eaten).toEqual([0, 1, 2, 3]);
    expect(drink[3]).toBe(1);
  }
});

test("a population may have settings of its own", () => {
  const { last } = train(turns, {
    config: { updates: 1, populations: { second: { hiddenWidth: 4 } } },
    totalSteps: 40,
  });
  const [first, second] = ["first", "second"].map((name) => (last.arrays[`${name}/theta`] as Float32Array).length);
  expect([first, second]).toEqual([16, 4].map((width) => (1 + 1) * width * 2 + (width + 1) * 3)); // two choices, one value
});

test("populations learn each on its own clock, also where worlds end apart", () => {
  const { player } = train(realm, { config: { gamma: 0.5 }, totalSteps: 24_000, numEnvs: 4 });
  expect((player.respond("leader", () => {}).law as Float64Array)[0]).toBe(1);
  expect(shortfalls(player).disobedience).toBe(0);
  const inTurn = train(turns, { config: { gamma: 0 }, totalSteps: 3000, numEnvs: 2 });
  expect((inTurn.player.respond("first", () => {}).move as Float64Array)[0]).toBe(1);
});

test("a resumed training equals one that was never stopped, bit for bit, also in the middle of a rollout", () => {
  for (const [economy, config] of [
    [contexts, { scaleRewards: true, normalizeObs: true, numSteps: 7 }],
    [tastes, { independent: true, numSteps: 9 }],
    [lqr, { squash: true, numSteps: 7, normalizeObs: true }],
    [realm, { scaleRewards: true, numSteps: 6, noise: "updates" }],
  ] as const) {
    const training = { config: { ...config, updates: 6 }, totalSteps: 240, numEnvs: 2 };
    const whole = train(economy, training);
    const resumed = train(economy, { ...training, from: whole.updates[2] });
    expect(resumed.updates).toEqual(whole.updates.slice(3));
  }
});

test("the number of threads changes nothing: 1, 2, 3 and 7 give the same bytes", async () => {
  for (const [name, economy, settings] of [
    ["shared", "lqr", "{ normalizeObs: true, scaleRewards: true, squash: true, numSteps: 8 }"],
    ["independent", "tastes", "{ independent: true, numSteps: 5 }"],
    ["apart", "realm", '{ numSteps: 6, noise: "updates" }'],
  ]) {
    const { hashes } = await runOnThreads(
      (from) => `
        import { defineExperiment } from ${from("src/experiment/experiment.ts")};
        import { actorCritic } from ${from("src/algorithms/actor-critic.ts")};
        import { ${economy} } from ${from(economy === "lqr" ? "experiments/control/parts/lqr.ts" : "test/tiny-economies.ts")};
        export default defineExperiment({ name: "actor-critic/${name}", summary: "", economy: ${economy}, algorithm: actorCritic,
          config: { hiddenWidth: 16, updates: 3, ...${settings} }, numEnvs: 5, totalSteps: 400 });`,
      name === "apart" ? [2, 3, 7] : [2],
    );
    expect(new Set(hashes).size).toBe(1);
  }
}, 60_000);

test("what cannot be learned says why", () => {
  expect(() => train(blind, { totalSteps: 4 })).toThrow(
    "actor-critic: people observes nothing; declare observe.people.",
  );
});
