// Prices held against reference tables (computed independently, digits as printed there) and against quadrature.
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussHermite } from "walras/math";
import { dividendMoment, type LucasTree, lucasPrices, meanDividend } from "./lucas-tree.ts";

const tree = (changes: Partial<LucasTree> = {}): LucasTree => ({
  dividendProcess: "constant-aggregate",
  discountFactor: 0.95,
  riskAversion: 1,
  dividendScale: 0.01,
  dividendLogMean: 1,
  dividendLogSd: 1,
  persistence: 0.9,
  innovationSd: 0.1,
  ...changes,
});
const iid = (γ: number) => tree({ dividendProcess: "iid", riskAversion: γ });
const ar1 = (β: number, ρ: number, σ: number, γ: number) =>
  tree({ dividendProcess: "ar1", discountFactor: β, persistence: ρ, innovationSd: σ, riskAversion: γ });

/** E f(Z), Z standard normal. */
const { nodes, weights } = gaussHermite(100);
const expectation = (f: (z: number) => number): number =>
  nodes.reduce((sum, x, i) => sum + weights[i] * f(Math.SQRT2 * x), 0) / Math.sqrt(Math.PI);

const relative = (ours: number, theirs: number): number => Math.abs(ours / theirs - 1);

test("under constant consumption the price is β/(1−β) E[Y], the bond costs β and nothing is paid for risk", () => {
  for (const [β, price] of [
    [0.9, 0.4033520163],
    [0.95, 0.8515209234],
    [0.96, 1.0756053769],
    [0.99, 4.4368721796],
  ]) {
    const p = lucasPrices(tree({ discountFactor: β }), 0.02);
    expect(p.sharePrice).toBeCloseTo(price, 10);
    expect(p.bondPrice).toBe(β);
    expect(p.expectedShareReturn).toBe(1 / β);
    expect(p.riskPremium).toBe(0);
  }
  expect(meanDividend(tree())).toBeCloseTo(0.0448168907, 10);
});

const MEAN = 0.0448168907034;
const MEDIAN = 0.0271828182846;
// γ, A, B, p(mean), p(median), p(0.02), p(0.1), q(mean), q(median), E p(Y), E[R]/R_f
const independent = [
  [0, 0.85152092, 0.95, 0.85152092, 0.85152092, 0.85152092, 0.85152092, 0.95, 0.95, 0.85152092, 1],
  [
    0.5, 3.54966732, 6.52924815, 0.75146458, 0.5852412, 0.50199877, 1.12250337, 1.38224184, 1.07649103, 0.66316516,
    1.30226021,
  ],
  [1, 19, 57.62041267, 0.85152092, 0.51647355, 0.38, 1.9, 2.58236774, 1.56628521, 0.85152092, Math.E],
  [
    2, 1152.40825345, 9500, 2.31467385, 0.85152092, 0.4609633, 11.52408253, 19.08126008, 7.01960329, 6.29193587,
    52.23769534,
  ],
];

test.each(independent)("independent dividends, γ = %d: prices, moments and premium to the printed digits", (...row) => {
  const [γ, A, B, pMean, pMedian, pLow, pHigh, qMean, qMedian, pExpected, premium] = row;
  const at = (y: number) => lucasPrices(iid(γ), y);
  expect(at(1).sharePrice).toBeCloseTo(A, 8);
  expect(at(1).bondPrice).toBeCloseTo(B, 8);
  expect(at(MEAN).sharePrice).toBeCloseTo(pMean, 8);
  expect(at(MEDIAN).sharePrice).toBeCloseTo(pMedian, 8);
  expect(at(0.02).sharePrice).toBeCloseTo(pLow, 8);
  expect(at(0.1).sharePrice).toBeCloseTo(pHigh, 8);
  expect(at(MEAN).bondPrice).toBeCloseTo(qMean, 8);
  expect(at(MEDIAN).bondPrice).toBeCloseTo(qMedian, 8);
  expect(expectation((z) => at(0.01 * Math.exp(1 + z)).sharePrice)).toBeCloseTo(pExpected, 8);
  for (const y of [0.02, MEAN]) {
    const { expectedShareReturn, riskFreeReturn, riskPremium } = at(y);
    expect(expectedShareReturn / riskFreeReturn).toBeCloseTo(premium, 7);
    expect(riskPremium).toBeCloseTo(expectedShareReturn - riskFreeReturn, 12);
  }
});

test("moments of the endowment agree with quadrature", () => {
  const law = tree({ dividendScale: 0.3, dividendLogMean: -0.4, dividendLogSd: 0.7 });
  for (const k of [-2, -0.5, 0, 1, 3]) {
    const direct = expectation((z) => (0.3 * Math.exp(-0.4 + 0.7 * z)) ** k);
    expect(relative(dividendMoment(law, k), direct)).toBeLessThan(1e-12);
  }
  expect(relative(meanDividend(ar1(0.95, 0.9, 0.1, 1)), Math.exp(0.01 / 0.19 / 2))).toBeLessThan(1e-14);
});

