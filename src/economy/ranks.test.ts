// Two ranks that share rows, on one thread: when the first comes to its first barrier in a phase, the second runs the phase. What ranks do between barriers
// must not depend on who is first, so that the columns are those of one rank alone.
import { expect, test } from "vitest";
import { type Allocator, plainMemory } from "../core/cut.ts";
import { f64, i32, index } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy } from "./economy.ts";
import { links } from "./links.ts";
import * as networks from "./networks.ts";
import { population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";

const doc = "what happens";
const bare = { name: "ranks", source: "none", summary: "", params: {}, horizon: 4 } as const;

/** Equal calls in equal order give equal places, from one rank to the next. */
function sharedMemory() {
  const places: ArrayLike<number>[] = [];
  return (): Allocator => {
    let calls = 0;
    const at = <A extends ArrayLike<number>>(make: () => A): A => {
      const place = (places[calls] ??= make());
      calls++;
      return place as A;
    };
    return {
      f64: (n) => at(() => plainMemory.f64(n)),
      f32: (n) => at(() => plainMemory.f32(n)),
      i32: (n) => at(() => plainMemory.i32(n)),
      u8: (n) => at(() => plainMemory.u8(n)),
    };
  };
}

/** Both ranks' simulations; `together` runs what both are to run, and returns how often each met the other. */
function twoRanks(economy: Economy, options: SimulationOptions = {}) {
  const memory = sharedMemory();
  const met = [0, 0];
  let other: (() => void) | null = null;
  const ranks = [0, 1].map((rank) =>
    createSimulation(economy, {
      cut: "rows",
      grain: 2,
      ...options,
      memory: memory(),
      team: {
        rank,
        size: 2,
        barrier() {
          met[rank]++;
          const run = other;
          if (rank === 0 && run) {
            other = null;
            run();
          }
        },
        exchange() {
          this.barrier();
        },
      },
    }),
  );
  const together = (run: (simulation: Simulation) => void): number[] => {
    met.fill(0);
    other = () => run(ranks[1]);
    run(ranks[0]);
    expect(other).toBe(null); // they met
    return [...met];
  };
  return { simulation: ranks[0], together };
}

const town = (rows: number) =>
  defineEconomy({
    ...bare,
    world: { sum: f64(), last: f64(), each: f64({ each: 2 }), drawn: f64() },
    populations: {
      people: population({
        size: rows,
        state: {
          x: f64({ initial: 1 }),
          pair: f64({ each: 2 }),
          seen: f64(),
          got: i32(),
          coins: f64(),
          shop: index("shops"),
        },
      }),
      shops: population({
        size: 3,
        state: { sales: f64({ initial: 7 }), people: i32(), pairs: f64({ each: 2 }), got: i32() },
      }),
    },
    links: { ties: links("people", { degree: 4, state: { age: i32({ initial: 1 }) } }) },
    phases: ({ each, total, exchange, world, wire, repeat }) => ({
      draw: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("x");
        const s = draw.integers("shop", 4);
        for (let i = from; i < to; i++) {
          k.x[i] = u[i];
          k.pair[2 * i] = u[i] + 1;
          k.pair[2 * i + 1] = u[i] + 2;
          k.shop[i] = s[i] - 1;
        }
      }),
      swap: each("people", { doc, partner: "random", reads: ["x", "pair"] }, (k, from, to, _w, _p, _draw, other) => {
        for (let i = from; i < to; i++) {
          const j = other.row[i] < 0 ? i : other.row[i];
          k.x[i] = 0.5 * (k.x[i] + other.x[j]);
          k.pair[2 * i] += other.pair[2 * j + 1];
        }
      }),
      send: exchange("people", { doc, inbox: "got" }, (k, from, to, _w, _p, _draw, send) => {
        for (let i = from; i < to; i++) {
          send((3 * i) % k.size, i + 1);
          send(0, -1);
        }
      }),
      pay: exchange("people", { doc, to: "people", inbox: "coins" }, (k, from, to, _w, _p, _draw, send) => {
        for (let i = from; i < to; i++) send(k.size - 1 - i, 2 ** 40 + i);
      }),
      buy: exchange("people", { doc, to: "shops", inbox: "got" }, (_k, from, to, _w, _p, _draw, send) => {
        for (let i = from; i < to; i++) send(i % 3, 1);
      }),
      add: total("people", { doc }, { sum: "x", last: (k, i) => k.x[i] * i, each: "pair" }),
      group: total("people", { doc, by: "shop" }, { sales: "x", people: () => 1, pairs: "pair" }),
      tie: wire("ties", { doc }, () => networks.ring({ neighbours: 2 })),
      along: each("people", { doc, along: "ties", reads: ["x"] }, (k, from, to, w, _p, _draw, other) => {
        const { start, target } = w.ties;
        for (let i = from; i < to; i++) {
          k.seen[i] = 0;
          for (let l = start[i]; l < start[i + 1]; l++) k.seen[i] += other.x[target[l]] * (l + 1);
          k.x[i] += 1;
        }
      }),
      tell: world({ doc }, (w, _p, draw) => {
        w.drawn = draw.normal("drawn") + w.sum;
        w.people.x[0] += w.drawn;
      }),
      days: repeat(
        2,
        { doc },
        {
          step: each("people", { doc }, (k, from, to, _w, _p, draw) => {
            const z = draw.normal("z");
            for (let i = from; i < to; i++) k.x[i] += z[i];
          }),
        },
      ),
    }),
    identities: { none: { doc, of: ({ people }) => people.size - rows } },
  });

