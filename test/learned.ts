// What players of the tiny economies do once they have learned, and what it costs them.
import type { Player } from "../src/experiment/play.ts";
import { RICCATI } from "./tiny-economies.ts";

type Columns = Readonly<Record<string, Float64Array>>;

/** Guesses in `contexts` of agents who see these numbers: 0, 1 and 2 are right for −1, 0 and 1. */
export function guesses(player: Player, seen: readonly number[]): number[] {
  const { guess } = player.respond("guessers", ({ guessers }) => {
    (guessers as unknown as Columns).seen.set(seen);
  }) as unknown as Columns;
  return [...guess];
}

/** What is eaten and drunk in `larder` by those who have 0, 1, 2 and 3: all of it is best, and drink 1 for the last. */
export function meals(player: Player): { readonly eaten: number[]; readonly drink: number[] } {
  const { eaten, drink } = player.respond("eaters", ({ eaters }) => {
    (eaters as unknown as Columns).stock.set([0, 1, 2, 3]);
  }) as unknown as Columns;
  return { eaten: [...eaten], drink: [...drink] };
}

/** Discounted cost in `regulator` from four places, over the least there is. */
export function regulatorCost(player: Player): number {
  const x = Float64Array.of(-0.9, -0.3, 0.4, 1);
  const least = x.reduce((sum, x0) => sum + RICCATI.cost * x0 * x0, 0);
  let cost = 0;
  for (let t = 0, discount = 1; t < 60; t++, discount *= 0.95) {
    const { push } = player.respond("stewards", ({ stewards }) => {
      (stewards as unknown as Columns).gap.set(x);
    }) as unknown as Columns;
    for (let i = 0; i < 4; i++) {
      cost += discount * (x[i] * x[i] + 0.2 * push[i] * push[i]);
      x[i] = 0.9 * x[i] + 0.5 * push[i];
    }
  }
  return cost / least;
}

/** Sums over 30 periods of `realm`: answers that are not the law, and effort short of 1. */
export function shortfalls(player: Player): { readonly disobedience: number; readonly idleness: number } {
  let [disobedience, idleness] = [0, 0];
  player.play({
    seed: 1,
    periods: 30,
    visit({ law, followers }) {
      const { answer, effort } = followers as unknown as Columns;
      for (let i = 0; i < 3; i++) disobedience += Math.abs(answer[i] - (law as number));
      for (let i = 0; i < 3; i++) idleness += 1 - effort[i];
    },
  });
  return { disobedience, idleness };
}
