import { expect, test } from "vitest";
import { crra } from "./growth.ts";
import { prospects } from "./prospects.ts";

const three = {
  incomes: [0.2, 1, 1.7],
  returns: [1.02, 1.06, 1.05],
  transition: [
    [0.6, 0.4, 0],
    [0.1, 0.7, 0.2],
    [0.05, 0.15, 0.8],
  ],
};

test.each([1, 2, 0.5])("who earns the same for ever consumes it and the interest, risk aversion %j", (γ) => {
  const { worth, expected } = prospects(
    { discountFactor: 0.96, riskAversion: γ },
    { incomes: [1.2], transition: [[1]] },
  );
  for (const k of [0, 3, 40]) {
    const consumed = 1.2 + (1 / 0.96 - 1) * k;
    expect(worth(k, 0)).toBeCloseTo(crra(consumed, γ) / 0.04, 10);
    expect(expected(k, 0)).toBe(worth(k, 0));
  }
});

test.each([0.5, 0.96, 0.999])(
  "work that is lost and found is worth its mean and what persists of luck, β = %j",
  (β) => {
    const [f, s] = [0.5, 0.075];
    const chain = { incomes: [0.1, 1], transition: [[1 - f, f], [s, 1 - s]] }; // biome-ignore format: a matrix
    const { worth } = prospects({ discountFactor: β, riskAversion: 1 }, chain);
    const mean = (0.1 * s + f) / (s + f);
    for (const [state, y] of chain.incomes.entries()) {
      const owned = 5 / β + mean / (1 - β) + (y - mean) / (1 - β * (1 - f - s));
      expect(worth(5, state)).toBeCloseTo(Math.log((1 - β) * owned) / (1 - β), 8);
    }
  },
);

test("what is owned and expected is today's interest and income, and β times what it is expected to be tomorrow", () => {
  const β = 0.95;
  const { worth } = prospects({ discountFactor: β, riskAversion: 1 }, three);
  const owned = (k: number, s: number) => Math.exp((1 - β) * worth(k, s)) / (1 - β);
  for (const k of [0, 2, 9])
    for (const [s, row] of three.transition.entries()) {
      const ahead = row.reduce((sum, q, to) => sum + q * owned(k, to), 0);
      expect(owned(k, s)).toBeCloseTo((three.returns[s] - 1) * k + three.incomes[s] + β * ahead, 9);
    }
});

// A household that saves by any rule, on the tree of all that may happen to it.
test("as a potential it leaves what every rule is worth: discounted rewards are those of utility, less W to begin with, and W of what is left in the end", () => {
  const [β, γ] = [0.9, 2];
  const { worth, expected } = prospects({ discountFactor: β, riskAversion: γ }, three);
  const rules = [(cash: number, s: number) => (0.2 + 0.1 * s) * cash, (cash: number) => Math.min(0.7, cash)];
  for (const eats of rules) {
    const tree = (
      k: number,
      s: number,
      left: number,
      reward: (k: number, s: number, c: number, kept: number) => number,
      end: number,
    ): number => {
      if (left === 0) return end * worth(k, s);
      const cash = three.returns[s] * k + three.incomes[s];
      const c = eats(cash, s);
      const ahead = three.transition[s].map((q, to) => (q > 0 ? q * tree(cash - c, to, left - 1, reward, end) : 0));
      return reward(k, s, c, cash - c) + β * ahead.reduce((x, y) => x + y);
    };
    const gains = tree(4, 1, 5, (k, s, c, kept) => crra(c, γ) + β * expected(kept, s) - worth(k, s), 0);
    const utilities = tree(4, 1, 5, (_k, _s, c) => crra(c, γ), 1);
    expect(gains).toBeCloseTo(utilities - worth(4, 1), 10);
  }
});
