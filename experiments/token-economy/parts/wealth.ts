// How the wealth of traders who decide grows beside that of traders who follow the rule, in the same worlds.
import { type AnyWorld, math, type Player } from "walras";
import { wealthOf } from "../../../economies/parts/token-deciders.ts";

const { log, mean } = math;

interface World {
  readonly traders: Parameters<typeof wealthOf>[0] & { readonly size: number };
  readonly markets: Parameters<typeof wealthOf>[2];
  readonly deciders: { readonly size: number };
  readonly growth: number;
}

/** Per cent in an episode, means over traders. */
export interface Growth {
  /** Of wealth, of who decides and of who follows the rule. */
  readonly deciding: number;
  readonly rule: number;
  /** The difference of both, of wealth, and less what their mixes of money and tokens earned at the mean price. */
  readonly wealth: number;
  readonly ahead: number;
}

/** What both kinds of traders make of the same hours, an episode for each seed. */
export const growthBeside = (player: Player, seeds: readonly number[], hours: number): readonly Growth[] =>
  seeds.map((seed) => {
    let worth = new Float64Array(0); // ln of wealth, by trader
    let tokens = new Float64Array(0); // share of wealth in tokens
    let grown = new Float64Array(0);
    let gained = new Float64Array(0);
    let deciding = 0;
    player.play({
      seed,
      periods: hours,
      visit(w: AnyWorld, period) {
        const { traders, markets, deciders, growth } = w as unknown as World;
        deciding = deciders.size;
        const wealth = Float64Array.from({ length: traders.size }, (_, i) =>
          Math.max(1, wealthOf(traders, i, markets)),
        );
        const now = wealth.map(log);
        if (period === 0) [grown, gained] = [new Float64Array(traders.size), new Float64Array(traders.size)];
        else
          for (let i = 0; i < traders.size; i++) {
            grown[i]! += 100 * (now[i]! - worth[i]!);
            gained[i]! += 100 * (now[i]! - worth[i]! - tokens[i]! * growth);
          }
        worth = now;
        tokens = wealth.map((x, i) => 1 - traders.money[i]! / x);
      },
    });
    const [own, others] = [mean(grown.subarray(0, deciding)), mean(grown.subarray(deciding))];
    return {
      deciding: own,
      rule: others,
      wealth: own - others,
      ahead: mean(gained.subarray(0, deciding)) - mean(gained.subarray(deciding)),
    };
  });
