import { expect, test } from "vitest";
import { resolveParams } from "walras";
import { curveOf } from "../../../economies/theory/token-market.ts";
import { tokenMarket } from "../../../economies/token-market.ts";
import { bend, CURVES, curveThrough, slopeAt } from "./curves.ts";

const at = { supply: 80, price: 3 };

test.each(CURVES)(
  "the %s curve goes through the point with the slope of all, and bends no more than is said",
  (name) => {
    const { price } = curveOf(resolveParams(tokenMarket, curveThrough(name, at)) as never);
    expect(price(at.supply)).toBeCloseTo(at.price, 12);
    const h = 1e-3;
    expect((price(at.supply + h) - price(at.supply - h)) / (2 * h)).toBeCloseTo(slopeAt(at), 9);
    let most = 0;
    const step = 0.5;
    for (let S = at.supply - 20; S <= at.supply + 20; S += step)
      most = Math.max(most, Math.abs(price(S + step) - 2 * price(S) + price(S - step)) / (step * step));
    const bound = bend(name, at, 20 + step);
    expect(most).toBeLessThanOrEqual(bound + 1e-12);
    expect(most).toBeGreaterThan(0.95 * bound - 1e-12);
  },
);