const copies = (simulation: Simulation) =>
  Object.fromEntries(Object.entries(simulation.columns).map(([name, column]) => [name, [...(column as Float64Array)]]));

/** Meetings of one run of a phase: before its end, and where rows of others or partial sums are read. */
const MEETINGS: Readonly<Record<string, number>> = {
  draw: 1,
  swap: 2,
  send: 2,
  pay: 2,
  buy: 2,
  add: 2,
  group: 2,
  tie: 1,
  along: 2,
  tell: 1,
  days: 2,
};

test.each([7, 12, 3])("two ranks leave what one leaves, phase for phase, and meet as often, with %i rows", (rows) => {
  const economy = town(rows);
  const names = Object.keys(economy.phases);
  for (const options of [{}, { pieces: 5 }, { pieces: 3, backwards: true }]) {
    const alone = createSimulation(economy, { cut: "rows", grain: 2, seed: 3 });
    const whole = createSimulation(economy, { grain: 2, seed: 3 });
    const { simulation, together } = twoRanks(economy, { seed: 3, ...options });
    expect(together((one) => one.reset(0))).toEqual([1, 1]);
    alone.reset(0);
    whole.reset(0);
    for (let t = 0; t < 2; t++) {
      names.forEach((name, p) => {
        if (name === "days") return; // ranks meet within: `other` would have to wait in the middle
        expect([name, together((one) => one.runPhase(p, 0))]).toEqual([name, [MEETINGS[name], MEETINGS[name]]]);
        alone.runPhase(p, 0);
        whole.runPhase(p, 0);
        expect([name, copies(simulation)]).toEqual([name, copies(alone)]);
        expect([name, copies(whole)]).toEqual([name, copies(alone)]);
      });
      expect(together((one) => one.endPeriod(0))).toEqual([1, 1]);
      for (const one of [alone, whole]) one.endPeriod(0);
      expect([simulation.period[0], simulation.columns["tick"][0]]).toEqual([t + 1, t + 1]);
    }
  }
});

// A clock that says anything: rows move to other pieces in nearly every period, on both ranks alike.
test("two ranks leave what one leaves while rows migrate between them", () => {
  const economy = town(40);
  const names = Object.keys(economy.phases);
  for (const pieces of [2, 7]) {
    let now = 0;
    const clock = () => {
      now = (now * 69069 + 12345) % 2 ** 32;
      return now;
    };
    const alone = createSimulation(economy, { cut: "rows", grain: 2, seed: 5 });
    const { simulation, together } = twoRanks(economy, {
      seed: 5,
      pieces,
      migration: { clock, every: 2, tolerance: 0 },
    });
    together((one) => one.reset(0));
    alone.reset(0);
    for (let t = 0; t < 10; t++) {
      names.forEach((name, p) => {
        if (name === "days") return;
        together((one) => one.runPhase(p, 0));
        alone.runPhase(p, 0);
      });
      expect(together((one) => one.endPeriod(0))).toEqual([1, 1]);
      alone.endPeriod(0);
      expect([t, copies(simulation)]).toEqual([t, copies(alone)]);
    }
    const moved = simulation.partitions.map((partition) => partition.moved);
    expect(moved.filter((blocks) => blocks > 3).length).toBeGreaterThan(3);
  }
});

test("ranks meet after identities, which one of them looks at", () => {
  let looked = 0;
  const economy = defineEconomy({
    ...bare,
    populations: { people: population({ size: 4, state: { x: f64() } }) },
    phases: ({ each }) => ({ rest: each("people", { doc }, () => {}) }),
    identities: {
      always: {
        doc,
        of: () => {
          looked++;
          return 0;
        },
      },
    },
  });
  const { together } = twoRanks(economy, { checkIdentities: true });
  together((one) => one.reset(0));
  expect(looked).toBe(0);
  expect(together((one) => one.runPhase(0, 0))).toEqual([2, 2]);
  expect(looked).toBe(1);
  expect(together((one) => one.endPeriod(0))).toEqual([1, 1]);
  expect(looked).toBe(2);
});

test("ranks that run whole worlds do not meet", () => {
  const barrier = () => expect.unreachable("met");
  const simulation = createSimulation(town(5), {
    team: { rank: 1, size: 2, barrier, exchange: barrier },
    grain: 2,
    checkIdentities: true,
  });
  simulation.reset(0);
  for (const p of Object.keys(town(5).phases).keys()) simulation.runPhase(p, 0);
  simulation.endPeriod(0);
  expect(simulation.period[0]).toBe(1);
  expect(simulation.columns["shops.got"]).toEqual(Int32Array.of(2, 2, 1));
});
