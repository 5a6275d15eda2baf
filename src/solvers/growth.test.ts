import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { rouwenhorst, tauchen } from "./autoregression.ts";
import { crra, eulerError, type Growth, type GrowthSolution, growthSteadyState, solveGrowth } from "./growth.ts";

const twoStates = (low: number, high: number, stay: number) => ({
  productivity: [low, high],
  transition: [
    [stay, 1 - stay],
    [1 - stay, stay],
  ],
});
const certain = { productivity: [1], transition: [[1]] };
const chainOf = (ρ: number, σ: number, S: number) => {
  const { values, transition } = rouwenhorst({ persistence: ρ, innovationSd: σ }, S);
  return { productivity: values.map(Math.exp), transition };
};
const g1 = { capitalShare: 0.36, discountFactor: 0.96, depreciation: 0.1, ...twoStates(0.9, 1.1, 0.9) };
const g0b = { capitalShare: 0.33, discountFactor: 0.98, depreciation: 0.04 };
const g2 = { capitalShare: 0.36, discountFactor: 0.99, depreciation: 0.025, ...chainOf(0.95, 0.007, 7) };
const solutions = new Map<Growth, GrowthSolution>();
const solved = (model: Growth): GrowthSolution => {
  const known = solutions.get(model) ?? solveGrowth(model);
  solutions.set(model, known);
  return known;
};
const models = Object.fromEntries(
  [1, 2, 5].map((γ) => [
    γ,
    [
      { ...g1, riskAversion: γ },
      { ...g2, riskAversion: γ },
    ],
  ]),
) as Record<number, [Growth, Growth]>;

// Next capital at .5, .75, 1, 1.25 and 1.5 of the steady state, by endogenous grid points in another language and on another grid, Euler errors of 1e-12: to the eight digits printed there.
test.each([
  ["G1, γ = 1, z = .9", models[1][0], 0, [2.30609925, 3.24887789, 4.17668517, 5.09612718, 6.01027626], 1.20876694],
  ["G1, γ = 1, z = 1.1", models[1][0], 1, [2.48869965, 3.46295177, 4.41614733, 5.35723082, 6.29043609], 1.30726229],
  ["G1, γ = 2, z = .9", models[2][0], 0, [2.23363, 3.2129865, 4.18174452, 5.14459212, 6.10370405], 1.20370759],
  ["G1, γ = 2, z = 1.1", models[2][0], 1, [2.40664091, 3.42128155, 4.41892647, 5.40665173, 6.38783855], 1.30448314],
  ["G1, γ = 5, z = .9", models[5][0], 0, [2.16865429, 3.18278432, 4.18909172, 5.19053509, 6.18857806], 1.19636039],
  ["G1, γ = 5, z = 1.1", models[5][0], 1, [2.33926729, 3.39525394, 4.43594434, 5.4669763, 6.49121243], 1.28746527],
  [
    "G0",
    { ...g1, ...certain, riskAversion: 2 },
    0,
    [2.31552908, 3.31159761, 4.2940482, 5.26869538, 6.23828291],
    1.26038267,
  ],
  [
    "G0b",
    { ...g0b, ...certain, riskAversion: 2 },
    0,
    [6.5494324, 9.58591553, 12.60736544, 15.62061618, 18.62878179],
    1.80354717,
  ],
  [
    "G3, z = .8",
    { ...g0b, ...twoStates(0.8, 1.2, 0.95), riskAversion: 1 },
    0,
    [6.40872215, 9.34889702, 12.27658042, 15.19802085, 18.11594635],
    null,
  ],
  [
    "G3, z = 1.2",
    { ...g0b, ...twoStates(0.8, 1.2, 0.95), riskAversion: 1 },
    1,
    [6.95185103, 9.97417891, 12.96726063, 15.94394437, 18.91018133],
    null,
  ],
  ["G2, γ = 1, z = 1", models[1][1], 3, [19.59168337, 28.8093869, 37.98925273, 47.14792048, 56.29311677], null],
  ["G2, γ = 2, z = 1", models[2][1], 3, [19.39464237, 28.70591484, 37.98954815, 47.25749036, 56.5153349], null],
  ["G2, γ = 5, z = 1", models[5][1], 3, [19.21326698, 28.61337907, 37.99080231, 47.35386581, 56.7067804], null],
] as const)(
  "%s: the policy function has the figures of an independent solution",
  (_name, model, state, next, consumed) => {
    const solution = solved(model);
    const steady = growthSteadyState(model).capital;
    next.forEach((k, i) => {
      expect(Math.abs(solution.nextCapital(steady * (0.5 + 0.25 * i), state) - k)).toBeLessThan(1.01e-8);
    });
    if (consumed) expect(Math.abs(solution.consumption(steady, state) - consumed)).toBeLessThan(1.01e-8);
    expect(solution.log10EulerError).toBeLessThan(-11);
  },
);

