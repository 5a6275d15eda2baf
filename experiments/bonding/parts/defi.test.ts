import { expect, test } from "vitest";
import { mechanisms } from "../../../src/index.ts";
import { HERDS, market, N, RANDOM, randomTraders } from "./defi.ts";

test("orders U(−1, 1) move ln P by k √(N/3), and trade half a token each", () => {
  const { sd, size, volume, perToken } = randomTraders(1001);
  expect(RANDOM).toBeCloseTo(0.040824829, 9);
  // 4.5 standard errors of an sd over a thousand periods
  expect(Math.abs(sd / RANDOM - 1)).toBeLessThan(4.5 / Math.sqrt(2000));
  expect(size).toBeGreaterThanOrEqual(sd);
  expect(Math.abs(volume - N / 2)).toBeLessThan(4.5 * Math.sqrt(N / 12 / 1000));
  expect(perToken).toBe(sd / volume);
});

test("below which ω a herd pays: what minting or burning with all others gains on the curve, over what it adds to |ΔP|", () => {
  const curve = mechanisms.exponentialCurve(market);
  const S = market.supply;
  const [up, down] = [curve.price(S + N), curve.price(S - N)];
  const slope = (price: number) => market.growth * price;
  expect(HERDS.mint).toBeCloseTo((up - curve.mintCost(S, N) / N) / slope(up), 8);
  expect(HERDS.burn).toBeCloseTo((curve.burnProceeds(S, N) / N - down) / slope(down), 8);
});
