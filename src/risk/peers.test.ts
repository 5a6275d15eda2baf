// Clearing and DebtRank against NEVA 0.3, a package that nobody here wrote: bench/peers/neva_cases.py recorded what it finds, to twelve digits.
import { expect, test } from "vitest";
import neva from "../../test/fixtures/peers/neva.json" with { type: "json" };
import { clear, debtRank, exposuresOf } from "./index.ts";

const worst = (ours: ArrayLike<number>, theirs: readonly number[]): number =>
  theirs.reduce((most, x, i) => Math.max(most, Math.abs(ours[i]! - x)), 0);

test("on 60 networks payments are NEVA's, with costs of bankruptcy and without", () => {
  const { assetRecovery, claimRecovery } = neva;
  let [free, costly] = [0, 0];
  for (const { liabilities, assets, payments, costly: withCosts } of neva.clearing) {
    const owed = exposuresOf(liabilities);
    const cleared = clear(owed, assets);
    const poorer = clear(owed, assets, { assetRecovery, claimRecovery });
    expect(worst(cleared.payments, payments)).toBeLessThan(1e-10);
    expect(worst(poorer.payments, withCosts)).toBeLessThan(1e-10);
    free += cleared.defaults.reduce((a, b) => a + b, 0);
    costly += poorer.defaults.reduce((a, b) => a + b, 0);
  }
  // Networks in which everybody pays would show nothing, nor those where costs fell nobody
  expect(free).toBeGreaterThan(60);
  expect(costly).toBeGreaterThan(free + 10);
});

test("where banks lend to the layer before them only, DebtRank leaves each the equity that NEVA's leaves", () => {
  let [full, some] = [0, 0];
  for (const { liabilities, equity, shock, distress } of neva.debtRank) {
    const impact = exposuresOf(liabilities.map((row) => row.map((x, j) => Math.min(1, x / equity[j]!))));
    const ours = debtRank(impact, equity, shock);
    expect(worst(ours.distress, distress)).toBeLessThan(1e-10);
    full += distress.filter((h, i) => h === 1 && shock[i] === 0).length;
    some += distress.filter((h, i) => h > 0 && h < 1 && shock[i] === 0).length;
    const lost = equity.reduce((sum, e, i) => sum + e * (distress[i]! - shock[i]!), 0);
    expect(Math.abs(ours.debtRank - lost)).toBeLessThan(1e-9);
  }
  expect(full).toBeGreaterThan(5);
  expect(some).toBeGreaterThan(50);
});
