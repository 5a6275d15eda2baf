// What learned policies earn: mean sum of rewards of complete episodes, and costs beside the least possible.
import type { AnyRows, Player } from "walras";

/** Mean return of the episodes that greedy agents complete in some periods, per agent. */
export function meanReturn(player: Player, population: string, periods: number): number {
  const { economy, params } = player;
  const horizon = typeof economy.horizon === "number" ? economy.horizon : (params[economy.horizon] as number);
  const { column } = economy.reward[population];
  let running = 0;
  let sum = 0;
  let episodes = 0;
  player.play({
    seed: 77,
    periods,
    visit(w) {
      const rewards = (w[population] as AnyRows)[column] as Float64Array;
      running += rewards.reduce((a, b) => a + b) / rewards.length;
      if (!economy.end?.(w, params) && (w.period as number) + 1 < horizon) return;
      sum += running;
      running = 0;
      episodes++;
    },
  });
  return sum / episodes;
}

/** Discounted cost of greedy regulators, from places all over where they start, over the least possible. */
export function costRatio({ respond, params }: Player, P: readonly [number, number, number]): number {
  const p = params as Record<string, number>;
  const n = p.agents;
  const place = (i: number, size: number, spread: number): number => spread * (-1 + (2 * (i + 0.5)) / size);
  const side = Math.ceil(Math.sqrt(n));
  const x = Float64Array.from({ length: n }, (_, i) => place(i, n, p.spread));
  const v = Float64Array.from({ length: n }, (_, i) => place((i * 7) % side, side, p.velocitySpread));
  let least = 0;
  for (let i = 0; i < n; i++) least += P[0] * x[i] * x[i] + 2 * P[1] * x[i] * v[i] + P[2] * v[i] * v[i];
  let cost = 0;
  for (let discount = 1; discount > 1e-4; discount *= p.discountFactor) {
    const { force } = respond("regulators", ({ regulators }) => {
      ((regulators as AnyRows).position as Float64Array).set(x);
      ((regulators as AnyRows).velocity as Float64Array).set(v);
    }) as unknown as { force: Float64Array };
    for (let i = 0; i < n; i++) {
      const u = force[i];
      cost += discount * (p.positionCost * x[i] * x[i] + p.velocityCost * v[i] * v[i] + p.forceCost * u * u);
      [x[i], v[i]] = [p.persistence * x[i] + p.coupling * v[i] + p.push * u, p.damping * v[i] + p.acceleration * u];
    }
  }
  return cost / least;
}