test("steady states", () => {
  for (const [model, capital, consumption, output, investment] of [
    [g1, 4.2940482, 1.26038267, 1.68978749, 0.254118],
    [g0b, 12.60736544, 1.80354717, null, 0.218514],
    [g2, 37.98925354, 2.75432747, 3.70405881, null],
  ] as const) {
    const steady = growthSteadyState(model);
    expect(Math.abs(steady.capital - capital)).toBeLessThan(1e-8);
    expect(Math.abs(steady.consumption - consumption)).toBeLessThan(1e-8);
    if (output) expect(Math.abs(steady.output - output)).toBeLessThan(1e-8);
    if (investment) expect(Math.abs(1 - steady.consumption / steady.output - investment)).toBeLessThan(1e-6);
  }
});

// Brock & Mirman: k′ = αβ z k^α,  V = E + F ln k + G ln z, where E[ln z′] = ρ ln z, as Rouwenhorst's chain has it
test.each([
  [0.36, 0.96, 0.9, 0.1901172217, -25.54194231],
  [0.36, 0.96, 0.95, 0.1901172217, -25.54194231],
  [0.33, 0.98, 0, 0.18546787, -47.33416602],
  [0.3, 0.95, 0, 0.16642055, -17.46887843],
  [0.36, 0.99, 0, 0.19948151, -102.10100045],
])(
  "logarithmic utility and full depreciation, α = %j, β = %j, ρ = %j: Brock and Mirman to 1e-9",
  (α, β, ρ, steady, value) => {
    const σ = 0.1;
    const model = { capitalShare: α, discountFactor: β, depreciation: 1, riskAversion: 1, ...chainOf(ρ, σ, 5) };
    const { nextCapital, value: V } = solveGrowth(model);
    const s = α * β;
    const F = α / (1 - s);
    const G = 1 / ((1 - s) * (1 - ρ * β));
    const E = (Math.log(1 - s) + (s / (1 - s)) * Math.log(s)) / (1 - β);
    expect(growthSteadyState(model).capital).toBeCloseTo(steady, 8);
    expect(V(steady, 2)).toBeCloseTo(value, 6); // steady states to eight digits only
    for (const k of [0.1, steady, 0.3])
      for (let state = 0; state < 5; state++) {
        const z = model.productivity[state];
        expect(Math.abs(nextCapital(k, state) / (s * z * k ** α) - 1)).toBeLessThan(1e-9);
        expect(Math.abs(V(k, state) / (E + F * Math.log(k) + G * Math.log(z)) - 1)).toBeLessThan(1e-9);
      }
  },
);

test("the constants of Brock and Mirman's value", () => {
  const s = 0.36 * 0.96;
  expect((Math.log(1 - s) + (s / (1 - s)) * Math.log(s)) / 0.04).toBeCloseTo(-24.6286764183, 9);
  expect(0.36 / (1 - s)).toBeCloseTo(0.5501222494, 9);
  for (const [ρ, G] of [
    [0, 1.5281173594],
    [0.9, 11.2361570545],
    [0.95, 17.3649699933],
  ])
    expect(1 / ((1 - s) * (1 - 0.96 * ρ))).toBeCloseTo(G, 9);
  const log = Math.log(s) / 0.64; // E ln k, where E ln z = 0
  expect(log).toBeCloseTo(-1.6601144407, 9);
  for (const [ρ, sd] of [
    [0, 0.1071866157],
    [0.9, 0.3441394045],
  ]) // ln k′ = ln αβ + ln z + α ln k: an autoregression with autocorrelated innovations
    expect((0.1 / Math.sqrt(1 - ρ * ρ)) * Math.sqrt((1 + 0.36 * ρ) / ((1 - 0.36 * ρ) * (1 - 0.36 ** 2)))).toBeCloseTo(
      sd,
      9,
    );
});

test("the value solves Bellman's equation between the points of the grid", () => {
  for (const γ of [1, 5]) {
    const model = models[γ][0];
    const { value, consumption, nextCapital } = solved(model);
    for (const k of [1.7, 3.3, 4.3, 6.1, 9])
      for (const s of [0, 1]) {
        const next = nextCapital(k, s);
        const later = model.transition[s][0] * value(next, 0) + model.transition[s][1] * value(next, 1);
        expect(value(k, s)).toBeCloseTo(crra(consumption(k, s), γ) + model.discountFactor * later, 8);
      }
  }
});

