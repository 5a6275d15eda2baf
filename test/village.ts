// The economy that every learner's contract is tested in, in a module of its own so that threads can import it.
import { box, defineEconomy, type Economy, f64, grid, param, population } from "../src/economy/index.ts";

/** Workers decide every period, a guild every `every`; what one of them does is nothing to the other. */
export const village = (boxes: boolean) =>
  defineEconomy({
    name: "village",
    source: "test",
    summary: "Two trades side by side, with clocks of their own.",
    params: {
      every: param(5, { integer: true, min: 1 }),
      horizon: param(9, { integer: true, min: 1 }),
      calm: param(0, { doc: "1: no chance" }),
      poison: param(0, { doc: "1: an observation, 2: a reward that is not finite, from the third period on" }),
    },
    horizon: "horizon",
    world: { weather: f64(), age: f64() },
    populations: {
      workers: population({
        size: 2,
        state: { pay: f64(), wealth: f64({ initial: 1 }) },
        actions: { effort: boxes ? box(0, 1) : grid(0, 1, 5) },
      }),
      guild: population({ size: 2, state: { dues: f64() }, actions: { levy: boxes ? box(0, 1) : grid(0, 1, 5) } }),
    },
    phases: ({ decide, world }) => ({
      work: decide("workers", { doc: "an effort" }),
      levy: decide("guild", { doc: "a levy", every: "every" }),
      pay: world({ doc: "pay and dues" }, (w, p, draw) => {
        for (let i = 0; i < 2; i++) {
          w.workers.pay[i] =
            1 - (w.workers.effort[i] - 0.5 - 0.5 * w.weather) * (w.workers.effort[i] - 0.5 - 0.5 * w.weather);
          w.guild.dues[i] = w.guild.levy[i] * w.weather;
        }
        w.age += 1;
        if (p.poison === 1 && w.age > 2) w.workers.wealth[1] = 0;
        if (p.poison === 2 && w.age > 2) w.workers.pay[1] = 1e300;
        w.weather = p.calm === 1 ? 0.5 : 2 * draw.uniform("weather") - 1;
      }),
    }),
    observe: {
      workers: { weather: { world: "weather", doc: "" }, wealth: { column: "wealth", transform: "log", doc: "" } },
      guild: { weather: { world: "weather", doc: "" } },
    },
    reward: { workers: { column: "pay", doc: "" }, guild: { column: "dues", doc: "" } },
  }) as Economy;
