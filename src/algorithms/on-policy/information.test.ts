import { expect, test } from "vitest";
import { boxesSpec, choicesSpec } from "../../../test/objectives.ts";
import { plainLogNormal } from "../../../test/plain.ts";
import { distance, trainOn } from "../../../test/tiny-economies.ts";
import { soloEnv } from "../../diagnostics/solo.ts";
import { box, defineEconomy, discrete, f64, population } from "../../economy/index.ts";
import { makeVectorEnv } from "../../env/vector-env.ts";
import { seedStream } from "../../random/index.ts";
import { type PpoConfig, ppo } from "../ppo.ts";
import { createInforming, createPricing } from "./information.ts";

const doc = "";
const PAYOFFS = [0, 650, 1300];
const PRICES = [0, 150, 300, 450, 600, 1000];
/** One choice among three that pay 0, 650 and 1300, by agents who pay from nothing to a thousand for a nat and see how much. */
const market = defineEconomy({
  name: "market",
  source: "test",
  summary: "Thinking costs some more than others.",
  params: {},
  horizon: 10,
  world: { fee: f64({ initial: 300 }) },
  populations: {
    people: population({ size: 6, state: { lambda: f64(), gain: f64() }, actions: { pick: discrete(3) } }),
  },
  start: ({ each }) => ({
    born: each("people", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) k.lambda[i] = PRICES[i];
    }),
  }),
  phases: ({ decide, each }) => ({
    pick: decide("people", { doc }),
    pay: each("people", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) k.gain[i] = PAYOFFS[k.pick[i]];
    }),
  }),
  observe: { people: { lambda: { column: "lambda", scale: 1000, doc } } },
  reward: { people: { column: "gain", doc } },
});

