import { expect, test } from "vitest";
import { guesses } from "../../test/learned.ts";
import { recording } from "../../test/recording.ts";
import { runOnThreads } from "../../test/threads.ts";
import {
  bandit,
  contexts,
  coordination,
  credit,
  distance,
  OPTIMAL,
  oneStep,
  type Recorded,
  referenceMdp,
  type Training,
  tastes,
  trainOn,
  turns,
} from "../../test/tiny-economies.ts";
import { defineEconomy, discrete, type Economy, f64, grid, param, population } from "../economy/index.ts";
import { type DqnConfig, dqn } from "./dqn.ts";
import { qLearning } from "./q-learning.ts";

const SMALL: Partial<DqnConfig> = {
  hiddenLayers: 1,
  hiddenWidth: 16,
  batchSize: 64,
  bufferSize: 4000,
  tau: 0.05,
  finalTau: 0.05,
};

const train = (economy: Economy, { config, ...training }: Training<DqnConfig>) =>
  trainOn(dqn, economy, { ...training, config: { ...SMALL, ...config } });

/** Q(o, ·) of a population with one action dimension, by plain arithmetic on the saved parameters. */
function valuesAt(
  { arrays }: Recorded,
  array: string,
  obs: readonly number[],
  choices: number,
  config: Partial<DqnConfig> = {},
) {
  const { hiddenLayers, hiddenWidth, dueling = false, valueScale = 1 } = { ...SMALL, ...config } as DqnConfig;
  const theta = arrays[array] as Float32Array;
  let at = 0;
  // A weight is [inputs, outputs], that of the branches [outputs, inputs].
  const layer = (x: readonly number[], outputs: number, transposed = false): number[] => {
    const weight = at;
    const bias = weight + x.length * outputs;
    at = bias + outputs;
    const place = (i: number, j: number) => weight + (transposed ? j * x.length + i : i * outputs + j);
    return Array.from({ length: outputs }, (_, j) =>
      x.reduce((sum, xi, i) => sum + xi * theta[place(i, j)], theta[bias + j]),
    );
  };
  let h: readonly number[] = obs;
  for (let l = 0; l < hiddenLayers; l++) h = layer(h, hiddenWidth).map((x) => Math.max(0, x));
  const branches = layer(h, choices, true);
  const value = dueling ? valueScale * layer(h, 1)[0] : 0;
  expect(at).toBe(theta.length);
  return branches.map((x) => x + value);
}

/** Four periods in a row, paid 1, 10, 100, 1000, and then the end of the world, or of our watching. */
const ladder = defineEconomy({
  name: "ladder",
  source: "test",
  summary: "Each rung is seen by itself, and nothing can be chosen.",
  params: { rungs: param(4, { integer: true }) },
  horizon: "rungs",
  world: { rung: f64() },
  populations: { climber: population({ size: 1, state: { reward: f64() }, actions: { step: discrete(1) } }) },
  phases: ({ decide, world }) => ({
    step: decide("climber", { doc: "up" }),
    pay: world({ doc: "10^rung" }, (w) => {
      w.climber.reward[0] = PAY[w.rung];
      w.rung += 1;
    }),
  }),
  observe: {
    climber: Object.fromEntries(
      [0, 1, 2, 3].map((r) => [`on${r}`, { world: "rung" as const, center: r, scale: 1, doc: "from here" }]),
    ),
  },
  reward: { climber: { column: "reward", doc: "10^rung" } },
  end: (w) => w.rung === 4,
});
const PAY = [1, 10, 100, 1000];
const seenFrom = (rung: number) => [0, 1, 2, 3].map((r) => rung - r);

test("a bandit is learned: everybody pulls the best arm, and values are the arms' means", () => {
  const { player, last } = train(bandit, {
    config: { gamma: 0, epsilonEnd: 0.3, finalLearningRate: 1e-4 },
    totalSteps: 2500,
  });
  const { arm } = player.respond("gamblers", () => {});
  expect([...(arm as Float64Array)]).toEqual([2, 2, 2, 2]);
  expect(distance(valuesAt(last, "gamblers/theta", [1], 5), [0.2, 0.6, 0.8, 0, 0.4])).toBeLessThan(0.1);
});

