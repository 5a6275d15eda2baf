// One agent among incumbents where agents decide apart, and where a population takes several decisions.
import { describe, expect, test } from "vitest";
import { callers } from "../../test/callers.ts";
import { guests } from "../../test/guests.ts";
import { haggle } from "../../test/haggle.ts";
import { shifts } from "../../test/shifts.ts";
import type { Policy } from "../algorithms/algorithm.ts";
import { qLearning } from "../algorithms/q-learning.ts";
import type { Economy } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { forcedDeviation, soloEnv, trainedExploitability, trainedResponse } from "./index.ts";

const always = (choice: number): Policy => ({ load() {}, act: (actions) => void actions.fill(choice) });
const alone = (economy: Economy, population: string, agent: number, policies: Record<string, Policy>, params = {}) => {
  const solo = soloEnv(makeVectorEnv(economy, { numEnvs: 2, params }), population, agent, { policies, rng: null });
  solo.reset(1);
  return solo;
};

describe("one agent among incumbents", () => {
  const staff = { nurses: always(0), clerk: always(0) };

  test("is asked when it decides itself, earns from its own decision to its own next one, and is told of the end apart", () => {
    const solo = alone(shifts(), "nurses", 1, staff);
    const { acting, truncated, rewards, obs } = solo.batch.nurses;
    const steps = Array.from({ length: 5 }, () => {
      const told = [
        acting[0],
        truncated[0],
        acting[0] + truncated[0] > 0 ? rewards[0] : null,
        acting[0] ? obs[0] : null,
      ];
      expect([acting[1], truncated[1]]).toEqual(told.slice(0, 2)); // both worlds alike
      const ended = solo.truncated[0];
      solo.step();
      return [...told, ended];
    });
    expect(steps).toEqual([
      [1, 0, 0, 1, 0], // period 1
      [1, 0, 102 + 103, 3, 0], // period 3
      [0, 1, 104, null, 1], // the episode was cut off; the next one begins with others
      [1, 0, 0, 1, 0],
      [1, 0, 102 + 103, 3, 0],
    ]);
  });

  test("does as it likes while the others do what their policies say", () => {
    const solo = alone(shifts(), "nurses", 1, staff);
    solo.batch.nurses.actions.fill(2);
    solo.step();
    for (const w of solo.simulation.worlds)
      expect([...(w["nurses"] as unknown as { care: Float64Array }).care]).toEqual([0, 1, 0, 0]);
  });

  test("who never decides is refused instead of waited for", () => {
    expect(() => alone(shifts(), "nurses", 3, staff)).toThrow(
      "soloEnv: nurses[3] of shifts has decided nothing for 9 periods, expected an agent who decides; ask about another.",
    );
  });

  test("takes all decisions of its population, or the one that is named", () => {
    const policies = { bidding: always(1), ordering: always(4) };
    const solo = alone(haggle(false), "traders", 1, policies);
    expect(Object.entries(solo.spec).map(([key, { size, rows }]) => [key, size, rows?.[0]])).toEqual([
      ["bidding", 1, 1],
      ["ordering", 1, 1],
    ]);
    const { bidding, ordering } = solo.batch;
    expect([bidding.acting[0], ordering.acting[0]]).toEqual([1, 0]);
    bidding.actions.fill(2);
    solo.step();
    expect([bidding.acting[0], ordering.acting[0]]).toEqual([0, 1]);
    expect([...ordering.obs.subarray(0, 2)]).toEqual([0.5, 1]); // the price, and what it bid itself
    ordering.actions.fill(0);
    solo.step();
    const [w] = solo.simulation.worlds as unknown as { traders: Record<string, Float64Array> }[];
    expect([[...w.traders.bid], [...w.traders.order]]).toEqual([
      [0.5, 1],
      [1, 0],
    ]);
    expect(bidding.rewards[0]).toBeCloseTo(1 - 0.5 - 1, 6);
    expect(Object.keys(alone(haggle(false), "ordering", 0, policies).spec)).toEqual(["ordering"]);
    expect(() => alone(haggle(false), "trader", 0, policies)).toThrow(
      '"trader" does not decide in haggle. Expected one of: traders, bidding, ordering.',
    );
  });
});

