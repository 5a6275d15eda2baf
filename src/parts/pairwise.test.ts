// Pairwise trade: closed forms of a single meeting, and of what repeated meetings lead to.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { checkEconomy, compose, createSimulation, type Economy, renamed } from "../economy/index.ts";
import { bargain, barterers, type Party, pairwiseMarket } from "./index.ts";

const party = (goods: number, money: number, taste = 0.5): Party => ({
  goods,
  money,
  taste,
  price: (taste * money) / ((1 - taste) * goods),
});
const meeting = (a: Party, b: Party, rule: "midpoint" | "nash") => {
  const out = new Float64Array(2);
  bargain(out, a, b, rule);
  return [...out] as [number, number];
};

test("at the midpoint the dearer one buys what both want, and at equal prices nobody does", () => {
  // 4 and ¼ meet at 17/8: the buyer wants ½ (1 + 32/17) − 1 = 15/34, less than the seller would give.
  const [goods, money] = meeting(party(1, 4), party(4, 1), "midpoint");
  expect(goods).toBeCloseTo(15 / 34, 5);
  expect(money).toBeCloseTo((15 / 34) * (17 / 8), 5);
  expect(meeting(party(4, 1), party(1, 4), "midpoint")).toEqual([-goods, -money]);
  // A buyer who wants more than the seller gives.
  expect(meeting(party(4, 40), party(1, 0.1), "midpoint")[0]).toBeCloseTo(1 - 0.5 * (1 + 0.1 / 5.05), 5);
  expect(meeting(party(2, 3), party(4, 6), "midpoint")).toEqual([0, 0]);
  // Offers that do not say what a good is worth: who has too little of it already does not sell.
  expect(meeting({ ...party(1, 4), price: 0.1 }, { ...party(4, 1), price: 3 }, "midpoint")).toEqual([0, 0]);
});

test("Nash's solution splits the gain equally where tastes are equal, and maximises the product where they differ", () => {
  // With one taste u is θ T on the contract curve, T of both endowments together: θ₁ = (T + d₁ − d₂)/2T.
  for (const α of [0.3, 0.5]) {
    const [a, b] = [party(1, 7, α), party(5, 2, α)];
    const u = (x: number, m: number) => x ** α * m ** (1 - α);
    const θ = (u(6, 9) + u(1, 7) - u(5, 2)) / (2 * u(6, 9));
    const [goods, money] = meeting(a, b, "nash");
    expect(goods).toBeCloseTo(6 * θ - 1, 5);
    expect(money).toBeCloseTo(7 - 9 * θ, 5);
  }
  const [a, b] = [party(3, 4, 0.8), party(5, 2, 0.25)];
  const product = (goods: number, money: number): number => {
    const gain = ({ goods: x, money: m, taste }: Party, q: number, paid: number) =>
      (x + q) ** taste * (m - paid) ** (1 - taste) - x ** taste * m ** (1 - taste);
    const [one, other] = [gain(a, goods, money), gain(b, -goods, -money)];
    return one > 0 && other > 0 ? one * other : 0;
  };
  const best = product(...meeting(a, b, "nash"));
  let found = 0;
  for (let q = -3; q < 5; q += 0.02) for (let m = -2; m < 4; m += 0.02) found = Math.max(found, product(q, m));
  expect(best).toBeGreaterThanOrEqual(found);
  expect(best / found).toBeLessThan(1.001);
});

const described = { name: "fair", source: "a test", summary: "Random pairs barter.", horizon: 1000 } as const;
const fair = compose({ ...described, parts: { barterers, market: pairwiseMarket } });
type Rows = Record<string, Float64Array>;
const started = (economy: Economy, params: object, seed = 1) => {
  const simulation = createSimulation(economy as typeof fair, { params: params as never, seed, checkIdentities: true });
  fresh(simulation, 0);
  return { simulation, k: (simulation.worlds[0] as unknown as { barterers: Rows }).barterers };
};
const sum = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);

