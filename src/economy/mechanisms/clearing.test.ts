// CES demand and market clearing, against closed forms.
import { expect, test } from "vitest";
import { cesShares } from "./ces.ts";
import { bracketing, tatonnement } from "./clearing.ts";

const sum = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0);

test("shares of spending make marginal utility per unit of money equal, and a unit of utility costs the price index", () => {
  const [prices, θ, m] = [[0.7, 2, 3.1], [0.2, 0.5, 0.3], 4];
  for (const σ of [0.3, 0.999999, 1, 1.000001, 2.5]) {
    const shares = new Float64Array(3);
    const P = cesShares(shares, prices, θ, σ);
    expect(sum(shares)).toBeCloseTo(1, 14);
    const c = shares.map((s, g) => (s * m) / prices[g]!);
    const utility =
      σ === 1
        ? c.reduce((u, x, g) => u * (x / θ[g]!) ** θ[g]!, 1)
        : sum(c.map((x, g) => θ[g]! ** (1 / σ) * x ** ((σ - 1) / σ))) ** (σ / (σ - 1));
    // The definition itself loses digits near σ = 1.
    expect(utility * P).toBeCloseTo(m, Math.abs(σ - 1) < 1e-3 && σ !== 1 ? 8 : 12);
    const perMoney = c.map((x, g) => (θ[g]! / x) ** (1 / σ) / prices[g]!);
    for (const x of perMoney) expect(x / perMoney[0]!).toBeCloseTo(1, 12);
  }
  const [twice, once] = [new Float64Array(3), new Float64Array(3)];
  expect(cesShares(twice, prices, [0.4, 1, 0.6], 2)).toBeCloseTo(cesShares(once, prices, θ, 2), 14);
  expect(cesShares(once, [2, 2, 2], θ, 0.4)).toBeCloseTo(2, 14);
});

test("goods that are not on offer have no share, and their lack costs everything unless others replace them", () => {
  const shares = new Float64Array(2);
  expect(cesShares(shares, [0, 3], [0.5, 0.5], 2)).toBeCloseTo(6, 14); // (½/3)^(1/(1−2))
  expect([...shares]).toEqual([0, 1]);
  expect(cesShares(shares, [0, 3], [0.5, 0.5], 1)).toBe(Infinity);
  expect(cesShares(shares, [0, 3], [0, 2], 1)).toBeCloseTo(3, 14); // nobody misses it
  expect(cesShares(shares, [0, 0], [1, 1], 2)).toBe(Infinity);
  expect([...shares]).toEqual([0, 0]);
  for (const [prices, weights, σ, message] of [
    [[1, 1], [1, 1], 0, "substitution is 0"],
    [[1, Number.NaN], [1, 1], 1, "price 1 is NaN"],
    [[1, 1], [1, -1], 1, "weight 1 is -1"],
  ] as const)
    expect(() => cesShares(shares, prices, weights, σ)).toThrow(message);
});

// θ, S: p_g = (θ_g/S_g)^(1/σ) λ with Σ p S = m
const [θ, S, m] = [[0.5, 0.3, 0.2], [2, 1, 0.25], 3];
const excessAt = (σ: number) => (z: Float64Array, prices: Float64Array) => {
  cesShares(z, prices, θ, σ);
  for (let g = 0; g < z.length; g++) z[g] = Math.log((z[g]! * m) / prices[g]! / S[g]!);
};
const exact = (σ: number): number[] => {
  const p = θ.map((x, g) => (x / S[g]!) ** (1 / σ));
  const value = sum(p.map((x, g) => x * S[g]!));
  return p.map((x) => (x * m) / value);
};

test("tâtonnement and bracketing find the prices of an exchange economy in closed form, wherever they begin", () => {
  for (const σ of [0.5, 1, 3])
    for (const begin of [1e-3, 50]) {
      const [groped, bracketed] = [new Float64Array(3).fill(begin), new Float64Array(3).fill(begin)];
      tatonnement(groped, excessAt(σ), { speed: 1.2 / Math.max(1, σ) });
      bracketing(bracketed, excessAt(σ));
      exact(σ).forEach((price, g) => {
        expect(groped[g]! / price - 1).toBeCloseTo(0, 11);
        expect(bracketed[g]! / price - 1).toBeCloseTo(0, 11);
      });
    }
});

test("tâtonnement shrinks differences of excess demand by 1 − κσ in a round and their level by 1 − κ", () => {
  const [σ, κ] = [2.4, 0.3];
  const prices = new Float64Array(exact(σ).map((price, g) => price * [1.01, 1, 0.99][g]!));
  const seen: number[][] = [];
  const excess = excessAt(σ);
  tatonnement(
    prices,
    (z, at) => {
      excess(z, at);
      seen.push([...z]);
    },
    { speed: κ, tolerance: 1e-6 },
  );
  for (const [t, z] of seen.slice(1, 8).entries()) {
    const before = seen[t]!;
    expect((z[0]! - z[2]!) / (before[0]! - before[2]!)).toBeCloseTo(1 - κ * σ, 10);
  }
  // Their level, weighted by spending, is the logarithm of spending itself but for squares of z.
  const level = new Float64Array(exact(σ).map((price) => 1.001 * price));
  const rounds = tatonnement(level, excess, { speed: κ, tolerance: 1e-9 });
  expect(rounds).toBe(Math.ceil(Math.log(1e-9 / Math.log(1.001)) / Math.log(1 - κ)));
});

test("markets that clear already are left alone; a speed beyond 2/σ and demand that rises with its price do not clear", () => {
  const prices = new Float64Array(exact(2));
  expect(tatonnement(prices, excessAt(2))).toBe(0);
  expect(bracketing(prices, excessAt(2))).toBe(0);
  expect([...prices]).toEqual(exact(2));
  expect(() => tatonnement(new Float64Array([1, 2, 1]), excessAt(4), { speed: 0.51 })).toThrow(/Lower its speed, 0.51/);
  expect(tatonnement(new Float64Array([1, 2, 1]), excessAt(4), { speed: 0.49 })).toBeGreaterThan(100);
  const giffen = (z: Float64Array, [p]: Float64Array) => z.fill(Math.log(p!) + 1);
  expect(() => bracketing(new Float64Array([1]), giffen)).toThrow(/do not differ in sign/);
  expect(() => bracketing(new Float64Array(3).fill(1), excessAt(0.3), { rounds: 1 })).toThrow(/clear by tâtonnement/);
});
