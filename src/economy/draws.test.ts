// Draws of a phase: labels, sequences, shuffles.
import { expect, test } from "vitest";
import { runOnThreads } from "../../test/threads.ts";
import { alone } from "../core/cut.ts";
import { param } from "../core/params.ts";
import { seedStream } from "../random/index.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { createDraws, type PhaseDraws } from "./draws.ts";
import { population } from "./population.ts";
import { createSimulation, type SimulationOptions } from "./simulation.ts";

const open = (lane = 0, tick = 0) => {
  const draws = createDraws("here");
  draws.reseed(seedStream(1).fork("draws"));
  draws.at(lane, tick, 0, 1);
  return draws;
};

test("each of the 24 orders of four rows is as likely, and every one of a row's places", () => {
  const { world, at } = open();
  const trials = 48_000;
  const orders = new Map<string, number>();
  for (let tick = 0; tick < trials; tick++) {
    at(0, tick, 0, 1);
    const order = world.shuffle("order", 4).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(24);
  // χ² with 23 degrees of freedom: 49.7 is passed with probability 0.001
  const expected = trials / 24;
  const χ2 = [...orders.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(χ2).toBeLessThan(49.7);
});

test("a row of ten comes to each place as often: no place is favoured at the ends", () => {
  const { world, at } = open();
  const trials = 20_000;
  const places = new Float64Array(100);
  for (let tick = 0; tick < trials; tick++) {
    at(0, tick, 0, 1);
    world.shuffle("order", 10).forEach((row, place) => {
      places[10 * row + place]++;
    });
  }
  // Each count is binomial with p = 1/10; 4.5 standard deviations are passed by one of 100 with probability 0.0007.
  const sd = Math.sqrt(trials * 0.1 * 0.9);
  for (const count of places) expect(Math.abs(count - trials / 10)).toBeLessThan(4.5 * sd);
});

test.each([0, 1, 2, 7, 1000])("a shuffle of %d has every row once", (n) => {
  const order = open().world.shuffle("order", n);
  expect(order).toHaveLength(n);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
});

test("a shuffle depends on label, world and tick, and on what was drawn before on none", () => {
  const order = (label: string, lane: number, tick: number) => open(lane, tick).world.shuffle(label, 50).join();
  const first = order("a", 0, 0);
  expect(new Set([first, order("b", 0, 0), order("a", 1, 0), order("a", 0, 1)]).size).toBe(4);
  const { world } = open();
  world.normal("z");
  world.shuffle("b", 300);
  expect(world.shuffle("a", 50).join()).toBe(first);
});

test("a sequence gives a draw per call, the first as a single draw would", () => {
  const { world, at } = open(2, 5);
  const normal = world.sequence.normal("z");
  const z = Array.from({ length: 6000 }, normal);
  const u = Array.from({ length: 6000 }, world.sequence.uniform("u"));
  const k = Array.from({ length: 6000 }, world.sequence.integer("k", 3));
  expect(new Set(z).size).toBe(6000);
  expect(new Set(u).size).toBe(6000);
  const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
  // four standard errors
  expect(Math.abs(mean(z))).toBeLessThan(4 / Math.sqrt(6000));
  expect(Math.abs(mean(u) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * 6000));
  expect(Math.abs(mean(k) - 1)).toBeLessThan(4 * Math.sqrt(2 / 3 / 6000));
  expect(new Set(k)).toEqual(new Set([0, 1, 2]));
  at(2, 5, 0, 1);
  expect([world.normal("z"), world.uniform("u"), world.integer("k", 3)]).toEqual([z[0], u[0], k[0]]);
  expect(normal()).not.toBe(z[0]); // goes on, whatever scope is open
});

test("row i draws the same whatever range it is in, and all ranges are written to one place", () => {
  const rows = 40_000;
  const kinds = {
    uniform: (draws: PhaseDraws) => draws.rows.uniform("u"),
    normal: (draws: PhaseDraws) => draws.rows.normal("z"),
    integers: (draws: PhaseDraws) => draws.rows.integers("k", 1000),
  };
  const whole = open();
  whole.at(0, 3, 0, rows);
  const cut = open();
  for (const draw of Object.values(kinds)) {
    const expected = draw(whole);
    const places = new Map<unknown, number>();
    for (const [from, to] of [
      [0, 8192],
      [8192, 16_384],
      [16_384, 16_391],
      [39_000, rows],
      [16_391, 24_000],
      [0, 5],
    ] as const) {
      cut.at(0, 3, from, to);
      const drawn = draw(cut);
      expect(drawn.subarray(from, to)).toEqual(expected.subarray(from, to));
      const place = drawn.byteOffset + from * drawn.BYTES_PER_ELEMENT;
      expect(places.get(drawn.buffer) ?? place).toBe(place);
      places.set(drawn.buffer, place);
    }
    expect(places.size).toBe(3); // a new place only for rows more than twice as far from row 0 as all before them
  }
});

test("a label used twice is an error that names the sequence", () => {
  const { world, rows, at } = open();
  world.normal("z");
  expect(() => world.normal("z")).toThrow(
    'here: draw "z" is used twice; give the second use its own label, or draw one by one: const next = draw.sequence.normal("z").',
  );
  world.integer("k", 3);
  expect(() => world.integer("k", 3)).toThrow('const next = draw.sequence.integer("k", n).');
  world.shuffle("order", 3);
  expect(() => world.shuffle("order", 3)).toThrow('draw "order" is used twice; give the second use its own label.');
  expect(() => world.sequence.uniform("z")).toThrow('draw "z" is used twice; give the second use its own label.');
  at(0, 1, 0, 1);
  world.normal("z");
  expect(() => rows.normal("z")).toThrow('draw "z" is used twice; give the second use its own label.');
});

test.each([-1, 1.5, Number.NaN, 2 ** 31])("a shuffle of %d is refused", (n) => {
  expect(() => open().world.shuffle("order", n)).toThrow(
    `here: shuffle "order" of ${n}, expected an integer from 0 to 2^31 - 1.`,
  );
});

/** Sequential activation: buyers come in random order, each buys at the price that the last one left, with a tremble of its own. */
const shop = defineEconomy({
  name: "shop",
  source: "none",
  summary: "",
  params: { buyers: param(300, { min: 1, integer: true }) },
  horizon: 4,
  world: { price: f64({ initial: 1 }) },
  populations: { buyers: population({ size: "buyers", state: { paid: f64(), turn: i32() } }) },
  phases: ({ world }) => ({
    buy: world({ doc: "one after the other" }, (w, p, draw) => {
      const order = draw.shuffle("order", p.buyers);
      const tremble = draw.sequence.uniform("tremble");
      order.forEach((i, turn) => {
        w.buyers.paid[i] += w.price;
        w.buyers.turn[i] = turn;
        w.price *= 1 + (tremble() - 0.5) / 100;
      });
    }),
  }),
});

function trade(options: SimulationOptions, ticks: number, from?: { tick: number; columns: Record<string, never> }) {
  const simulation = createSimulation(shop, { seed: 3, numWorlds: 2, ...options });
  for (const e of [0, 1]) {
    if (from) for (const [name, column] of Object.entries(from.columns)) simulation.columns[name].set(column);
    else simulation.reset(e);
  }
  for (let t = from?.tick ?? 0; t < ticks; t++)
    for (const e of from ? [1, 0] : [0, 1]) {
      if (simulation.period[e] >= simulation.horizon) simulation.reset(e);
      simulation.runPhase(0, e);
      simulation.endPeriod(e);
    }
  return Object.fromEntries(Object.entries(simulation.columns).map(([name, column]) => [name, [...column]]));
}

test("one after the other, agents act the same for any cut, and after a run is continued", () => {
  const whole = trade({}, 7);
  expect(whole["buyers.turn"].slice(0, 300)).not.toEqual(whole["buyers.turn"].slice(300)); // worlds differ
  for (const pieces of [1, 2, 7])
    expect(trade({ cut: "rows", pieces, team: alone, grain: 1, backwards: true }, 7)).toEqual(whole);
  const columns = trade({}, 3) as unknown as Record<string, never>;
  expect(trade({}, 7, { tick: 3, columns })).toEqual(whole);
});

test("two threads and three give the bytes of one, where worlds and where rows are shared", async () => {
  for (const numEnvs of [1, 5]) {
    const { hashes } = await runOnThreads(
      (from) => `
      import { defineEconomy, f64, population } from ${from("src/economy/index.ts")};
      import { bareExperiment } from ${from("src/experiment/experiment.ts")};
      const economy = defineEconomy({
        name: "queue", source: "test", summary: "Agents in random order.", params: {}, horizon: 5, world: { price: f64({ initial: 1 }) },
        populations: { buyers: population({ size: 50, state: { paid: f64() } }) },
        phases: ({ world }) => ({
          buy: world({ doc: "one after the other" }, (w, p, draw) => {
            const tremble = draw.sequence.normal("tremble");
            draw.shuffle("order", 50).forEach((i) => { w.buyers.paid[i] += w.price; w.price += tremble(); });
          }),
        }),
        metrics: { price: { unit: "1", doc: "the last", of: (w) => w.price } },
      });
      export default { ...bareExperiment(economy), numEnvs: ${numEnvs}, totalSteps: 60 };`,
    );
    expect(new Set(hashes).size).toBe(1);
  }
});