test("credit goes back to the choice that earned it: 1 later beats ½ now", () => {
  const { player, last } = train(credit, { config: { gamma: 0.9 }, totalSteps: 1500 });
  expect(Number((player.respond("saver", () => {}).choice as Float64Array)[0])).toBe(1);
  expect(distance(valuesAt(last, "saver/theta", [0, 0], 2), [0.5, 0.9])).toBeLessThan(0.05);
  expect(distance(valuesAt(last, "saver/theta", [1, 1], 2), [1, 1])).toBeLessThan(0.05);
});

test("a choice depends on what is seen", () => {
  const { player } = train(contexts, { config: { gamma: 0 }, totalSteps: 600 });
  expect(guesses(player, [-1, 0, 1, 1, 0, -1])).toEqual([0, 1, 2, 2, 1, 0]);
});

test("in a 2×2 coordination game independent learners end in a pure equilibrium", () => {
  for (const seed of [1, 2, 3]) {
    const { player } = train(coordination, { config: { gamma: 0, independent: true }, totalSteps: 1000, seed });
    const move = player.respond("players", () => {}).move as Float64Array;
    expect(move[0]).toBe(move[1]);
  }
});

test("a truncated world bootstraps from its own final observation; a terminated one has no future", () => {
  const config = { gamma: 0.5 };
  // r + γ r + γ² r + … = ±2 if it goes on as it was; ±1 if it does not, or if the next world's draw is mistaken for the future.
  const truncated = train(oneStep, { config, numEnvs: 2, totalSteps: 3000 });
  const terminated = train(oneStep, { config, numEnvs: 2, totalSteps: 3000, params: { ends: 1 } });
  for (const sign of [-1, 1]) {
    expect(distance(valuesAt(truncated.last, "worker/theta", [sign], 1), [2 * sign])).toBeLessThan(0.02);
    expect(distance(valuesAt(terminated.last, "worker/theta", [sign], 1), [sign])).toBeLessThan(0.02);
  }
});

test("an n-step return is the sum by hand, with the frozen target's value behind it, and stops where an episode ends", () => {
  const γ = 0.5;
  const config = { gamma: γ, tau: 0, finalTau: 0, rewardScale: 0.01, hiddenWidth: 32, updates: 3 };
  for (const [nSteps, ends] of [
    [1, true],
    [2, true],
    [3, true],
    [3, false],
  ] as const) {
    const { last } = train(ladder, {
      config: { ...config, nSteps, finalLearningRate: 1e-5 },
      params: { rungs: ends ? 9 : 3 },
      totalSteps: 3000,
    });
    const V = (rung: number) => valuesAt(last, "climber/target", seenFrom(rung), 1, config)[0];
    const length = ends ? 4 : 3;
    for (let rung = 0; rung < length; rung++) {
      let expected = 0;
      let discount = 1;
      for (let k = rung; k < Math.min(rung + nSteps, length); k++, discount *= γ) expected += discount * 0.01 * PAY[k];
      const reached = Math.min(rung + nSteps, length);
      if (!(ends && reached === length)) expected += discount * V(reached);
      expect(distance(valuesAt(last, "climber/theta", seenFrom(rung), 1, config), [expected])).toBeLessThan(0.02);
    }
  }
});