// β, ρ, σ, γ, then p and q one stationary deviation down, at y = 1 and up, E[R], R_f and premium at y = 1, unconditional E p and premium
const persistent = [
  [
    0.95, 0.9, 0.1, 2, 13.2002895, 19.41702698, 28.68047076, 0.9257265, 0.96919127, 1.0146968, 1.066576, 1.03178808,
    0.03478792, 20.9845614, 0.03479575,
  ],
  [
    0.95, 0.9, 0.1, 0.5, 16.4466605, 19.10333999, 22.21231904, 0.9403397, 0.95118824, 0.96216194, 1.05485625,
    1.05131661, 0.00353964, 19.33055948, 0.00353985,
  ],
  [
    0.95, 0.9, 0.1, 1, 15.10496119, 19, 23.89943248, 0.9331075, 0.95476189, 0.97691882, 1.05790792, 1.04738156,
    0.01052636, 19.50663704, 0.01052913,
  ],
  [
    0.95, 0.5, 0.1, 2, 15.26626334, 19.12500085, 23.96359049, 0.8634983, 0.96919127, 1.08782116, 1.07186642, 1.03178808,
    0.04007835, 19.61917645, 0.04033692,
  ],
  [
    0.95, 0.9, 0.2, 2, 9.59849512, 20.7286063, 45.50190669, 0.93888753, 1.02912271, 1.12803028, 1.11026917, 0.97170142,
    0.13856775, 28.41539216, 0.13868225,
  ],
  [
    0.99, 0.9, 0.1, 2, 65.44841898, 101.53113539, 157.78690991, 0.96470446, 1.00999933, 1.05742088, 1.02863948,
    0.99009967, 0.03853981, 111.9657254, 0.03856205,
  ],
  [
    0.96, 0.95, 0.05, 2, 18.86339485, 24.22575659, 31.17925858, 0.9494857, 0.96481202, 0.98038573, 1.04451809,
    1.03647133, 0.00804676, 25.0311707, 0.00804627,
  ],
  [
    0.9, 0.9, 0.1, 2, 6.46932135, 9.16781764, 13.0428721, 0.87700406, 0.91818121, 0.96129171, 1.12175416, 1.08910964,
    0.03264453, 9.77037516, 0.03265946,
  ],
  [
    0.95, 0.9, 0.1, 5, 11.50798123, 27.0115736, 67.37893669, 0.95982802, 1.07649103, 1.20733394, 1.12157552, 0.92894411,
    0.19263141, 41.99797474, 0.19062324,
  ],
];

test.each(persistent)(
  "persistent dividends, β = %d, ρ = %d, σ = %d, γ = %d: every figure to the printed digits",
  (...row) => {
    const [β, ρ, σ, γ, pDown, pOne, pUp, qDown, qOne, qUp, R, Rf, premium, meanPrice, meanPremium] = row;
    const model = ar1(β, ρ, σ, γ);
    const sd = σ / Math.sqrt(1 - ρ * ρ);
    const at = (x: number) => lucasPrices(model, Math.exp(x));
    const half = 0.5000001e-8;
    const shown = (ours: number, theirs: number) => expect(Math.abs(ours - theirs)).toBeLessThan(half);
    shown(at(-sd).sharePrice, pDown);
    shown(at(0).sharePrice, pOne);
    shown(at(sd).sharePrice, pUp);
    shown(at(-sd).bondPrice, qDown);
    shown(at(0).bondPrice, qOne);
    shown(at(sd).bondPrice, qUp);
    shown(at(0).expectedShareReturn, R);
    shown(at(0).riskFreeReturn, Rf);
    shown(at(0).riskPremium, premium);
    shown(
      expectation((z) => at(sd * z).sharePrice),
      meanPrice,
    );
    shown(
      expectation((z) => at(sd * z).riskPremium),
      meanPremium,
    );
  },
);

// u′(y) p(y) = β E[u′(y′)(p(y′) + y′)] and q u′(y) = β E[u′(y′)], integrated over the innovation.
function eulerErrors(model: LucasTree, x: number): { share: number; bond: number; returns: number } {
  const { discountFactor: β, riskAversion: γ, persistence: ρ, innovationSd: σ } = model;
  const next = (z: number): number => Math.exp(ρ * x + σ * z);
  const now = lucasPrices(model, Math.exp(x));
  const marginal = Math.exp(-γ * x);
  const payoff = (y: number): number => lucasPrices(model, y).sharePrice + y;
  const share = (β * expectation((z) => next(z) ** -γ * payoff(next(z)))) / marginal;
  const bond = (β * expectation((z) => next(z) ** -γ)) / marginal;
  const returns = expectation((z) => payoff(next(z))) / now.sharePrice;
  return {
    share: relative(now.sharePrice, share),
    bond: relative(now.bondPrice, bond),
    returns: relative(now.expectedShareReturn, returns),
  };
}

