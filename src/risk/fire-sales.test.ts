// Sales by leverage targeting in closed form, and clearing prices against the equations that they solve.
import { expect, test } from "vitest";
import { exponentialDemand, exposuresOf, fireSale, leverageTargeting } from "./index.ts";

const near = (ours: ArrayLike<number>, theirs: readonly number[], digits = 12): void => {
  expect(ours.length).toBe(theirs.length);
  theirs.forEach((x, i) => {
    expect(ours[i]).toBeCloseTo(x, digits);
  });
};

test("leverage targeting of banks that hold one asset: ℓ f Σ a Σ a b over equity", () => {
  const one = leverageTargeting([[100], [50]], { equity: [10, 10], shock: [0.02], impact: [1e-3] });
  // b = 9, 4: sales 18, 4; the price falls by .022
  near(one.sales, [18, 4]);
  near(one.fall, [0.022]);
  near(one.losses, [2.2, 1.1]);
  expect(one.aggregateVulnerability).toBeCloseTo(0.165, 13);
  near(one.systemicness, [0.135, 0.03]);
  near(one.directVulnerability, [0.2, 0.1]);
  near(one.indirectVulnerability, [0.22, 0.11]);
});

test("several assets: AV = 1ᵀA M L Mᵀ B A M f/E, and who holds what nobody sells is not hit", () => {
  const holdings = [
    [60, 40, 0],
    [0, 30, 20],
    [0, 0, 30],
  ];
  const [equity, shock, impact] = [
    [10, 5, 6],
    [0.05, 0.01, 0],
    [1e-3, 2e-3, 5e-4],
  ];
  const a = [100, 50, 30];
  const b = a.map((x, i) => (x - equity[i]) / equity[i]);
  const loss = holdings.map((row) => row.reduce((sum, h, k) => sum + h * shock[k], 0));
  const fall = impact.map((l, k) => holdings.reduce((sum, row, i) => sum + (l * loss[i] * b[i] * row[k]) / a[i], 0));
  const second = holdings.map((row) => row.reduce((sum, h, k) => sum + h * fall[k], 0));
  const ours = leverageTargeting(holdings, { equity, shock, impact });
  near(ours.fall, fall);
  near(ours.losses, second);
  const AV = second.reduce((x, y) => x + y) / 21;
  expect(ours.aggregateVulnerability).toBeCloseTo(AV, 13);
  expect(ours.systemicness.reduce((x, y) => x + y)).toBeCloseTo(AV, 13);
  expect(ours.systemicness[2]).toBe(0);
  // Twice the shock, twice the loss: linear; capped, nobody sells more than is left
  const twice = leverageTargeting(holdings, { equity, shock: shock.map((x) => 2 * x), impact });
  expect(twice.aggregateVulnerability).toBeCloseTo(2 * AV, 12);
  const hard = { equity, shock: [0.5, 0.5, 0.5], impact };
  expect(leverageTargeting(holdings, hard).sales[0]).toBeCloseTo(450, 10);
  near(leverageTargeting(holdings, { ...hard, capped: true }).sales, [50, 25, 15]);
  expect(() => leverageTargeting(holdings, { equity: [10, 0, 6], shock, impact })).toThrow(
    "leverageTargeting: equity of bank 1 is 0, expected above 0.",
  );
});

const none = (n: number) => exposuresOf(Array.from({ length: n }, () => new Float64Array(n)));

test("a bank that must pay sells what it has not in cash: p s = need − cash, p = e^(−ℓ s)", () => {
  const { price, sold } = fireSale(none(2), {
    cash: [1, 5],
    assets: [20, 20],
    needs: [5, 3],
    capitalRatio: 0,
    demand: exponentialDemand(0.01),
  });
  expect(price * sold[0]).toBeCloseTo(4, 12);
  expect(price).toBeCloseTo(Math.exp(-0.01 * sold[0]), 13);
  expect(sold[1]).toBe(0);
});

