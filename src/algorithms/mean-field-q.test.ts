// Mean-field Q-learning against Ising's model on a lattice, discrete choice with social interactions, plain loops over a few updates, and the contract.
import { describe, expect, test } from "vitest";
import coordination, { meanField, onsager } from "../../economies/coordination.ts";
import { runOnThreads } from "../../test/threads.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { box, defineEconomy, discrete, type Economy, f64, population } from "../economy/index.ts";
import { hashRun } from "../engine/run.ts";
import { meanFieldQ } from "./mean-field-q.ts";

const crowd = coordination as unknown as Economy;

/** Mean choice after a hundred periods of play, in which choices are drawn. */
function played(player: ReturnType<typeof trainOn>["player"], periods: number): number {
  let sum = 0;
  player.play({
    seed: 3,
    periods: periods + 100,
    sampled: true,
    visit: (w, t) => {
      if (t >= 100) sum += (w["sum"] as number) / (w["people"] as unknown as { size: number }).size / periods;
    },
  });
  return sum;
}

describe("against theory", () => {
  test("neighbours on a lattice are as magnetised as Onsager's solution says, and values are what agreeing pays", () => {
    const params = { agents: 32 * 32, neighbours: "lattice", decisions: "period", temperature: 0.5, horizon: 1000 };
    const config = { mean: "heard", meanBins: 5, temperature: 0.5, gamma: 0, learningRate: 0.2 };
    const { last, player } = trainOn(meanFieldQ, crowd, { params, config, totalSteps: 120 });
    const q = last.arrays["people/q"] as Float64Array;
    for (let k = 0; k < 5; k++) {
      const mean = k / 2 - 1;
      expect(Math.abs(q[2 * k]! + mean)).toBeLessThan(1e-3); // −1 pays −ā
      expect(Math.abs(q[2 * k + 1]! - mean)).toBeLessThan(1e-3);
    }
    // m = .9113; the mean over 200 sweeps of 1024 places has a standard error of .003
    expect(Math.abs(played(player, 200) - onsager(0.25, 0.5))).toBeLessThan(0.012);
  });

  test.each([
    [0.5, 0, 0],
    [0.8, 0.1, 0.9],
    [1.5, 0.2, 0],
  ])(
    "among all others at temperature %d, in a field of %d, mean choice is the root of m = tanh((h + J m)/τ); γ = %d",
    (temperature, field, gamma) => {
      const params = { agents: 1000, decisions: "period", field, temperature, horizon: 100_000 };
      const config = { mean: "heard", meanBins: 3, temperature, gamma, learningRate: 0.05 };
      const { player } = trainOn(meanFieldQ, crowd, { params, config, totalSteps: 400 });
      const m = meanField({ field, coupling: 1, temperature });
      // Standard error of a mean over 200 periods of 1000 people, who remember: below .006.
      expect(Math.abs(played(player, 200) - m)).toBeLessThan(0.025);
    },
  );
});

/** Two agents see a mean and a season; choice 2 is ruled out in season 1. */
const seasonal = defineEconomy({
  name: "seasonal",
  source: "test",
  summary: "A mean that moves, and seasons.",
  params: {},
  horizon: 4,
  world: { season: f64(), mean: f64() },
  populations: { pair: population({ size: 2, state: { pay: f64() }, actions: { choice: discrete(3) } }) },
  phases: ({ decide, world }) => ({
    turn: world({ doc: "season and mean" }, (w) => {
      w.season = w.period % 2;
      w.mean = 0.3 * w.period - 0.4;
    }),
    choose: decide("pair", { doc: "0, 1, 2" }),
    pay: world({ doc: "choice and row" }, (w) => {
      for (let i = 0; i < 2; i++) w.pair.pay[i] = w.pair.choice[i] + i + w.mean;
    }),
  }),
  mask: {
    pair: { choice: { doc: "2 in season 0 alone", allows: (_k, _i, choice, w) => choice < 2 || w.season === 0 } },
  },
  observe: { pair: { season: { world: "season", doc: "" }, mean: { world: "mean", doc: "" } } },
  reward: { pair: { column: "pay", doc: "" } },
}) as Economy;