test("persistent dividends solve the Euler equations by quadrature, for any parameters", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      number(0.5, 0.99),
      number(-0.99, 0.99),
      number(0.001, 0.3),
      number(0, 5),
      number(-1, 1),
      (β, ρ, σ, γ, x) => {
        const { share, bond, returns } = eulerErrors(ar1(β, ρ, σ, γ), x);
        expect(share).toBeLessThan(1e-9);
        expect(bond).toBeLessThan(1e-9);
        expect(returns).toBeLessThan(1e-9);
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

test("the Euler equations also hold with ρ next to 1, with ρ negative and with ρ = 0", () => {
  for (const ρ of [0.9999, 0.999999999, -0.95, 0]) {
    const { share, bond, returns } = eulerErrors(ar1(0.95, ρ, 0.02, 2), 0.3);
    expect(share).toBeLessThan(1e-9);
    expect(bond).toBeLessThan(1e-9);
    expect(returns).toBeLessThan(1e-9);
  }
});

test("the series is the fixed point of the pricing equation, found by iteration on a grid of nested expectations", () => {
  // Two-period recursion from nothing: prices of the dividends of the next T periods only, T → ∞, with p_T(y) = β E[(y′/y)^−γ (p_{T−1}(y′) + y′)].
  const [β, ρ, σ, γ] = [0.5, 0.6, 0.2, 3];
  const { nodes: z, weights: w } = gaussHermite(9);
  const price = (x: number, T: number): number => {
    if (T === 0) return 0;
    let sum = 0;
    for (let i = 0; i < z.length; i++) {
      const next = ρ * x + σ * Math.SQRT2 * z[i];
      sum += w[i] * Math.exp(-γ * (next - x)) * (price(next, T - 1) + Math.exp(next));
    }
    return (β * sum) / Math.sqrt(Math.PI);
  };
  // The same finite sum of the series: terms j = 1 … T.
  const g = 1 - γ;
  const series = (x: number, T: number): number => {
    let sum = 0;
    for (let j = 1; j <= T; j++)
      sum += β ** j * Math.exp(g * ρ ** j * x + (g * g * σ * σ * (1 - ρ ** (2 * j))) / (1 - ρ * ρ) / 2);
    return Math.exp(γ * x) * sum;
  };
  for (const x of [-0.3, 0, 0.4]) {
    expect(relative(series(x, 5), price(x, 5))).toBeLessThan(1e-9);
    expect(relative(lucasPrices(ar1(β, ρ, σ, γ), Math.exp(x)).sharePrice, series(x, 200))).toBeLessThan(1e-12);
  }
});

test("without shocks a persistent dividend at y = 1 stays there, and the share costs β/(1−β)", () => {
  for (const β of [0.5, 0.95, 0.999])
    for (const ρ of [-0.9, 0, 0.9])
      for (const γ of [0, 1, 3]) {
        const p = lucasPrices(ar1(β, ρ, 0, γ), 1);
        expect(relative(p.sharePrice, β / (1 - β))).toBeLessThan(1e-12);
        expect(p.bondPrice).toBe(β);
        expect(Math.abs(p.riskPremium)).toBeLessThan(1e-12);
      }
});

test("without risk aversion all processes pay the riskless return", () => {
  for (const model of [tree({ riskAversion: 0 }), iid(0), ar1(0.95, 0.9, 0.3, 0)]) {
    for (const y of [0.3, 1, 2]) {
      const p = lucasPrices(model, y);
      expect(relative(p.bondPrice, 0.95)).toBeLessThan(1e-14);
      expect(Math.abs(p.riskPremium)).toBeLessThan(1e-12);
    }
  }
});

test("at log utility the share costs β/(1−β) y under any law", () => {
  for (const model of [iid(1), ar1(0.95, 0.9, 0.3, 1), ar1(0.95, -0.5, 2, 1)])
    for (const y of [0.01, 1, 3]) expect(relative(lucasPrices(model, y).sharePrice, 19 * y)).toBeLessThan(1e-12);
});

// Fifty-digit sums of the series (mpmath): terms that grow by many orders of magnitude before they shrink, and premia far below the returns.
test.each([
  [0.5, 0.99, 0.5, 5, 95463222837867.81, 2.464167419191658, 2.376293551944843],
  [0.95, 0.9999, 0.1, 5, 5364377320496800, 1.016362541825062, 0.0874184338412777],
  [0.95, 0.999, 0.2, 5, 2.46480529505269e40, 1.2622528362153, 0.623799510202002],
  [0.9, 0.999, 0.3, 4, 3.51122020104773e36, 1.318187970932787, 0.7773521309772634],
  [0.5, -0.99, 0.3, 5, 13.53782626344508, 16.38598233324678, 15.73667739853008],
  [0.95, 0.9, 1e-5, 2, 19.00000000412148, 1.052631579085299, 3.484573502662213e-10],
])("ar1 at β %f, ρ %f, σ %f, γ %f", (β, ρ, σ, γ, sharePrice, expectedShareReturn, riskPremium) => {
  const ours = lucasPrices(
    {
      dividendProcess: "ar1",
      discountFactor: β,
      riskAversion: γ,
      dividendScale: 0.01,
      dividendLogMean: 1,
      dividendLogSd: 1,
      persistence: ρ,
      innovationSd: σ,
    },
    1,
  );
  for (const [value, expected] of [
    [ours.sharePrice, sharePrice],
    [ours.expectedShareReturn, expectedShareReturn],
    [ours.riskPremium, riskPremium],
  ])
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-9);
});
