// A policy that was learned, read off on a grid: c(k, ε; K, z) for all that the solver's own policy is used for.
import { type AnyRows, math, type ParamsOf, type Player, solvers } from "walras";
import type { krusellSmith } from "../../../economies/krusell-smith.ts";

export type Params = ParamsOf<typeof krusellSmith>;
/** c(k, 2z + ε, K) */
export type Consumption = (k: number, state: number, capital: number) => number;

/** Points of k and of K: ln k + 1 and K are equally spaced. */
const [OWN, MEANS] = [97, 13];
const MOST = 100;

export function policyOf(player: Player, p: Params): Consumption {
  const steady = solvers.krusellSmithSteadyCapital(p);
  const own = Float64Array.from({ length: OWN }, (_, g) => math.expm1((g * math.log(1 + MOST)) / (OWN - 1)));
  const means = Float64Array.from({ length: MEANS }, (_, j) => steady * (0.7 + (0.8 * j) / (MEANS - 1)));
  const size = player.params["households"] as number;
  const table = new Float64Array(4 * MEANS * OWN);
  for (let z = 0, at = 0; z < 2; z++)
    for (let ε = 0; ε < 2; ε++)
      for (const capital of means) {
        const prices = solvers.krusellSmithPrices(p, capital, z);
        const interest = prices.grossReturn - 1;
        const pay = prices.employed;
        const income = ε === 0 ? pay : prices.unemployed;
        const reference = solvers.krusellSmithPrices(p, p.initialWealth, 0);
        for (let first = 0; first < OWN; first += size) {
          const rows: AnyRows = player.respond("households", (w) => {
            const k = w["households"] as unknown as Record<string, Float64Array>;
            for (let i = 0; i < size; i++) {
              k["works"]![i] = 1 - ε;
              k["tightness"]![i] = Math.min(
                1,
                pay / (prices.grossReturn * own[Math.min(OWN - 1, first + i)]! + income),
              );
            }
            w["seenCapital"] = p.knows === "state" ? math.log(capital / p.initialWealth) : 0;
            w["seenTimes"] = p.knows === "state" ? 2 * z - 1 : 0;
            w["seenWage"] = p.knows === "state" ? 0 : math.log(prices.wage / reference.wage);
            w["seenInterest"] = p.knows === "state" ? 0 : prices.grossReturn - reference.grossReturn;
          });
          const consume = rows["consume"] as Float64Array;
          for (let i = 0; i < size && first + i < OWN; i++, at++) {
            const [k, x] = [own[first + i]!, consume[i]!];
            const cash = prices.grossReturn * k + income;
            const wanted = x * x * x * (pay + Math.max(0, interest) * k);
            table[at] = cash * Math.min(0.999, Math.max(0.001, wanted / Math.max(1e-9, cash)));
          }
        }
      }
  return (k, state, capital) => {
    const g = Math.min(OWN - 2, Math.max(0, Math.floor((math.log(1 + k) / math.log(1 + MOST)) * (OWN - 1))));
    const within = (k - own[g]!) / (own[g + 1]! - own[g]!);
    const place = ((capital / steady - 0.7) * (MEANS - 1)) / 0.8;
    const j = Math.min(MEANS - 2, Math.max(0, Math.floor(place)));
    const low = (state * MEANS + j) * OWN + g;
    const row = (at: number): number => table[at]! + within * (table[at + 1]! - table[at]!);
    return row(low) + (place - j) * (row(low + OWN) - row(low));
  };
}