test("double Q values, by the target network, what the online network would choose; otherwise the target's own maximum counts", () => {
  // The last choice is worth its number in tenths, so the online network chooses 3 there; the frozen target has another favourite.
  const last4 = defineEconomy({
    name: "last-of-two",
    source: "test",
    summary: "A worthless choice, then one that is paid by number.",
    params: {},
    horizon: 9,
    world: { stage: f64() },
    populations: { chooser: population({ size: 1, state: { reward: f64() }, actions: { choice: discrete(4) } }) },
    phases: ({ decide, world }) => ({
      choose: decide("chooser", { doc: "0 to 3" }),
      pay: world({ doc: "choice/10 in the end" }, (w) => {
        w.chooser.reward[0] = w.stage === 1 ? w.chooser.choice[0] / 10 : 0;
        w.stage += 1;
      }),
    }),
    observe: {
      chooser: {
        late: { world: "stage", doc: "0, then 1" },
        early: { world: "stage", center: 1, scale: -1, doc: "1, then 0" },
      },
    },
    reward: { chooser: { column: "reward", doc: "choice/10" } },
    end: (w) => w.stage === 2,
  });
  const [EARLY, LATE] = [
    [0, 1],
    [1, 0],
  ];
  for (const doubleQ of [false, true]) {
    const config = {
      gamma: 0.9,
      tau: 0,
      finalTau: 0,
      epsilonEnd: 1,
      learningRate: 5e-3,
      finalLearningRate: 1e-4,
      doubleQ,
    };
    const { last } = train(last4, { config, totalSteps: 3000 });
    const target = valuesAt(last, "chooser/target", LATE, 4);
    expect(distance(valuesAt(last, "chooser/theta", LATE, 4), [0, 0.1, 0.2, 0.3])).toBeLessThan(0.02);
    const maximum = Math.max(...target);
    expect(maximum - target[3]).toBeGreaterThan(0.3); // an overestimate that double Q does not make
    const future = 0.9 * (doubleQ ? target[3] : maximum);
    expect(distance(valuesAt(last, "chooser/theta", EARLY, 4), [future, future, future, future])).toBeLessThan(0.02);
  }
});

test("the target moves by τ towards the network that has just learned, at its interval; τ falls geometrically from 0.3 of training on", () => {
  const targetInterval = 3;
  const { updates } = train(contexts, {
    config: { tau: 0.2, finalTau: 0.002, targetInterval, updates: 30 },
    totalSteps: 30,
  });
  let moves = 0;
  for (let k = 1; k < updates.length; k++) {
    const [before, after, theta] = [
      updates[k - 1].arrays["guessers/target"],
      updates[k].arrays["guessers/target"],
      updates[k].arrays["guessers/theta"],
    ] as Float32Array[];
    const moved = updates[k].meta["guessers/batches"] % targetInterval === 0 && updates[k].meta["guessers/batches"] > 0;
    if (moved) moves++;
    const τ = 0.2 * 0.01 ** Math.max(0, (k / 30 - 0.3) / 0.7);
    const expected = [...before].map((x, i) => (moved ? (1 - τ) * x + τ * theta[i] : x));
    expect(distance(after, expected)).toBeLessThan(moved ? 1e-6 : 1e-300);
  }
  expect(moves).toBe(9);
});

test("a resumed training equals one that was never stopped, bit for bit", () => {
  for (const [economy, config] of [
    [contexts, { doubleQ: true, dueling: true, nSteps: 3, gradientSteps: 0.7, bufferSize: 200 }],
    [tastes, { independent: true, trembleStart: 0.3, trembleEnd: 0.1, centerRewards: true, actWith: "target" }],
    [turns, {}],
    [contexts, { prioritized: true, nSteps: 2, bufferSize: 200 }],
    [tastes, { prioritized: true, independent: true }],
  ] as const) {
    const training = { config: { ...config, updates: 6 }, totalSteps: 240, numEnvs: 2 };
    const whole = train(economy, training);
    const resumed = train(economy, { ...training, from: whole.updates[2] });
    expect(resumed.updates).toEqual(whole.updates.slice(3));
  }
});

test("independent agents have networks of their own and learn their own tastes; sharing ones do alike", () => {
  const orders = (independent: boolean) => {
    const { player, last } = train(tastes, { config: { gamma: 0, independent }, totalSteps: 1500 });
    const networks = Object.keys(last.arrays).filter((name) => name.startsWith("eaters/theta"));
    return { networks, dish: [...(player.respond("eaters", () => {}).dish as Float64Array)] };
  };
  const own = orders(true);
  expect(own.networks).toEqual(Array.from({ length: 8 }, (_, i) => `eaters/theta/${i}`));
  expect(own.dish).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  const shared = orders(false);
  expect(shared.networks).toEqual(["eaters/theta"]);
  expect(new Set(shared.dish).size).toBe(1);
});

