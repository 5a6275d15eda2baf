// Would one agent gain by posting other prices for ever, while all others keep to what they have learned?
//
// The others' posted prices are taken from greedy play. The deviator chooses, at each number of shares on a lattice of lots, the share price with
// the highest discounted utility (value iteration, exact up to its tolerance). Its gain over posting what it has learned, at the endowment of one
// share, is given in two units: as a share of the range of no-trade values over the holdings of the start, which is lenient (a price 3 % off for
// ever is worth 0.1 % of it), and per period as a share of a lot's value u′(c)Δs p, which is not (a price 1 % off shows as up to 1 %).
// Constant aggregate consumption only.
import { type AnyRows, math, type ParamsOf, type Player } from "walras";
import type { lucasTree } from "../../../economies/lucas-tree.ts";
import * as theory from "../../../economies/theory/lucas-tree.ts";

const { log, exp } = math;

export interface DeviationGain {
  readonly ofValueRange: number;
  readonly ofLotPerPeriod: number;
}

export function deviationGain(player: Player, p: ParamsOf<typeof lucasTree>): DeviationGain {
  const { tradeSize: Δs, discountFactor: β, riskAversion: γ, initialSpread } = p;
  if (p.dividendProcess !== "constant-aggregate") return { ofValueRange: Number.NaN, ofLotPerPeriod: Number.NaN };
  const y = theory.meanDividend(p);
  const u = (c: number): number => (γ === 1 ? log(c) : γ === 0 ? c - 1 : (exp((1 - γ) * log(c)) - 1) / (1 - γ));
  let others = new Float64Array(0);
  player.play({
    seed: 20_230_003,
    periods: 2,
    visit: (w) => (others = Float64Array.from((w["traders"] as AnyRows)["price"] as Float64Array)),
  });

  // Opponents by price: the deviator meets one of them at random.
  const count = new Map<number, number>();
  for (const price of others) count.set(price, (count.get(price) ?? 0) + 1);
  const opponents = [...count].map(([price, n]) => [price, n / others.length] as const);

  // Only prices next to somebody else's, or at the ends, make a difference.
  const own = [...player.spaces("traders")["price"]!.values];

  const K = Math.min(200, Math.floor(0.5 / Δs)); // lots either side of one share, which leaves at least half a share
  const shares = Float64Array.from({ length: 2 * K + 1 }, (_, i) => 1 + (i - K) * Δs);
  // Outcomes of posting a price: buy or sell one lot at an opponent's midpoint, or neither.
  const value = shares.map((s) => u(s * y) / (1 - β));
  const outcome = (i: number, price: number, V: Float64Array): number => {
    const s = shares[i]!;
    let sum = 0;
    for (const [other, weight] of opponents) {
      const side = price > other ? 1 : price < other ? -1 : 0;
      const cost = side * Δs * ((price + other) / 2);
      // As in the market, nobody buys what costs more than there is to eat; at the ends of the lattice nothing is traded.
      const traded = i + side >= 0 && i + side <= 2 * K && cost < s * y;
      sum += weight * (u(traded ? s * y - cost : s * y) + β * V[traded ? i + side : i]!);
    }
    return sum;
  };
  const posted = new Float64Array(shares.length);
  for (let first = 0; first < shares.length; first += p.agents) {
    const held = shares.subarray(first, first + p.agents);
    const answer = player.respond("traders", (w) => ((w["traders"] as AnyRows)["shares"] as Float64Array).set(held));
    posted.set((answer["price"] as Float64Array).subarray(0, held.length), first);
  }

  const iterate = (best: (i: number, V: Float64Array) => number): Float64Array => {
    let V = Float64Array.from(value);
    for (let change = Infinity, k = 0; change > 1e-9 && k < 1000; k++) {
      const next = V.map((_, i) => best(i, V));
      change = next.reduce((most, x, i) => Math.max(most, Math.abs(x - V[i]!)), 0);
      if (Number.isNaN(change)) throw new Error(`deviationGain: a value is not a number at tradeSize ${Δs}.`);
      V = next;
    }
    return V;
  };
  const kept = iterate((i, V) => outcome(i, posted[i]!, V));
  const candidates = candidatePrices(
    own,
    opponents.map(([price]) => price),
  );
  const improved = iterate((i, V) =>
    candidates.reduce((most, price) => Math.max(most, outcome(i, price, V)), -Infinity),
  );
  const gain = improved[K]! - kept[K]!;
  const spread = initialSpread || 0.3;
  const range = (u((1 + spread) * y) - u((1 - spread) * y)) / (1 - β);
  const price = others.reduce((a, b) => a + b, 0) / others.length;
  const marginal = (u(y * (1 + 1e-6)) - u(y * (1 - 1e-6))) / (2e-6 * y); // u′(c) at one share
  return { ofValueRange: gain / range, ofLotPerPeriod: (gain * (1 - β)) / (marginal * Δs * price) };
}

/** Between two neighbouring opponents' prices only the lowest and the highest own price can be best; the same beyond the ends. */
function candidatePrices(own: readonly number[], opponents: readonly number[]): number[] {
  const sorted = [...opponents].sort((a, b) => a - b);
  const bounds = [-Infinity, ...sorted, Infinity];
  const kept = new Set<number>(sorted);
  for (let k = 0; k + 1 < bounds.length; k++) {
    const inside = own.filter((price) => price > bounds[k]! && price < bounds[k + 1]!);
    if (inside.length > 0) {
      kept.add(inside[0]!);
      kept.add(inside.at(-1)!);
    }
  }
  return [...kept];
}
