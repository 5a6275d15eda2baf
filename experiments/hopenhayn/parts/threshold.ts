// Where what was learned begins to stay: greedy answers of firms of many productivities, at theory's price.
import type { AnyParamValues, AnyRows, Player } from "walras";
import * as theory from "../../../economies/theory/hopenhayn.ts";

/** Between which ln z firms are asked, and how many: a hundredth of each other. */
const [LOW, HIGH, STEP] = [-1.5, 1.5, 0.01];

/** ln z below which as many would exit as do: LOW plus the length of what is left. */
export function exitThreshold(player: Player, p: AnyParamValues): number {
  const { price } = theory.hopenhayn(p as unknown as theory.Hopenhayn);
  let exits = 0;
  const points = Math.round((HIGH - LOW) / STEP);
  for (let first = 0; first < points; ) {
    const rows: AnyRows = player.respond("firms", (w) => {
      const { alive, logProductivity } = w["firms"] as unknown as Record<string, Float64Array>;
      w["price"] = price;
      for (let i = 0; i < alive!.length; i++) {
        alive![i] = 1;
        logProductivity![i] = LOW + (first + i + 0.5) * STEP;
      }
    });
    const exit = rows["exit"] as Float64Array;
    for (let i = 0; i < exit.length && first < points; i++, first++) exits += exit[i] === 1 ? 1 : 0;
  }
  return LOW + exits * STEP;
}