test("trembling is symmetric about the greedy choice and never leaves the grid", () => {
  const seen = defineEconomy({
    name: "positions",
    source: "test",
    summary: "Agents stand in a row and post a number.",
    params: { agents: param(60, { integer: true }) },
    horizon: 100,
    populations: {
      posters: population({
        size: "agents",
        state: { place: f64(), reward: f64() },
        actions: { price: grid(0, 1, 41) },
      }),
    },
    start: ({ each }) => ({
      stand: each("posters", { doc: "from −2 to 2" }, ({ place, size }, from, to) => {
        for (let i = from; i < to; i++) place[i] = -2 + (4 * i) / (size - 1);
      }),
    }),
    phases: ({ decide, each }) => ({
      post: decide("posters", { doc: "a price" }),
      pay: each("posters", { doc: "nothing" }, ({ reward }, from, to) => {
        reward.fill(0, from, to);
      }),
    }),
    observe: { posters: { place: { column: "place", doc: "−2 to 2" } } },
    reward: { posters: { column: "reward", doc: "0" } },
  });
  const config = {
    gradientSteps: 0,
    epsilonStart: 0,
    epsilonEnd: 0,
    trembleStart: 0.05,
    trembleEnd: 0.05,
    updates: 200,
    independent: true,
  };
  const { player, played } = train(seen, { config, totalSteps: 200, seed: 6 });
  const greedy = [...(player.respond("posters", () => {}).price as Float64Array)].map((price) =>
    Math.round(40 * price),
  );
  const inside = { all: 0, above: 0, below: 0, squares: 0 };
  const edge = { all: 0, above: 0, below: 0, squares: 0 };
  for (const { posters } of played)
    for (const [i, choice] of posters.entries()) {
      const noise = choice - greedy[i];
      expect(choice >= 0 && choice <= 40).toBe(true);
      // More than four standard deviations of 0.05 × 40 steps fit on either side, or they do not.
      const where = Math.min(greedy[i], 40 - greedy[i]) >= 9 ? inside : edge;
      where.all++;
      where.squares += noise * noise;
      if (noise > 0) where.above++;
      if (noise < 0) where.below++;
    }
  expect(Math.min(inside.all, edge.all)).toBeGreaterThan(3000);
  expect(Math.abs(inside.above - inside.below)).toBeLessThan(4 * Math.sqrt(inside.above + inside.below));
  // A normal rounded to whole steps; what would leave the grid is turned round, not cut off, so that its size is the same everywhere.
  const deviation = Math.sqrt(4 + 1 / 12);
  for (const { all, squares } of [inside, edge])
    expect(Math.abs(Math.sqrt(squares / all) / deviation - 1)).toBeLessThan(4 / Math.sqrt(2 * all));
});

test("trembling falls geometrically from the end of exploration to 0.85 of training", () => {
  const config = { trembleStart: 0.4, trembleEnd: 0.1, explorationFraction: 0.25, updates: 20 };
  const { updates } = train(tastes, { config, totalSteps: 20 });
  for (const [k, { metrics }] of updates.entries()) {
    const share = Math.min(1, Math.max(0, (k / 20 - 0.25) / 0.6));
    expect(metrics["charts/tremble"]).toBeCloseTo(0.4 * 0.25 ** share, 12);
  }
});

test("centred rewards are less the mean of the first step, before they are scaled", () => {
  const { backend, runs } = recording();
  const config = { gamma: 0, centerRewards: true, rewardScale: 0.5, updates: 1 };
  const { last } = train(bandit, { config, numEnvs: 2, totalSteps: 2 * 30, backend });
  const rewards = (last.arrays["gamblers/replay/rewards"] as Float32Array).subarray(0, 30 * 8);
  const mean = rewards.subarray(0, 8).reduce((a, b) => a + b) / 8;
  expect(Math.abs(mean)).toBeGreaterThan(0.05);
  expect(runs.length).toBe(4 * 29);
  for (const { inputs } of runs)
    for (const target of inputs.target)
      expect(Math.min(...rewards.map((r) => Math.abs(0.5 * (r - mean) - target)))).toBeLessThan(1e-6);
});