describe("a trained best response", () => {
  const training = { algorithm: qLearning, numEnvs: 4, totalSteps: 2000, seed: 1, worlds: 4 };
  const tables = {
    gamma: 0,
    bins: 2,
    low: 0,
    high: 4,
    epsilon: 0.5,
    learningRate: 1,
    learningRateSchedule: "visits",
    learningRatePower: 1,
  } as const;

  test("of an agent who decides apart earns from its first decision to the end of the episode", () => {
    const response = (agent: number) =>
      trainedResponse({
        ...training,
        economy: shifts(),
        params: { bonus: 10 },
        policies: { nurses: always(0), clerk: always(0) },
        population: "nurses",
        agent,
        config: tables,
      });
    // 10 more in each period from the first decision on
    for (const [agent, periods, earned] of [
      [0, 4, 10],
      [1, 3, 309],
      [2, 2, 407],
    ])
      expect(response(agent)).toMatchObject({
        gain: 10 * periods,
        incumbentReturn: earned,
        responseReturn: earned + 10 * periods,
      });
  });

  test("of who lives in a row is of all its lives in an episode", () => {
    const { gain, incumbentReturn } = trainedResponse({
      ...training,
      economy: guests(),
      params: { bonus: 10 },
      policies: { guests: always(0) },
      population: "guests",
      agent: 0,
      config: { ...tables, bins: 21, high: 1 }, // guests and ages apart
    });
    // Guests 1 and 3 for two periods each, guest 5 for the last one
    expect([gain, incumbentReturn]).toEqual([5 * 10, 10 + 11 + 30 + 31 + 50]);
  });

  test("in several decisions is learned in all of them", () => {
    const asked = {
      ...training,
      economy: haggle(false),
      policies: { bidding: always(0), ordering: always(0) },
      totalSteps: 20_000,
      worlds: 400,
    };
    const both = trainedResponse({
      ...asked,
      population: "traders",
      agent: 0,
      config: { ...tables, bins: 3, high: 1 },
    });
    // Bids of 0, ½ or 1 are ⅛ from the price on average, and 0 in the first period; always 0 is ½ from it. Orders that follow bids cost nothing.
    expect(Math.abs(both.gain - (0.5 + 5 * (1 / 2 - 1 / 8)))).toBeLessThan(0.15); // six standard errors of 400 worlds
    const one = trainedResponse({
      ...asked,
      population: "ordering",
      agent: 0,
      config: { ...tables, bins: 3, high: 1 },
    });
    expect(one.gain).toBe(0); // who bids 0 cannot do better than to order 0
    const { nashConv } = trainedExploitability({
      ...asked,
      population: "ordering",
      agents: [0],
      config: tables,
    });
    expect(nashConv).toBe(0);
  });
});

describe("a forced deviation", () => {
  const asked = { agent: 1, action: [2], burnIn: 1, periods: 2, seed: 1 };
  const ofNurses = {
    economy: shifts(),
    policies: { nurses: always(0), clerk: always(0) },
    population: "nurses",
    column: "pay",
  };

  test("of an agent who decides apart happens where it decides, and nowhere else", () => {
    const { deviator, deviatorOtherwise } = forcedDeviation({ ...ofNurses, ...asked, params: { bonus: 10 } });
    expect([[...deviator], [...deviatorOtherwise]]).toEqual([
      [112, 113],
      [102, 103],
    ]);
    expect(() => forcedDeviation({ ...ofNurses, ...asked, burnIn: 2 })).toThrow(
      "forcedDeviation: nurses[1] does not decide in period 2, so it cannot deviate there.",
    );
  });

  test("is answered by those who live", () => {
    const { deviator, others } = forcedDeviation({
      economy: guests(),
      policies: { guests: always(0) },
      population: "guests",
      column: "pay",
      params: { bonus: 100 },
      ...asked,
      periods: 3,
    });
    // Guest 2 in row 1 in period 1, nobody in period 2, guest 4 in period 3; beside it guest 1, guest 3 and guest 3.
    expect([...deviator]).toEqual([20 + 100, Number.NaN, 40]);
    expect([...others]).toEqual([11, 30, 31]);
  });

  test("is of one decision", () => {
    const policies = { bidding: always(0), ordering: always(0) };
    const ask = (population: string) =>
      forcedDeviation({ economy: haggle(false), policies, population, column: "order", ...asked });
    expect(() => ask("traders")).toThrow("traders takes several decisions, expected one of them: bidding, ordering.");
    expect([...ask("ordering").deviator]).toEqual([0.5, 0]);
  });
});

describe("at events", () => {
  const policies = { boss: always(0), call: always(0), chat: always(0) };

  test("a lone agent is asked at its own events, and once more when the episode is over", () => {
    const solo = alone(callers(), "call", 1, policies);
    const { acting, truncated, rewards } = solo.batch.call;
    const told: unknown[] = [];
    for (let step = 0; step < 5; step++) {
      told.push([acting[0], truncated[0], acting[0] + truncated[0] > 0 ? rewards[0] : null]);
      solo.batch.call.actions.fill(2);
      solo.step();
    }
    // Calls at ½ and 1 ¼, which pay 11; with the first one's comes a period's 100, with the second one's the other's.
    expect(told).toEqual([
      [1, 0, 0],
      [1, 0, 111],
      [0, 1, 111],
      [1, 0, 0],
      [1, 0, 111],
    ]);
  });

  test("a forced deviation is of one event", () => {
    const { deviator } = forcedDeviation({
      ...{ economy: callers(), policies, population: "call", agent: 0, action: [2], column: "pay" },
      ...{ burnIn: 0, periods: 2, seed: 1 },
    });
    expect([...deviator]).toEqual([100 + 11 + 1, 100 + 1 + 1]); // of two calls in each period
  });
});
