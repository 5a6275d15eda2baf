// Leaders and followers' gaps where agents decide apart, leave and enter, or take several decisions in a period.
import { expect, test } from "vitest";
import { callers } from "../../test/callers.ts";
import { guests } from "../../test/guests.ts";
import { haggle } from "../../test/haggle.ts";
import { shifts } from "../../test/shifts.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import type { Algorithm, Policy } from "../algorithms/algorithm.ts";
import { ppo } from "../algorithms/ppo.ts";
import { box, defineEconomy, type Economy, f64, grid, i32, population, resolveParams } from "../economy/index.ts";
import { gridSearch } from "../optimise/grid-search.ts";
import { bestResponseGap } from "./best-response-gap.ts";
import { nested } from "./nested.ts";
import { createStage } from "./parts/stage.ts";
import { ownReward } from "./scores.ts";
import { twoTimescale } from "./two-timescale.ts";

const always = (choice: number): Policy => ({ load() {}, act: (actions) => void actions.fill(choice) });
const played = (economy: Economy, policies: Record<string, Policy>, params = {}) => ({
  economy,
  params: { ...resolveParams(economy), ...params },
  policies,
});

test("of several decisions of one population, each has the gap of its own deviations", () => {
  const gaps = bestResponseGap(played(haggle(false), { bidding: always(1), ordering: always(3) }), { numWorlds: 1 });
  // Bids of ½ and orders of ¾: an order of ½ gains ¼ in every period.
  expect(Object.keys(gaps)).toEqual(["bidding", "ordering"]);
  expect(gaps["ordering"].absolute).toBeCloseTo(1 / 4, 12);
  expect(gaps["ordering"].deviation).toBe("order = 2");
});

test("an agent who decides apart deviates where it decides", () => {
  const policies = { nurses: always(0), clerk: always(0) };
  const { nurses, clerk } = bestResponseGap(played(shifts(), policies, { bonus: 10 }), { numWorlds: 1 });
  expect(nurses).toEqual({ absolute: 10, relative: 10 / 2.5, deviation: "care = 2" });
  expect(clerk.absolute).toBe(0);
});

test("at events, a deviation is of all decisions of that kind, and rewards are the periods'", () => {
  const policies = { boss: always(0), call: always(0), chat: always(1) };
  const gaps = bestResponseGap(played(callers(), policies), { numWorlds: 1 });
  // Caller 0: two calls a period, which pay 1 or 11; a chat, which pays ½ or 1. The boss: its mood beside what caller 0 earns.
  expect(gaps).toEqual({
    boss: { absolute: 1, relative: 1 / 102.5, deviation: "mood = 2" },
    call: { absolute: 20, relative: 20 / 102.5, deviation: "answer = 2" },
    chat: { absolute: 0.5, relative: 0.5 / 102.5, deviation: "tone = 2" },
  });
});

test("a row's returns are those of who lives in it", () => {
  const stage = createStage({
    ...played(guests(), { guests: always(0) }),
    ...{ numWorlds: 1, periods: 0, sampled: false, gamma: 1, score: null },
  });
  stage.play({ seed: 1 });
  // Guests 1, 3 and 5 in row 0; guests 2 and 4, for a period each, in row 1; nobody in row 2, whose pay is −1
  expect([...stage.returns["guests"]].map((r) => 5 * r)).toEqual(
    [10 + 11 + 30 + 31 + 50, 20 + 40, 0].map((x) => expect.closeTo(x, 9)),
  );
});

/** A landlord sets a rent, and what to repair; tenants, of whom `in` says who is in, choose how much to use. */
const lodging = (landlordApart: boolean) =>
  defineEconomy({
    name: "lodging",
    source: "test",
    summary: "A rent, then tenants who are in.",
    params: {},
    horizon: 4,
    world: {},
    populations: {
      landlord: population({
        size: 1,
        state: { income: f64(), awake: i32({ initial: 1 }) },
        actions: { rent: box(0, 1), repair: box(0, 1) },
      }),
      tenants: population({ size: 3, state: { in: i32(), joy: f64(), rent: f64() }, actions: { use: grid(0, 1, 3) } }),
    },
    phases: ({ decide, world }) => ({
      rent: decide("landlord", { doc: "a rent", choices: ["rent"], ...(landlordApart && { who: "awake" }) }),
      show: world({ doc: "who is in, and the rent" }, (w) => {
        for (let i = 0; i < 3; i++) {
          w.tenants.in[i] = (w.period + i) % 2;
          w.tenants.rent[i] = w.landlord.rent[0];
        }
      }),
      use: decide("tenants", { doc: "those who are in", who: "in" }),
      repair: decide("landlord", { doc: "repairs", choices: ["repair"] }),
      pay: world({ doc: "rent by use" }, (w) => {
        w.landlord.income[0] = -w.landlord.repair[0];
        for (let i = 0; i < 3; i++) {
          const use = w.tenants.in[i] * w.tenants.use[i];
          w.tenants.joy[i] = use * (0.75 - w.landlord.rent[0]);
          w.landlord.income[0] += use * w.landlord.rent[0];
        }
      }),
    }),
    observe: {
      landlord: { income: { column: "income", doc: "last income" } },
      tenants: { rent: { column: "rent", doc: "the rent" } },
    },
    reward: { landlord: { column: "income", doc: "" }, tenants: { column: "joy", doc: "" } },
  }) as Economy;
const small = { updates: 4, "followers.hiddenWidth": 4, "followers.numSteps": 4, evaluationWorlds: 2, gapGrid: 3 };
const train = (algorithm: unknown, economy = lodging(false)) =>
  trainOn(algorithm as Algorithm, economy, { config: small as never, numEnvs: 8, totalSteps: 8 * 32 });
const score = ownReward("landlord.income");

test("a leader leads by one of its decisions, and its other one is learned beside the followers'", () => {
  const task = { name: "income", leader: "rent", score };
  for (const algorithm of [
    nested({ task, followers: ppo, optimiser: gridSearch }),
    twoTimescale({ task, followers: ppo, leader: "learner" }),
  ]) {
    const { last } = train(algorithm);
    const learned = new Set(Object.keys(last.arrays).flatMap((name) => /^(\w+)\/theta$/.exec(name)?.[1] ?? []));
    expect(learned.has("tenants") && learned.has("repair")).toBe(true);
    expect(last.metrics["leader/theta/rent"]).toBeGreaterThanOrEqual(0);
    expect(
      Object.keys(last.metrics)
        .filter((name) => name.endsWith("/bestResponseGap"))
        .sort(),
    ).toEqual(["repair/bestResponseGap", "tenants/bestResponseGap"]);
  }
});

test("a leader of several decisions must say by which it leads, and one that decides apart cannot", () => {
  const ask = (leader: string, economy?: Economy) => () =>
    train(nested({ task: { name: "income", leader, score }, followers: ppo, optimiser: gridSearch }), economy);
  expect(ask("landlord")).toThrow(
    'Task "income": landlord takes several decisions, expected the one by which it leads: rent, repair.',
  );
  expect(ask("rent", lodging(true))).toThrow(
    'Task "income": rent decides only where `who`, `lives` or an event says so, and a θ is scored by episodes that are played under it; let the leader decide by a clock, `every`.',
  );
});
