import { expect, test } from "vitest";
import { aiyagari } from "../../economies/aiyagari.ts";
import { checkEconomy, resolveParams } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";

const params = { decisions: "period", households: 40, wealthPoints: 30, riskAversion: 3, initialWealth: 2 };

// With 20 goods each interest is below 0, and is no reason to eat less.
test.each([2, 20])(
  "of %j goods and earnings cash is eaten at the rate that was chosen of w + r a, some of it at least and never all; utility is its reward",
  (initialWealth) => {
    const env = makeVectorEnv(aiyagari, { numEnvs: 1, params: { ...params, initialWealth } });
    env.reset(1);
    const { actions, rewards, obs } = env.batch["households"]!;
    const world = env.simulation.worlds[0] as unknown as {
      readonly labour: number;
      readonly households: Record<"wealth" | "consumption" | "earnings" | "returns" | "saving", Float64Array>;
    };
    const { households: k } = world;
    const perHour = (40 * initialWealth) / world.labour;
    const [wage, rate] = [0.64 * perHour ** 0.36, 0.36 * perHour ** -0.64 - 0.08];
    expect(rate < 0).toBe(initialWealth === 20);
    // They see ln of cash over 0.5.
    const cash = (i: number) => k.earnings[i]! + k.returns[i]! + k.wealth[i]!;
    const features = env.spec["households"]!.features.length;
    for (let i = 0; i < 40; i++) {
      expect(obs[i * features]! - obs[0]!).toBeCloseTo(2 * Math.log(cash(i) / cash(0)), 5);
      actions[i] = i / 20;
    }
    env.step();
    // The next decision has been reached: consumption is of the period that it ended, and so is saving.
    for (let i = 0; i < 40; i++) {
      const before = k.wealth[i]! - k.saving[i]!;
      expect(before).toBeCloseTo(initialWealth, 12);
      const rewarded = (1 - k.consumption[i]! ** -2) / 2; // (c^(1−γ) − 1)/(1 − γ) at γ = 3
      expect(Math.abs(rewards[i]! / rewarded - 1)).toBeLessThan(1e-5);
      const had = k.consumption[i]! + k.wealth[i]!;
      const rateOfEating = (actions[i]! * (wage + Math.max(0, rate) * initialWealth)) / had;
      expect(k.consumption[i]! / Math.max(0.01 * had, -had * Math.expm1(-rateOfEating))).toBeCloseTo(1, 6);
    }
  },
);

test("prospects: the reward is u(c) and the rise of what wealth and productivity are worth, in the mean over what productivity may become", () => {
  const [f, s, β] = [0.5, 0.075, 0.96];
  const env = makeVectorEnv(aiyagari, { numEnvs: 1, params: { ...params, rewards: "prospects" } });
  env.reset(1);
  const { actions, rewards } = env.batch["households"]!;
  const { households: k } = env.simulation.worlds[0] as unknown as {
    readonly households: Record<"wealth" | "saving" | "consumption" | "productivity", Float64Array>;
  };
  const wage = 0.64 * (0.36 / (1 / β - 1 + 0.08)) ** (0.36 / 0.64); // at prices without risk
  const [idle, working] = [0.1, 1].map((e) => e / ((0.1 * s + f) / (s + f)));
  // The annuity of wealth, of mean wages and of what persists of luck; (c^(1−γ) − 1)/(1 − γ) at γ = 3
  const worth = (a: number, e: number) =>
    (1 - ((1 - β) * (a / β + wage / (1 - β) + (wage * (e - 1)) / (1 - β * (1 - f - s)))) ** -2) / 2 / (1 - β);
  let moved = 0;
  for (let t = 0; t < 10; t++) {
    const before = [...k.productivity];
    for (let i = 0; i < 40; i++) actions[i] = i / 20;
    env.step();
    for (let i = 0; i < 40; i++) {
      const [kept, finds] = [k.wealth[i]!, before[i]! < 1 ? f : 1 - s];
      const ahead = finds * worth(kept, working!) + (1 - finds) * worth(kept, idle!);
      const gain = (1 - k.consumption[i]! ** -2) / 2 + β * ahead - worth(kept - k.saving[i]!, before[i]!);
      expect(rewards[i]! / gain).toBeCloseTo(1, 4); // rewards are in single precision
      if (k.productivity[i] !== before[i]) moved++;
    }
  }
  expect(moved).toBeGreaterThan(20);
});

test("who decides may not owe: all could be in debt, and nothing would be produced", () => {
  expect(() => resolveParams(aiyagari, { decisions: "period", borrowingLimit: 1 })).toThrow(
    'borrowingLimit is 1 and decisions "period", expected 0',
  );
});

test("the contract of economies holds where households decide", () => {
  expect(checkEconomy(aiyagari, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