test("each update is that of the paper: between two points of the mean, towards r + γ v, where v is the mean value of Boltzmann's choices that make sense", () => {
  const config = {
    mean: "mean",
    meanBins: 4,
    bins: 2,
    low: 0,
    high: 1,
    temperature: 0.7,
    gamma: 0.8,
    learningRate: 0.3,
    initialValue: 1,
  };
  const { updates, played: actions } = trainOn(meanFieldQ, seasonal, { config, totalSteps: 7, numEnvs: 1 });
  const q = new Float64Array(2 * 4 * 3).fill(1);
  const at = (season: number, mean: number) => {
    const x = ((mean + 1) / 2) * 3;
    const k = Math.min(2, Math.floor(x));
    return { low: (season * 4 + k) * 3, share: x - k };
  };
  const value = (season: number, mean: number): number => {
    const { low, share } = at(season, mean);
    const allowed = season === 0 ? [0, 1, 2] : [0, 1];
    const values = allowed.map((a) => (1 - share) * q[low + a]! + share * q[low + 3 + a]!);
    const weights = values.map((v) => Math.exp(v / 0.7));
    const sum = weights.reduce((a, b) => a + b);
    return values.reduce((total, v, a) => total + (v * weights[a]!) / sum, 0);
  };
  const f32 = Math.fround;
  updates.forEach(({ arrays }, t) => {
    const [season, mean] = [(t % 4) % 2, 0.3 * (t % 4) - 0.4];
    const last = t % 4 === 3;
    // The last observation of an episode is made after its last period: season 0, a mean of .8.
    const [nextSeason, nextMean] = last ? [0, 0.8] : [(t + 1) % 2, mean + 0.3];
    const chosen = actions[t]!["pair"]!;
    if (season === 1) expect(Math.max(...chosen)).toBeLessThan(2);
    const target = value(nextSeason, f32(nextMean));
    const { low, share } = at(season, f32(mean));
    const targets = chosen.map((a, i) => f32(a + i + mean) + 0.8 * target);
    chosen.forEach((a, i) => {
      const error = targets[i]! - ((1 - share) * q[low + a]! + share * q[low + 3 + a]!);
      q[low + a]! += 0.3 * (1 - share) * error;
      q[low + 3 + a]! += 0.3 * share * error;
    });
    const found = arrays["pair/q"] as Float64Array;
    for (let k = 0; k < q.length; k++) expect(found[k]).toBeCloseTo(q[k]!, 6);
  });
  expect(updates.length).toBe(7);
});

test("threads change nothing, nor does a training that is continued, with a sample that learns or without", async () => {
  const settings = { mean: "heard", meanBins: 5, gamma: 0.5 };
  const { hashes } = await runOnThreads(
    (from) => `
import { coordination } from ${from("economies/coordination.ts")};
import { defineExperiment, meanFieldQ } from ${from("src/index.ts")};
export default defineExperiment({
  name: "crowd", summary: "crowd", economy: coordination, algorithm: meanFieldQ, seeds: [3], numEnvs: 3, totalSteps: 60,
  config: ${JSON.stringify({ ...settings, learners: 9 })}, params: { agents: 36, neighbours: "lattice", decisions: "period", horizon: 7 },
});`,
    [2],
  );
  expect(new Set(hashes).size).toBe(1);
  const params = { agents: 36, neighbours: "lattice", decisions: "period", horizon: 7 };
  const training = { params, config: { ...settings, updates: 6 }, numEnvs: 2, totalSteps: 60 };
  const whole = trainOn(meanFieldQ, crowd, training);
  const continued = trainOn(meanFieldQ, crowd, { ...training, from: whole.updates[2]! });
  expect(hashRun([], continued.last.arrays)).toBe(hashRun([], whole.last.arrays));
});

test("a mean that is not observed, boxes and two choices at once are refused, by name", () => {
  const train =
    (economy: Economy, config: object, params = {}) =>
    () =>
      trainOn(meanFieldQ, economy, { config, params, totalSteps: 10 });
  const decided = { decisions: "period", agents: 16 };
  expect(train(crowd, { mean: "herd" }, decided)).toThrow(
    'mean-field-q: mean is "herd", expected the feature of people that is the mean action of an agent\'s neighbours: heard.',
  );
  expect(train(crowd, { mean: "heard", meanLow: 2 }, decided)).toThrow("mean-field-q: meanLow is 2 and meanHigh is 1");
  const of = (actions: object) =>
    defineEconomy({
      name: "other",
      source: "test",
      summary: "",
      params: {},
      horizon: 3,
      populations: { some: population({ size: 2, state: { pay: f64() }, actions: actions as never }) },
      phases: ({ decide }) => ({ choose: decide("some", { doc: "" }) }),
      observe: { some: { pay: { column: "pay", doc: "" } } },
      reward: { some: { column: "pay", doc: "" } },
    }) as Economy;
  expect(train(of({ one: box(0, 1) }), {})).toThrow("mean-field-q: some has continuous actions");
  expect(train(of({ one: discrete(2), two: discrete(3) }), {})).toThrow("mean-field-q: some has 2 action dimensions");
});
