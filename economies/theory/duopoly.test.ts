import { expect, test } from "vitest";
import { cournotDuopoly, type Duopoly, followerResponse } from "./duopoly.ts";

const duopoly: Duopoly = {
  intercept: 10,
  slope: 1,
  leaderCost: 1,
  followerCost: 1,
  leaderCurvature: 0,
  followerCurvature: 0,
};

test("Cournot's quantities reply to each other where what can be sold is bounded", () => {
  // The leader sells all it can, 2, and the follower replies (9 − 2)/2.
  expect(cournotDuopoly({ ...duopoly, leaderQuantityMax: 2 })).toMatchObject({
    leaderQuantity: 2,
    followerQuantity: 3.5,
  });
  // The follower sells 1, the leader (9 − 1)/2.
  expect(cournotDuopoly({ ...duopoly, followerQuantityMax: 1 })).toMatchObject({
    leaderQuantity: 4,
    followerQuantity: 1,
  });
  // The follower's first unit costs more than the leader's monopoly price, 5.5.
  expect(cournotDuopoly({ ...duopoly, followerCost: 6 })).toMatchObject({ leaderQuantity: 4.5, followerQuantity: 0 });
  const both = cournotDuopoly({ ...duopoly, leaderCurvature: 3, leaderQuantityMax: 1.5, followerQuantityMax: 10 });
  expect(both.followerQuantity).toBe(followerResponse(duopoly, both.leaderQuantity));
});

test("replies that are no numbers are an error with the residual", () => {
  expect(() => cournotDuopoly({ ...duopoly, intercept: Number.NaN })).toThrow(
    "cournotDuopoly: ends with a residual of NaN, expected at most NaN. Intercept",
  );
});
