import { expect, test } from "vitest";
import { trainOn } from "../../test/tiny-economies.ts";
import type { Policy } from "../algorithms/algorithm.ts";
import { ppo } from "../algorithms/ppo.ts";
import {
  type AnyWorld,
  createSimulation,
  defineEconomy,
  discrete,
  type Economy,
  f64,
  population,
} from "../economy/index.ts";
import { mean, studentT, variance } from "../math/index.ts";
import { play } from "./play.ts";

/** Earns a draw of each period's own, plus the action; decides every other period, in episodes of three. */
const lottery = defineEconomy({
  name: "lottery",
  source: "test",
  summary: "A prize a period.",
  params: {},
  horizon: 3,
  world: { prize: f64() },
  populations: { players: population({ size: 1, state: { prize: f64() }, actions: { stake: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    bet: decide("players", { doc: "0 or 1", every: 2 }),
    draw: world({ doc: "z ~ N(0, 1)" }, (w, _p, draw) => {
      w.prize = draw.normal("prize") + w.players.stake[0]!;
      w.players.prize[0] = w.prize;
    }),
  }),
  observe: { players: { prize: { world: "prize", doc: "last" } } },
  reward: { players: { column: "prize", doc: "the prize" } },
  metrics: { prize: { unit: "1", doc: "of the period", of: (w) => w.prize } },
});
const staying: Policy = { load() {}, act: (actions, _obs, rows) => void actions.fill(0, 0, rows) };
const betting: Policy = { load() {}, act: (actions, _obs, rows) => void actions.fill(1, 0, rows) };
const ask = { economy: lottery, policies: { players: staying }, seed: 1, periods: 7, worlds: 5 };

/** The prizes of each world, period by period, over episodes. */
function prizes(options: Parameters<typeof play>[0]): number[][] {
  const seen: number[][] = [];
  play({ ...options, visit: (w, period, e) => void ((seen[e] ??= [])[period] = w["prize"] as number) });
  return seen;
}

test("metrics are means over periods, and their interval is Student's over worlds", () => {
  const seen = prizes(ask);
  expect(seen.map((world) => world.length)).toEqual([7, 7, 7, 7, 7]);
  const { prize } = play(ask);
  const means = seen.map((world) => mean(world));
  prize!.worlds.forEach((x, e) => void expect(x).toBeCloseTo(means[e]!, 14));
  expect(prize!.mean).toBeCloseTo(mean(means), 14);
  const half = studentT(0.95, 4) * Math.sqrt(variance(means, { ddof: 1 }) / 5);
  expect(prize!.interval!.high - prize!.interval!.low).toBeCloseTo(2 * half, 12);
  expect(play({ ...ask, worlds: 1 })["prize"]!.interval).toBeNull();
});

test("an infinite metric is an error that names it and its world; one that has nothing to measure is not a number", () => {
  const measuring = (of: (prize: number) => number) => {
    const economy = {
      ...lottery,
      metrics: { odds: { unit: "1", doc: "", of: (w: AnyWorld) => of(w["prize"] as number) } },
    };
    return play({ ...ask, economy: economy as Economy });
  };
  expect(() => measuring(() => 1 / 0)).toThrow(
    'lottery: metric "odds" is Infinity in world 0, expected a number, or NaN where there is nothing to measure.',
  );
  expect(() => measuring((prize) => Math.log(0 * prize * prize))).toThrow(/metric "odds" is -Infinity in world 0/);
  expect(measuring(() => Number.NaN)["odds"]!.mean).toBeNaN();
});

test("every world, episode and period has draws of its own, the same for any number of worlds", () => {
  const seen = prizes(ask);
  expect(new Set(seen.flat()).size).toBe(35);
  expect(prizes({ ...ask, worlds: 2 })).toEqual(seen.slice(0, 2));
  const bet = play({ ...ask, policies: { players: betting } })["prize"]!;
  expect(bet.mean).toBeCloseTo(play(ask)["prize"]!.mean + 1, 12);
});

test("a seed's draws in play are none of its draws in training, nor those of another purpose", () => {
  const training = createSimulation(lottery, { seed: 1 });
  training.reset(0);
  training.runPhase(1, 0);
  const evaluated = prizes({ ...ask, purpose: "eval" }).flat();
  const played = prizes(ask).flat();
  expect(played).not.toContain(training.worlds[0]!["prize"]);
  expect(played.filter((x) => evaluated.includes(x))).toEqual([]);
});

test("the player of a run plays what play does, in one world", () => {
  const { player } = trainOn(ppo, lottery, { config: { updates: 1, hiddenWidth: 4 }, totalSteps: 64 });
  const { prize } = play({ ...ask, policies: player.policies, worlds: 1 });
  expect(player.play({ seed: 1, periods: 7 })).toEqual({ prize: prize!.mean });
});

test("what cannot be played is refused", () => {
  expect(() => play({ ...ask, policies: {} })).toThrow("lottery has no policy of players");
  expect(() => play({ ...ask, periods: 0 })).toThrow("periods is 0, expected an integer of at least 1");
  expect(() => play({ ...ask, periods: 1.5 })).toThrow("periods is 1.5");
});