test("the network that acts is the one that is asked for, in training and afterwards", () => {
  const favourite = (last: Recorded, network: string) => {
    const values = valuesAt(last, `gamblers/${network}`, [1], 5);
    return values.indexOf(Math.max(...values));
  };
  for (const actWith of ["online", "target"] as const) {
    const exploring = { epsilonStart: 0.5, epsilonEnd: 0.5, updates: 1000 };
    const config = { gamma: 0, tau: 0, finalTau: 0, actWith, ...exploring };
    const { last, player, played } = train(bandit, { config, totalSteps: 1000, seed: 8 });
    const [online, target] = [favourite(last, "theta"), favourite(last, "target")];
    expect(online).not.toBe(target); // the first was learned, the second is as it was at first
    const acting = actWith === "online" ? online : target;
    expect([...(player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([acting, acting, acting, acting]);
    const late = played.slice(-100).flatMap(({ gamblers }) => gamblers);
    expect(late.filter((arm) => arm === acting).length).toBeGreaterThan(0.5 * late.length); // 0.6, ± 0.1
  }
});

test("settings that would make a schedule meaningless are refused", () => {
  const refused = (config: Partial<DqnConfig>) => expect(() => train(bandit, { config, totalSteps: 1 }));
  refused({ trembleStart: 0.1 }).toThrow(
    "dqn: trembleStart is 0.1 and trembleEnd 0, expected both above 0, or both 0.",
  );
  refused({ trembleStart: 0.1, trembleEnd: 0.1, explorationFraction: 0.9 }).toThrow(
    "dqn: explorationFraction is 0.9, expected below 0.85",
  );
  refused({ tau: 0 }).toThrow("dqn: tau is 0 and finalTau 0.05, expected both above 0, or both 0.");
  refused({ batchSize: 30 }).toThrow("dqn: batchSize is 30, expected a multiple of 4.");
});

test("deep and tabular Q-learning agree on the reference MDP, and with its solution", () => {
  const deep = train(referenceMdp, {
    config: {
      gamma: 0.9,
      epsilonEnd: 1,
      gradientSteps: 0.5,
      tau: 0.02,
      finalTau: 0.005,
      finalLearningRate: 1e-4,
      bufferSize: 40_000,
      rewardScale: 0.1,
    },
    totalSteps: 40_000,
    numEnvs: 4,
  });
  const tabular = trainOn(qLearning, referenceMdp, {
    config: { gamma: 0.9, bins: 2, low: 0, high: 1, learningRate: 1, learningRateSchedule: "visits", epsilon: 1 },
    totalSteps: 200_000,
  });
  const q = [0, 1].flatMap((state) => valuesAt(deep.last, "planner/theta", [state], 2).map((x) => 10 * x));
  const table = tabular.last.arrays["planner/q"] as Float64Array;
  expect(distance(table, OPTIMAL)).toBeLessThan(0.05);
  expect(distance(q, OPTIMAL)).toBeLessThan(0.3);
  expect(distance(q, [...table])).toBeLessThan(0.3);
});

test("populations that decide in turn each learn from what followed their own decision", () => {
  const { last, player } = train(turns, {
    config: { gamma: 0, learningRate: 5e-3, finalLearningRate: 1e-4 },
    totalSteps: 2400,
    numEnvs: 2,
  });
  expect(distance(valuesAt(last, "first/theta", [1], 2), [0, 1])).toBeLessThan(0.05);
  expect(distance(valuesAt(last, "second/theta", [0], 2), [1, 0])).toBeLessThan(0.05);
  expect(distance(valuesAt(last, "second/theta", [1], 2), [0, 1])).toBeLessThan(0.05);
  expect((player.respond("first", () => {}).move as Float64Array)[0]).toBe(1);
});

test("with dueling, V and the branches together are the values, whatever the scale of V", () => {
  for (const valueScale of [1, 5]) {
    const config = { gamma: 0, epsilonEnd: 0.3, finalLearningRate: 1e-4, dueling: true, valueScale };
    const { player, last } = train(bandit, { config, totalSteps: 2500 });
    expect([...(player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([2, 2, 2, 2]);
    expect(distance(valuesAt(last, "gamblers/theta", [1], 5, config), [0.2, 0.6, 0.8, 0, 0.4])).toBeLessThan(0.1);
  }
});

test("by priority, what can be drawn is what has n successors and is not written next, each as likely until it was learned from", () => {
  for (const totalSteps of [10, 24, 25, 47, 100]) {
    // 24 slots of 2 worlds with 6 agents; nothing is learned, so all that can be drawn has the first priority, 1
    const config = { prioritized: true, gradientSteps: 0, bufferSize: 24 * 12, nSteps: 3, updates: 1 };
    const { arrays, meta } = train(contexts, { config, totalSteps: 2 * totalSteps, numEnvs: 2 }).last;
    const nodes = arrays["guessers/replay/priorities"] as Float64Array;
    const leaves = nodes.subarray(nodes.length / 2);
    const stored = meta["guessers/turns"];
    const usable = Math.min(stored, 23) - 3;
    const expected = Array.from(leaves, (_, leaf) => {
      const slot = Math.floor(leaf / 12);
      const age = (((stored - 1 - 3 - slot) % 24) + 24) % 24;
      return slot < 24 && age < usable ? 1 : 0;
    });
    expect([...leaves]).toEqual(expected);
    expect(nodes[1]).toBe(12 * usable);
  }
});

test("prioritised replay learns the same values: with β = 1 its bias is corrected", () => {
  const priority = { prioritized: true, importanceStart: 1 };
  const { player, last } = train(bandit, {
    config: { gamma: 0, epsilonEnd: 0.3, finalLearningRate: 1e-4, ...priority },
    totalSteps: 2500,
  });
  expect([...(player.respond("gamblers", () => {}).arm as Float64Array)]).toEqual([2, 2, 2, 2]);
  expect(distance(valuesAt(last, "gamblers/theta", [1], 5), [0.2, 0.6, 0.8, 0, 0.4])).toBeLessThan(0.1);
  expect(last.metrics["charts/importance"]).toBe(1);

  const saver = train(credit, { config: { gamma: 0.9, prioritized: true }, totalSteps: 1500 });
  expect(distance(valuesAt(saver.last, "saver/theta", [0, 0], 2), [0.5, 0.9])).toBeLessThan(0.05);
  const config = { gamma: 0.5, prioritized: true, nSteps: 2 };
  const truncated = train(oneStep, { config, numEnvs: 2, totalSteps: 3000 });
  for (const sign of [-1, 1])
    expect(distance(valuesAt(truncated.last, "worker/theta", [sign], 1), [2 * sign])).toBeLessThan(0.02);
});

test("by priority, each squared error counts by its weight, (least P/P)^β, and β rises linearly to 1", () => {
  const steps = 40;
  // Nothing is learned, so that errors, priorities and draws are the same whatever β is.
  const shards = (importanceStart: number) => {
    const { backend, runs } = recording();
    const rates = { learningRate: 1e-12, finalLearningRate: 1e-12, importanceStart, updates: 1 };
    train(bandit, { config: { gamma: 0, prioritized: true, batchSize: 16, ...rates }, totalSteps: steps, backend });
    return runs;
  };
  const [full, some, none] = [shards(1), shards(0.25), shards(0)];
  expect(full.length).toBe(4 * (steps - 1)); // from two decisions on, the first of which has a successor
  let apart = 0;
  full.forEach(({ inputs, outputs, loss }, k) => {
    const { weight } = inputs;
    const n = weight.length;
    const expected = weight.reduce((sum, w, b) => sum + (w * outputs.error[b] ** 2) / 2, 0) / n;
    expect(Math.abs(loss - expected)).toBeLessThan(1e-5);
    const progress = (Math.floor(k / 4) + 1) / steps;
    for (const [runs, start] of [
      [some, 0.25],
      [none, 0],
    ] as const) {
      const β = start + (1 - start) * progress;
      expect(runs[k].inputs.target).toEqual(inputs.target);
      const expected = weight.map((w) => w ** β);
      expect(distance(runs[k].inputs.weight, expected)).toBeLessThan(1e-5);
    }
    if (Math.min(...weight) < 0.5) apart++;
  });
  expect(apart).toBeGreaterThan(10);
});

test("a prize that one in ten draws is worth a tenth, though replay by priority shows it more often", () => {
  const lottery = defineEconomy({
    name: "lottery",
    source: "test",
    summary: "A prize of 1 for one in ten.",
    params: {},
    horizon: 50,
    world: { same: f64({ initial: 1 }) },
    populations: { holders: population({ size: 4, state: { win: f64() }, actions: { ticket: discrete(1) } }) },
    phases: ({ decide, each }) => ({
      hold: decide("holders", { doc: "the only ticket there is" }),
      draw: each("holders", { doc: "1 for one in ten" }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("prize");
        for (let i = from; i < to; i++) k.win[i] = u[i] < 0.1 ? 1 : 0;
      }),
    }),
    observe: { holders: { same: { world: "same", doc: "1, always" } } },
    reward: { holders: { column: "win", doc: "the prize" } },
  });
  const config = { gamma: 0, prioritized: true, priorityExponent: 1, importanceStart: 1, finalLearningRate: 1e-5 };
  const { last } = train(lottery, { config, totalSteps: 1500 });
  const prizes = last.arrays["holders/replay/rewards"] as Float32Array;
  const mean = prizes.subarray(0, 4000).reduce((a, b) => a + b) / 4000;
  expect(Math.abs(mean - 0.1)).toBeLessThan(0.02); // four standard deviations
  // Without its weights a prize, with nine times the error, would be drawn as often as all blanks: q = ¼, where .9 q² = .1 (1 − q)²
  expect(Math.abs(valuesAt(last, "holders/theta", [1], 1)[0] - mean)).toBeLessThan(0.04);
});

test("once learned from, a transition weighs (|Q − target| + ε)^α, by hand", () => {
  const config = { gamma: 0, prioritized: true, learningRate: 1e-12, finalLearningRate: 1e-12, updates: 1 };
  const { last } = train(bandit, { config, totalSteps: 300 });
  const nodes = last.arrays["gamblers/replay/priorities"] as Float64Array;
  const leaves = nodes.subarray(nodes.length / 2);
  const [rewards, actions] = [last.arrays["gamblers/replay/rewards"], last.arrays["gamblers/replay/actions"]] as [
    Float32Array,
    Int32Array,
  ];
  const Q = valuesAt(last, "gamblers/theta", [1], 5);
  const [largest] = last.arrays["gamblers/replay/largestPriority"] as Float64Array;
  let seen = 0;
  for (let row = 0; row < 299 * 4; row++) {
    const error = Math.abs(Q[actions[row]] - rewards[row]) + 1e-6;
    expect(error).toBeLessThan(largest + 1e-5);
    if (Math.abs(leaves[row] - error ** 0.6) < 1e-5) seen++;
    else expect(leaves[row]).toBeGreaterThanOrEqual(1); // not seen yet: as it came, at the largest error until then
  }
  expect(seen).toBeGreaterThan(1000);
});

test("the number of threads changes nothing", async () => {
  for (const [name, economy, settings] of [
    ["priority", "contexts", "{ prioritized: true, doubleQ: true, dueling: true, nSteps: 3, bufferSize: 300 }"],
    ["independent", "tastes", "{ prioritized: true, independent: true, bufferSize: 300 }"],
  ]) {
    const { hashes } = await runOnThreads(
      (from) => `
        import { defineExperiment } from ${from("src/experiment/experiment.ts")};
        import { dqn } from ${from("src/algorithms/dqn.ts")};
        import { ${economy} } from ${from("test/tiny-economies.ts")};
        export default defineExperiment({ name: "dqn/${name}", summary: "", economy: ${economy}, algorithm: dqn,
          config: { hiddenLayers: 1, hiddenWidth: 16, batchSize: 64, updates: 3, ...${settings} }, numEnvs: 5, totalSteps: 300 });`,
    );
    expect(new Set(hashes).size).toBe(1);
  }
}, 60_000);
