import { expect, test } from "vitest";
import { type AnyRows, type AnyWorld, type Player, resolveParams } from "walras";
import { lucasTree } from "../../../economies/lucas-tree.ts";
import * as theory from "../../../economies/theory/lucas-tree.ts";
import { deviationGain } from "./deviation.ts";

const AGENTS = 40;

/** Everybody posts one price for ever. */
function chorus(
  price: number,
  settings: Readonly<Record<string, unknown>>,
): [Player, Parameters<typeof deviationGain>[1]] {
  const params = resolveParams(lucasTree, { agents: AGENTS, initialSpread: 0.3, ...settings });
  const rows = { size: AGENTS, price: new Float64Array(AGENTS).fill(price), shares: new Float64Array(AGENTS) };
  const world = { traders: rows } as unknown as AnyWorld;
  const values = Float64Array.from({ length: 2001 }, (_, i) => i / 1000);
  const player: Player = {
    economy: lucasTree,
    params,
    policies: {},
    spaces: () => ({ price: { kind: "grid", low: 0, high: 2, count: 2001, values } }),
    load() {},
    play({ visit }) {
      visit?.(world, 0);
      return {};
    },
    respond(_population, arrange) {
      arrange(world);
      return rows as unknown as AnyRows;
    },
  };
  return [player, params as unknown as Parameters<typeof deviationGain>[1]];
}

test.each([0.0005, 0.001, 0.005, 0.02])(
  "a common price below p* is worth buying at for ever, also in lots of %f",
  (tradeSize) => {
    const [player, p] = chorus(0.5, { tradeSize });
    const { ofLotPerPeriod } = deviationGain(player, p);
    // Each period a lot worth p* costs just over 0.5; what it adds shrinks as shares and consumption grow and shrink.
    const mispricing = (theory.lucasPrices(p, 0.04).sharePrice - 0.5) / 0.5;
    expect(ofLotPerPeriod).toBeGreaterThan(0.5 * mispricing);
    expect(ofLotPerPeriod).toBeLessThan(1.1 * mispricing);
  },
);

test("at p* nobody gains by posting anything else", () => {
  const [player, p] = chorus(0.8515, {});
  expect(deviationGain(player, p).ofLotPerPeriod).toBeLessThan(1e-6);
});

test("where `solve` reports makes no difference, and risky modes have no answer", () => {
  const [player, p] = chorus(0.7, {});
  const [, elsewhere] = chorus(0.7, { dividend: 0.02 });
  expect(deviationGain(player, elsewhere)).toEqual(deviationGain(player, p));
  const [, risky] = chorus(0.7, { dividendProcess: "iid" });
  expect(deviationGain(player, risky).ofValueRange).toBeNaN();
});