test.each(["midpoint", "nash"])(
  "by %s nobody ever loses, nothing is lost, and all end where a good is worth α/(1−α) M/X to all",
  (bargaining) => {
    const params = { barterers: 31, bargaining, taste: 0.3 };
    expect(checkEconomy(fair, { params, periods: 15 }).filter(({ pass }) => !pass)).toEqual([]);
    const { simulation, k } = started(fair, params);
    const [X, M] = [sum(k["goods"]!), sum(k["money"]!)];
    for (let t = 0; t < 40; t++) {
      goOn(simulation, 1);
      expect(Math.min(...k["gain"]!)).toBeGreaterThanOrEqual(0);
      expect([sum(k["goods"]!), sum(k["money"]!)]).toEqual([X, M]);
    }
    for (let i = 0; i < 31; i++)
      expect((0.3 / 0.7) * (k["money"]![i]! / k["goods"]![i]!)).toBeCloseTo((0.3 / 0.7) * (M / X), 2);
    // People of different tastes find a Pareto optimum, too, and whoever likes goods has more of them.
    const mixed = started(fair, { ...params, tasteSpread: 0.25 });
    const { worthSpread } = fair.metrics;
    const spread = () => worthSpread!.of(mixed.simulation.worlds[0]!, mixed.simulation.params);
    expect(spread()).toBeGreaterThan(1);
    goOn(mixed.simulation, 100);
    expect(spread()).toBeLessThan(0.02);
  },
);

test("of N people who are out with probability q N q²/2 pairs trade", () => {
  const { simulation } = started(fair, { barterers: 4000, attendance: 0.6 });
  goOn(simulation, 1);
  // A pair is out with probability 0.36, whose standard deviation over 2000 pairs is 21.5; with drawn endowments all of these trade.
  expect(Math.abs(fair.metrics["trades"]!.of(simulation.worlds[0]!, simulation.params) - 720)).toBeLessThan(65);
});

test("who chooses an offer trades at it, two fairs are apart, and a market without people is refused", () => {
  const { simulation, k } = started(fair, { barterers: 2, posting: "period", endowmentSpread: 0 });
  goOn(simulation, 1, () => k["offer"]!.set([0.5, 0.7]));
  // Ten of each and α = ½: at 0.6 both would like more goods, so that nobody sells.
  expect([...k["bought"]!]).toEqual([0, 0]);
  k["goods"]!.set([4, 16]);
  goOn(simulation, 1, () => k["offer"]!.set([0.7, 0.5]));
  // At 0.6 the one wants ½ (4 + 10/0.6) − 4, the other gives no more than 16 − ½ (16 + 10/0.6) < 0.
  expect([...k["bought"]!]).toEqual([0, 0]);
  goOn(simulation, 1, () => k["offer"]!.set([2, 1]));
  expect(k["bought"]![0]).toBeCloseTo(0.5 * (4 + 10 / 1.5) - 4, 5);
  expect(k["received"]![1]).toBeCloseTo(1.5 * k["bought"]![0]!, 5);
  const two = compose({
    ...described,
    parts: {
      barterers: renamed(barterers, "east"),
      market: renamed(pairwiseMarket, "east"),
      others: renamed(barterers, "west"),
      fair: renamed(pairwiseMarket, "west"),
    },
    calibration: { eastBarterers: 10, westBarterers: 10, westAttendance: 0 },
  });
  const simulated = createSimulation(two, { checkIdentities: true });
  fresh(simulated, 3);
  const bought = (name: string) => sum((simulated.worlds[0] as unknown as Record<string, Rows>)[name]!["bought"]!);
  expect(bought("eastBarterers")).toBeGreaterThan(0);
  expect(bought("westBarterers")).toBe(0);
  expect(() => compose({ ...described, parts: { market: pairwiseMarket } })).toThrow(
    'part "market" is a market of "goods" without sellers: nobody pays flow "goods"',
  );
});