// Long simulations, of theirs 4e5 periods with an error of some .5 %; ours are of 1e5, in which capital forgets some 2000 times: standard errors of .3 % of means and 1.6 % of deviations.
test.each([
  ["G1, γ = 1", models[1][0], { mean: 4.3267, sd: 0.573, correlation: 0.934 }],
  ["G1, γ = 2", models[2][0], { mean: 4.3925, sd: 0.728, correlation: 0.948 }],
  ["G1, γ = 5", models[5][0], { mean: 4.7025, sd: 1.075, correlation: 0.957 }],
  ["G2, γ = 1", models[1][1], { mean: 38.02, sd: 1.171, logs: [0.0304, 0.0239, 0.0606] }],
] as const)("%s: moments in the long run", (_name, model, expected) => {
  const { mean, sd, correlation, logs } = moments(model, 100_000);
  expect(Math.abs(mean / expected.mean - 1)).toBeLessThan(0.012);
  expect(Math.abs(sd / expected.sd - 1)).toBeLessThan(0.05);
  if ("correlation" in expected) expect(Math.abs(correlation - expected.correlation)).toBeLessThan(0.005);
  else for (const [i, x] of expected.logs.entries()) expect(Math.abs(logs[i] / x - 1)).toBeLessThan(0.05);
});

/** Of k, of c with y, and of ln y, ln c and ln i. */
function moments(model: Growth, periods: number) {
  const { nextCapital } = solved(model);
  const u = new Float64Array(periods);
  seedStream(5).uniform(u, { lane: 0, period: 0, from: 0 });
  const [K, Y, C, I] = [0, 1, 2, 3].map(() => new Float64Array(periods));
  let [k, s] = [growthSteadyState(model).capital, 0];
  for (let t = 0; t < periods; t++) {
    K[t] = k;
    Y[t] = model.productivity[s] * k ** model.capitalShare;
    const next = nextCapital(k, s);
    I[t] = next - (1 - model.depreciation) * k;
    C[t] = Y[t] - I[t];
    k = next;
    let below = model.transition[s][0];
    let to = 0;
    while (u[t] >= below && to < model.productivity.length - 1) below += model.transition[s][++to];
    s = to;
  }
  const mean = (x: Float64Array) => x.reduce((a, b) => a + b) / periods;
  const covariance = (x: Float64Array, y: Float64Array) => {
    const [a, b] = [mean(x), mean(y)];
    return x.reduce((sum, v, t) => sum + (v - a) * (y[t] - b), 0) / periods;
  };
  const sd = (x: Float64Array) => Math.sqrt(covariance(x, x));
  return {
    mean: mean(K),
    sd: sd(K),
    correlation: covariance(C, Y) / sd(C) / sd(Y),
    logs: [Y, C, I].map((x) => sd(x.map(Math.log))),
  };
}

test("a share of output that is saved too little misses the Euler equation by as much as theory says", () => {
  const model = { ...g1, depreciation: 1, riskAversion: 1 };
  // c = (1 − s) z k^α: the error is |1 − s/αβ|, everywhere
  for (const s of [0.3, 0.36 * 0.96, 0.4])
    for (const k of [0.1, 0.3])
      expect(eulerError(model, (k, z) => (1 - s) * model.productivity[z] * k ** 0.36, k, 1)).toBeCloseTo(
        Math.abs(1 - s / 0.3456),
        12,
      );
  expect(eulerError(model, (k, z) => model.productivity[z] * k ** 0.36, 0.2, 0)).toBe(Infinity);
});

test("what no grid solves is an error with its residual", () => {
  expect(() => solveGrowth({ ...g1, ...certain, riskAversion: 1 }, { accuracy: 1e-16 })).toThrow(
    "solveGrowth: ends with a residual",
  );
});

test("Rouwenhorst's and Tauchen's chains have the moments of the autoregression", () => {
  const of = { persistence: 0.9, innovationSd: 0.1 };
  const law = (chain: ReturnType<typeof tauchen>) => {
    const weigh = (x: (i: number) => number) => chain.stationary.reduce((sum, p, i) => sum + p * x(i), 0);
    const later = (i: number) => chain.transition[i].reduce((sum, p, j) => sum + p * chain.values[j], 0);
    const variance = weigh((i) => chain.values[i] ** 2);
    return { sd: Math.sqrt(variance), autocorrelation: weigh((i) => chain.values[i] * later(i)) / variance };
  };
  const exact = law(rouwenhorst(of, 7));
  expect(exact.sd).toBeCloseTo(0.1 / Math.sqrt(0.19), 12);
  expect(exact.autocorrelation).toBeCloseTo(0.9, 12);
  const approximate = tauchen(of, 9);
  // the same cells in Python, by math.erfc
  expect(approximate.transition[0][1]).toBeCloseTo(0.40249423998803946, 12);
  expect(approximate.transition[4][3]).toBeCloseTo(0.1898825952922383, 12);
  expect(law(approximate).sd).toBeCloseTo(0.2533285134299966, 10);
  for (const row of tauchen(of, 9).transition) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  expect([...rouwenhorst(of, 1).values]).toEqual([0]);
  expect(tauchen(of, 1).transition).toEqual([[1]]);
  const { values } = rouwenhorst({ persistence: 0.95, innovationSd: 0.007 }, 7);
  expect(Math.exp(values[0])).toBeCloseTo(0.94656795, 8);
  expect(Math.exp(values[6])).toBeCloseTo(1.05644819, 8);
});
