// What a follower could still gain, in a duopoly where every gain is known: π₂(q₁, q₂) = (9 − q₁ − q₂) q₂.
import { expect, test } from "vitest";
import { duopoly } from "../../economies/duopoly.ts";
import type { Policy } from "../algorithms/algorithm.ts";
import { resolveParams } from "../economy/index.ts";
import { bestResponseGap } from "./best-response-gap.ts";
import { type ActionLog, createStage, without } from "./parts/stage.ts";
import { ownReward } from "./scores.ts";

const always = (quantity: number): Policy => ({ load() {}, act: (actions) => actions.fill(quantity) });
const playing = (q1: number, q2: number) => ({
  economy: duopoly,
  params: resolveParams(duopoly),
  policies: { leader: always(q1), follower: always(q2) },
});

test("Cournot at (4, 2): both could gain a quarter by deviating, and at (3, 3) neither anything", () => {
  // 0, 0.25, 0.5 … 9
  const gaps = bestResponseGap(playing(4, 2), { grid: 37, numWorlds: 1 });
  expect(gaps["leader"]).toEqual({ absolute: 0.25, relative: 0.25 / 12, deviation: "quantity = 3.5" });
  expect(gaps["follower"]).toEqual({ absolute: 0.25, relative: 0.25 / 6, deviation: "quantity = 2.5" });
  const none = { absolute: 0, relative: 0, deviation: "none" };
  expect(bestResponseGap(playing(3, 3), { grid: 37 })).toEqual({ leader: none, follower: none });
  expect(Object.keys(bestResponseGap(playing(3, 3), { leader: "leader" }))).toEqual(["follower"]);
});

test("a shift finds what a coarse grid of constants does not", () => {
  // constants 0 and 9; shifts ± 4.5: from 7, given away at a cost of 7, to 2.5, the best response to 4
  const { absolute, deviation } = bestResponseGap(playing(4, 7), { grid: 2 })["follower"];
  expect([absolute, deviation]).toEqual([13.25, "quantity − 4.5"]);
});

test("on a stage, replayed followers do what they did and others respond", () => {
  const q1 = { now: 4 };
  const policies = {
    leader: { load() {}, act: (actions: Float32Array) => actions.fill(q1.now) },
    follower: {
      load() {},
      act: (actions: Float32Array, obs: Float32Array) => actions.fill((9 - 4.5 * (1 + obs[0])) / 2),
    },
  };
  const stage = createStage({
    economy: duopoly,
    params: { horizon: 3 },
    numWorlds: 2,
    periods: 0,
    sampled: false,
    gamma: 0.5,
    policies: policies as never,
    score: ownReward("leader.profit"),
  });
  const record: ActionLog = {};
  expect(stage.play({ seed: 1, record })).toBeCloseTo(4 * 2.5, 6);
  q1.now = 5;
  expect(stage.play({ seed: 1 })).toBeCloseTo(5 * 2, 6);
  expect(stage.play({ seed: 1, replay: without(record, "leader") })).toBeCloseTo(5 * 1.5, 6); // q₂ as it was: 2.5
  expect(stage.returns["follower"][0]).toBeCloseTo(1.5 * 2.5, 6); // the mean of equal rewards, however discounted
});
