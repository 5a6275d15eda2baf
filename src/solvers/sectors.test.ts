// Equilibrium of sectors: in closed form with Cobb–Douglas tastes, against a search over allocations, and against the planner.
import { expect, test } from "vitest";
import { findRoot } from "../math/index.ts";
import { type Sector, type Sectors, sectoralEquilibrium } from "./sectors.ts";

const farm: Sector = { productivity: 1.3, capitalShare: 0.6, payrollTax: 0, taste: 2 };
const mill: Sector = { productivity: 0.8, capitalShare: 0.25, payrollTax: 0, taste: 3 };
const inn: Sector = { productivity: 2, capitalShare: 0.1, payrollTax: 0.5, taste: 5 };
const rest = { money: 7, labour: 3, capital: 11 };
const close = (ours: ArrayLike<number>, theirs: ArrayLike<number>, digits: number): void => {
  for (const [j, x] of Array.from(theirs).entries()) expect(ours[j]! / x - 1).toBeCloseTo(0, digits);
};

test("with Cobb–Douglas tastes shares of labour and capital are in closed form, whatever productivity is", () => {
  for (const taxes of [
    [0, 0, 0.5],
    [0.3, 1, 0],
  ]) {
    const sectors = [farm, mill, inn].map((sector, j) => ({ ...sector, payrollTax: taxes[j]! }));
    const {
      wage,
      rental,
      prices,
      outputs,
      labour,
      capital,
      taxes: paid,
    } = sectoralEquilibrium({
      sectors,
      substitution: 1,
      ...rest,
    });
    const θ = [0.2, 0.3, 0.5];
    const wages = sectors.map(({ capitalShare: α, payrollTax: τ }, j) => (θ[j]! * (1 - α)) / (1 + τ));
    const rents = sectors.map(({ capitalShare: α }, j) => θ[j]! * α);
    const [w, r] = [wages, rents].map((x) => x.reduce((a, b) => a + b, 0)) as [number, number];
    close([wage, rental], [(w * 7) / 3, (r * 7) / 11], 13);
    close(
      labour,
      wages.map((x) => (x / w) * 3),
      13,
    );
    close(
      capital,
      rents.map((x) => (x / r) * 11),
      13,
    );
    const made = sectors.map(
      (s, j) => s.productivity * capital[j]! ** s.capitalShare * labour[j]! ** (1 - s.capitalShare),
    );
    close(outputs, made, 12);
    close(
      prices,
      made.map((y, j) => (θ[j]! * 7) / y),
      12,
    );
    expect(paid).toBeCloseTo(7 * (1 - w - r), 12);
  }
});

/** Prices that sell what an allocation makes, and by which sector's wage and rental exceed the other's: found by two nested roots in amounts, no prices given. */
function byAllocation({ sectors, substitution: σ, money: M, labour: L, capital: K }: Sectors) {
  const [a, b] = sectors as [Sector, Sector];
  const outcome = (l: number, k: number) => {
    const make = ({ productivity: A, capitalShare: α }: Sector, x: number, y: number) => A * y ** α * x ** (1 - α);
    const y = [make(a, l, k), make(b, L - l, K - k)];
    const inverse = y.map((x, j) => (sectors[j]!.taste / x) ** (1 / σ));
    const scale = M / inverse.reduce((sum, p, j) => sum + p * y[j]!, 0);
    const p = inverse.map((x) => x * scale);
    const net = ({ capitalShare: α, payrollTax: τ }: Sector) => (1 - α) / (1 + τ);
    const w = [(net(a) * p[0]! * y[0]!) / l, (net(b) * p[1]! * y[1]!) / (L - l)];
    const r = [(a.capitalShare * p[0]! * y[0]!) / k, (b.capitalShare * p[1]! * y[1]!) / (K - k)];
    return { p, y, w, r };
  };
  const capitalAt = (l: number) =>
    findRoot((k) => Math.log(outcome(l, k).r[0]! / outcome(l, k).r[1]!), 1e-9 * K, (1 - 1e-9) * K);
  const l = findRoot(
    (l) => Math.log(outcome(l, capitalAt(l)).w[0]! / outcome(l, capitalAt(l)).w[1]!),
    1e-6 * L,
    (1 - 1e-6) * L,
  );
  return { l, k: capitalAt(l), ...outcome(l, capitalAt(l)) };
}

test("at any elasticity it is the allocation at which nobody gains by moving, to 1e-8", () => {
  for (const [substitution, tax] of [
    [0.4, 0],
    [0.4, 0.7],
    [0.999, 0.2],
    [2.2, 0.7],
    [6, 0],
  ] as const) {
    const economy = { sectors: [{ ...farm, payrollTax: tax }, mill], substitution, ...rest };
    const ours = sectoralEquilibrium(economy);
    const theirs = byAllocation(economy);
    close(ours.labour, [theirs.l, 3 - theirs.l], 8);
    close(ours.capital, [theirs.k, 11 - theirs.k], 8);
    close([...ours.prices, ...ours.outputs], [...theirs.p, ...theirs.y], 8);
    close([ours.wage, ours.rental], [theirs.w[1]!, theirs.r[1]!], 8);
  }
});

test("without taxes, or with equal ones, it is the best allocation there is; a wedge costs utility by its square", () => {
  const utility = (economy: Sectors) => sectoralEquilibrium(economy).purchasingPower * economy.money;
  const σ = 0.6;
  const at = (tax: number, other = 0) => ({
    sectors: [
      { ...farm, payrollTax: tax },
      { ...mill, payrollTax: other },
    ],
    substitution: σ,
    ...rest,
  });
  const best = utility(at(0));
  expect(utility(at(0.4, 0.4))).toBeCloseTo(best, 12);
  const chosen = sectoralEquilibrium(at(0));
  const [l, k] = [chosen.labour[0]!, chosen.capital[0]!];
  const u = (l: number, k: number) => {
    const y = [1.3 * k ** 0.6 * l ** 0.4, 0.8 * (11 - k) ** 0.25 * (3 - l) ** 0.75];
    return (0.4 ** (1 / σ) * y[0]! ** ((σ - 1) / σ) + 0.6 ** (1 / σ) * y[1]! ** ((σ - 1) / σ)) ** (σ / (σ - 1));
  };
  expect(u(l, k)).toBeCloseTo(best, 12);
  for (const [dl, dk] of [
    [0.01, 0],
    [-0.01, 0],
    [0, 0.05],
    [0.01, -0.05],
  ] as const)
    expect(u(l + dl, k + dk)).toBeLessThan(best);
  const [small, large] = [0.01, 0.02].map((tax) => best - utility(at(tax)));
  expect(large! / small!).toBeCloseTo(4, 0.9);
});

test("identical sectors share alike, and where a tax may make several equilibria none is named", () => {
  const twins = sectoralEquilibrium({ sectors: [farm, farm], substitution: 3, ...rest });
  close(twins.labour, [1.5, 1.5], 13);
  close(twins.capital, [5.5, 5.5], 13);
  const taxed = { sectors: [{ ...mill, payrollTax: 2 }, farm], substitution: 6, ...rest };
  expect(() => sectoralEquilibrium(taxed)).toThrow(/there may be several equilibria .* lower substitution, 6\./);
});