test("a bank below its ratio sells until capital over what is at risk is the ratio; the price is the greatest", () => {
  // Bank 0 owes bank 1, and has assets 100: capital 6 of 100
  const owed = exposuresOf([
    [0, 94, 0],
    [0, 0, 0],
    [2, 0, 0],
  ]);
  const sellers = { cash: [0, 3, 2], assets: [98, 40, 0], capitalRatio: 0.1, demand: exponentialDemand(2e-4) };
  const { price, sold, clearing } = fireSale(owed, sellers);
  expect([...clearing.defaults]).toEqual([0, 0, 0]);
  const capital = price * 98 + 2 - 94;
  expect(capital / (price * (98 - sold[0]) + 2)).toBeCloseTo(0.1, 11);
  expect(price).toBeCloseTo(Math.exp(-2e-4 * sold[0]), 13);
  expect(sold[1]).toBe(0);
  // Nobody would sell less at any price between: the excess of demand's price over p has no other sign above
  for (let p = price + 1e-6; p < 1; p += (1 - price) / 50) {
    const s = Math.max(0, 98 - ((p * 98 + 2 - 94) / 0.1 - 2) / p);
    expect(Math.exp(-2e-4 * Math.min(98, s))).toBeLessThan(p);
  }
});

test("where the price takes all capital everything is sold, and creditors get what is left", () => {
  const owed = exposuresOf([
    [0, 94],
    [0, 0],
  ]);
  const { price, sold, clearing } = fireSale(owed, {
    cash: [0, 0],
    assets: [100, 50],
    capitalRatio: 0.1,
    demand: exponentialDemand(4e-3),
    assetRecovery: 0.5,
  });
  expect([...clearing.defaults]).toEqual([1, 0]);
  // Its creditor has lost its claim, has no debts, and keeps its assets
  expect([...sold]).toEqual([100, 0]);
  expect(price).toBeCloseTo(Math.exp(-0.4), 13);
  expect(clearing.payments[0]).toBeCloseTo(50 * Math.exp(-0.4), 12);
});

test("a bank that fails sells everything, though no ratio and no need asks for it", () => {
  const owed = exposuresOf([
    [0, 94],
    [0, 0],
  ]);
  const sellers = { cash: [0, 0], assets: [60, 50], capitalRatio: 0, demand: exponentialDemand(1e-3) };
  const { price, sold, clearing } = fireSale(owed, sellers);
  expect([...sold]).toEqual([60, 0]);
  expect(clearing.payments[0]).toBeCloseTo(60 * price, 12);
});

test("what a failing debtor pays is what its creditor has, and decides what that has to sell", () => {
  const owed = exposuresOf([
    [0, 4, 0],
    [0, 0, 8],
    [0, 0, 0],
  ]);
  const sellers = { cash: [0, 0, 0], assets: [2, 10, 0], capitalRatio: 0.35, demand: exponentialDemand(0.01) };
  const { price: p, sold, clearing } = fireSale(owed, sellers);
  expect([...clearing.defaults]).toEqual([1, 0, 0]);
  // Bank 0 pays 2p of 4; bank 1 has 10p + 2p less 8 of its own
  expect(sold[0]).toBe(2);
  expect(sold[1]).toBeGreaterThan(0.5);
  expect((12 * p - 8) / (p * (10 - sold[1]) + 2 * p)).toBeCloseTo(0.35, 11);
  expect(p).toBeCloseTo(Math.exp(-0.01 * (2 + sold[1])), 13);
});

test("nobody sells who need not", () => {
  const { price, sold } = fireSale(none(2), {
    cash: [1, 0],
    assets: [5, 5],
    capitalRatio: 0.2,
    demand: exponentialDemand(1),
  });
  expect([price, ...sold]).toEqual([1, 0, 0]);
  expect(() => fireSale(none(2), { cash: [1], assets: [1, 1], capitalRatio: 0, demand: exponentialDemand(1) })).toThrow(
    "fireSale: got cash of 1 banks, expected 2.",
  );
});