const logit = (payoffs: readonly number[], λ: number): number[] => {
  const best = Math.max(...payoffs);
  const weights = payoffs.map((r) => (λ === 0 ? Number(r === best) : Math.exp((r - best) / λ)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / sum);
};

/** Shares of each choice among many draws of the final policy. */
function shares(
  { env, config, last }: ReturnType<typeof trainOn<typeof ppo.config>>,
  name: string,
  obs: readonly number[],
) {
  const spec = env.spec[name];
  const policy = ppo.policy(name, spec, config);
  policy.load(last.arrays);
  const x = Float32Array.from(Array.from({ length: spec.size }, () => obs).flat());
  const actions = new Int32Array(spec.size);
  const counts = new Float64Array(spec.actions[0].space.count);
  const stream = seedStream(1).fork("shares");
  for (let period = 0; period < 12_000 / spec.size; period++) {
    policy.sample!(actions, x, spec.size, stream, { lane: 0, period });
    for (const a of actions) counts[a] += spec.size / 12_000 / spec.size;
  }
  return counts;
}

const settings: Partial<PpoConfig> = {
  gamma: 0,
  gaeLambda: 1,
  numSteps: 64,
  hiddenWidth: 32,
  learningRate: 5e-3,
  entCoef: 0,
  clipVloss: false,
  scaleRewards: true,
};

test("one policy chooses like logit at every price of information that it sees: π ∝ e^{r/λ} for λ from 0 to 1000", () => {
  const config = { ...settings, informationCostFrom: "lambda" };
  const trained = trainOn(ppo, market, { config, numEnvs: 4, totalSteps: 20_000 });
  for (const λ of PRICES)
    expect(distance(shares(trained, "people", [λ / 1000]), logit(PAYOFFS, λ)), `λ ${λ}`).toBeLessThan(0.04);
});

test("the price may be the same for all, in the config or in the world", () => {
  for (const cost of [{ informationCost: 300 }, { informationCostFrom: "fee" }]) {
    const trained = trainOn(ppo, market, { config: { ...settings, ...cost }, totalSteps: 8000 });
    for (const x of [0, 0.5]) expect(distance(shares(trained, "people", [x]), logit(PAYOFFS, 300))).toBeLessThan(0.04);
  }
});

/** Left leads to a choice between 1 and 0, right to one between two times ¾; then the world ends. */
const fork = defineEconomy({
  name: "fork",
  source: "test",
  summary: "One way leads to where thinking pays, the other to where it does not.",
  params: {},
  horizon: 10,
  world: { start: f64({ initial: 1 }), left: f64(), stages: f64() },
  populations: { walkers: population({ size: 1, state: { gain: f64() }, actions: { turn: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    turn: decide("walkers", { doc }),
    go: world({ doc }, (w) => {
      const turn = w.walkers.turn[0];
      w.walkers.gain[0] = w.start ? 0 : w.left ? 1 - turn : 0.75;
      w.left = w.start ? 1 - turn : w.left;
      w.start = 0;
      w.stages += 1;
    }),
  }),
  observe: { walkers: { start: { world: "start", doc }, left: { world: "left", doc } } },
  reward: { walkers: { column: "gain", doc } },
  end: (w) => w.stages === 2,
});

test("what will have to be paid later counts now: values are λ ln E_π₀ e^{Q/λ}, at every stage", () => {
  const λ = 0.5;
  const config = { ...settings, gamma: 1, informationCost: λ, scaleRewards: false };
  const trained = trainOn(ppo, fork, { config, numEnvs: 8, totalSteps: 60_000 });
  const left = λ * Math.log((Math.exp(1 / λ) + 1) / 2); // .717, where choosing like logit earns .881 before its price
  expect(shares(trained, "walkers", [0, 1])[0]).toBeCloseTo(logit([1, 0], λ)[0], 1);
  const p = shares(trained, "walkers", [1, 0])[0];
  expect(Math.abs(p - logit([left, 0.75], λ)[0])).toBeLessThan(0.03); // .483
  expect(logit([0.881, 0.75], λ)[0]).toBeGreaterThan(0.56); // had the price been forgotten
});

test("over a squashed box the best density is e^{r/λ}, about: a normal where payoffs are quadratic, and uniform where thinking is dear", () => {
  const aim = defineEconomy({
    name: "aim",
    source: "test",
    summary: "A number to get right.",
    params: {},
    horizon: 10,
    world: { same: f64({ initial: 1 }) },
    populations: { archers: population({ size: 8, state: { gain: f64() }, actions: { x: box(-1, 1) } }) },
    phases: ({ decide, each }) => ({
      shoot: decide("archers", { doc }),
      pay: each("archers", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.gain[i] = -8 * (k.x[i] - 0.25) * (k.x[i] - 0.25);
      }),
    }),
    observe: { archers: { same: { world: "same", doc } } },
    reward: { archers: { column: "gain", doc } },
  });
  const entropy = (informationCost: number) =>
    trainOn(ppo, aim, {
      config: { ...settings, squash: true, informationCost, scaleRewards: false },
      totalSteps: 8000,
    }).last.metrics["losses/entropy"];
  // With λ = 1 the best density is ∝ e^{−8 (x − ¼)²}, all but a normal with σ = ¼, whose entropy is ½ ln(2πe/16) = .033
  expect(Math.abs(entropy(1) - 0.033)).toBeLessThan(0.06);
  expect(Math.abs(entropy(1000) - Math.LN2)).toBeLessThan(0.03);
});

test("what cannot be priced says why", () => {
  const refuse = (config: Partial<PpoConfig>, message: string) =>
    expect(() => trainOn(ppo, market, { config, totalSteps: 40 })).toThrow(message);
  refuse({ informationCostFrom: "lamda" }, 'people have no "lamda". Did you mean "lambda"?');
  refuse({ informationCost: 1, informationCostFrom: "lambda" }, "expected only one of them");
});

test("an agent that learns alone pays its own price, not that of the first of its population", () => {
  const env = makeVectorEnv(market, { numEnvs: 2 });
  env.reset(1);
  const still = { load() {}, act: (actions: Int32Array | Float32Array) => void actions.fill(0) };
  for (const [agent, price] of PRICES.entries()) {
    const solo = soloEnv(env, "people", agent, { policies: { people: still }, rng: null });
    const pricing = createPricing(solo, "people", solo.spec["people"], {
      informationCostFrom: "lambda",
      squash: false,
    });
    const prices = new Float32Array(3).fill(-1);
    pricing(prices, 1, 1);
    expect([...prices]).toEqual([-1, price, -1]);
  }
});

test("information is ln of how many are allowed less the entropy, over all dimensions; over squashed boxes it is an integral", () => {
  const informed = createInforming(choicesSpec);
  const probs = [9, 9, 9, 9, 9, 0.2, 0.5, 0.3, 0.9, 0.1, 0.4, 0, 0.6, 1, 0];
  const center = Float32Array.from(probs);
  const logs = Float32Array.from(probs, (p) => (p > 0 ? Math.log(p) : -1e9));
  const cost = (p: readonly number[]) => p.reduce((sum, x) => sum + x * Math.log(x), 0);
  expect(informed({ center, logs }, 1)).toBeCloseTo(cost([0.2, 0.5, 0.3, 0.9, 0.1]) + Math.log(6), 6);
  expect(informed({ center, logs }, 2)).toBeCloseTo(cost([0.4, 0.6]) + Math.log(2), 6); // one of one in the second dimension
  // What is allowed and was only never likely counts among those that could be chosen.
  expect(
    informed({ center: Float32Array.of(1, 0, 0, 1, 0), logs: Float32Array.of(0, -80, -90, 0, -70) }, 0),
  ).toBeCloseTo(Math.log(6), 6);

  // a = tanh u, u ~ N(μ, σ²): E ln p(a) + ln 2 by a fine sum over u
  const integral = (μ: number, σ: number) => {
    let sum = 0;
    const step = σ / 400;
    for (let u = μ - 9 * σ; u < μ + 9 * σ; u += step) {
      const logDensity = plainLogNormal(u, μ, σ);
      sum += step * Math.exp(logDensity) * (logDensity - Math.log(1 - Math.tanh(u) ** 2) + Math.LN2);
    }
    return sum;
  };
  const squashed = createInforming(boxesSpec);
  const [μ, σ] = [
    [9, 9, 0.4, -0.7],
    [0.5, 0.8],
  ];
  const from = { center: Float32Array.from(μ), logs: Float32Array.from(σ, Math.log) };
  const expected = integral(0.4, 0.5) + integral(-0.7, 0.8);
  expect(Math.abs(squashed(from, 1) - expected)).toBeLessThan(1e-4);
});

test("a price is that of each agent in its world; one below 0 or without end is refused where it stands", () => {
  const env = makeVectorEnv(market, { numEnvs: 2 });
  env.reset(1);
  const pricing = (config: Partial<PpoConfig>) =>
    createPricing(env, "people", env.spec["people"], { squash: false, ...config });
  const written = (config: Partial<PpoConfig>, cohort: number) => {
    const out = new Float32Array(8).fill(-1);
    pricing(config)(out, 1, cohort);
    return [...out];
  };
  expect(written({}, 1)).toEqual(Array(8).fill(-1));
  expect(written({ informationCost: 2 }, 1)).toEqual([-1, 2, 2, 2, 2, 2, 2, -1]);
  expect(written({ informationCostFrom: "fee" }, 0)).toEqual([-1, ...Array(6).fill(300), -1]);
  const { lambda } = env.simulation.worlds[1]["people"] as unknown as { lambda: Float64Array };
  for (const [λ, allowed] of [
    [0, true],
    [7, true],
    [-1e-9, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ] as const) {
    lambda[2] = λ;
    expect(written({ informationCostFrom: "lambda" }, 0)).toEqual([-1, ...PRICES, -1]);
    const priced = () => written({ informationCostFrom: "lambda" }, 1)[3];
    if (allowed) expect(priced()).toBe(λ);
    else expect(priced).toThrow(`informationCostFrom: people.lambda[2] is ${λ} in world 1, expected at least 0.`);
  }
  const { spec } = makeVectorEnv(tastelessBoxes, { numEnvs: 1 });
  const boxes = (config: Partial<PpoConfig>) => () =>
    createPricing(env, "people", spec["people"], { squash: false, ...config });
  expect(boxes({ informationCost: 1 })).toThrow("set squash");
  expect(boxes({ informationCost: 1, squash: true })).not.toThrow();
  expect(boxes({})).not.toThrow();
});
const tastelessBoxes = defineEconomy({
  name: "tasteless-boxes",
  source: "test",
  summary: "A number that nobody pays for.",
  params: {},
  horizon: 1,
  populations: { people: population({ size: 6, state: { gain: f64() }, actions: { pick: box(0, 1) } }) },
  phases: ({ decide }) => ({ pick: decide("people", { doc }) }),
  observe: { people: { gain: { column: "gain", doc } } },
  reward: { people: { column: "gain", doc } },
});
