// Economies made from a recipe: a list of phases of every kind over two populations and two kinds of links. What they compute means nothing; it mixes all
// that a phase may read, so that a phase which reads what it must not, or in an order that a cut changes, gives other bits.
import {
  createSimulation,
  defineEconomy,
  type Economy,
  eventTime,
  f64,
  grid,
  i32,
  index,
  links,
  messages,
  networks,
  param,
  population,
  type Simulation,
  type SimulationOptions,
  u8,
} from "../src/economy/index.ts";
import { makeVectorEnv, type VectorEnv } from "../src/env/vector-env.ts";
import { goOn } from "./periods.ts";

/** Weights of what a formula reads, small integers. */
export type Weights = readonly [number, number, number, number];

/** One phase: its kind, and what it is made of. */
export type Step =
  | {
      readonly kind: "own" | "random-partner" | "mate" | "along-ties" | "along-stalls" | "over-ties" | "markets";
      readonly weights: Weights;
    }
  | { readonly kind: "give" | "post" | "move" | "write" | "exit" | "enter"; readonly spread: number }
  | { readonly kind: "sum" | "by-home" | "by-target" | "by-mate" }
  | { readonly kind: "world" | "events"; readonly weights: Weights }
  | { readonly kind: "rewire"; readonly keep: boolean; readonly every: number; readonly wiring: number };

export interface Recipe {
  readonly people: number;
  readonly markets: number;
  readonly goods: number;
  /** Rows per block. */
  readonly grain: number;
  readonly steps: readonly (
    | Step
    | { readonly kind: "repeat"; readonly times: number; readonly steps: readonly Step[] }
  )[];
}

const doc = "what happens";
/** Into (−1, 1), so that nothing grows without bound. */
const squash = (x: number): number => x / (1 + Math.abs(x));

export const generatedEconomy = (recipe: Recipe) =>
  defineEconomy({
    name: "generated",
    source: "test",
    summary: JSON.stringify(recipe.steps),
    params: {
      people: param(recipe.people, { integer: true }),
      markets: param(recipe.markets, { integer: true }),
      goods: param(recipe.goods, { integer: true }),
    },
    horizon: 100,
    world: { s: f64(), came: f64(), v: f64({ each: "goods" }), bell: eventTime() },
    populations: {
      people: population({
        size: "people",
        state: {
          x: f64(),
          y: f64(),
          z: f64({ each: "goods" }),
          n: i32(),
          box: i32(),
          real: f64(),
          home: index("markets"),
          mate: index("people"),
          due: eventTime(),
          alive: u8({ initial: 1 }),
        },
        actions: { turn: grid(-1, 1, 3) },
        lives: "alive",
      }),
      markets: population({ size: "markets", state: { p: f64(), q: f64({ each: "goods" }), got: i32(), d: f64() } }),
    },
    links: {
      ties: links("people", { degree: 5, state: { w: f64({ initial: 0.5 }), stays: u8() } }),
      // Ten phases at the most send one each per person and substep (three), in four periods, and events some.
      letters: messages("people", { to: "markets", capacity: 200, state: { w: f64(), tag: i32({ each: "goods" }) } }),
      stalls: links("people", { to: "markets", degree: 2, state: { w: f64({ initial: 0.5 }) } }),
    },
    start: ({ each, world, wire }) => ({
      meet: wire("ties", { doc }, () => networks.picks({ degree: 2 })),
      rent: wire("stalls", { doc }, () => networks.picks({ degree: 1 })),
      begin: each("people", { doc }, (k, from, to, _w, p, draw) => {
        const [u, home, mate] = [
          draw.uniform("x"),
          draw.integers("home", p.markets + 1),
          draw.integers("mate", p.people),
        ];
        for (let i = from; i < to; i++) {
          k.x[i] = u[i];
          k.home[i] = home[i] - 1;
          k.mate[i] = mate[i];
          k.due[i] = i % 3 === 0 ? 3 * u[i] : Infinity;
        }
      }),
      wind: world({ doc }, (w) => {
        w.bell = 0.25;
      }),
    }),
    phases: ({ each, enter, events, exchange, repeat, send, total, world, wire }) => {
      const deciding = recipe.steps.findIndex(({ kind }) => kind === "events");
      const simple = (step: Step, k = -1) => {
        switch (step.kind) {
          case "own":
            return each("people", { doc }, (k, from, to, w, p, draw) => {
              const [a, b, c, d] = step.weights;
              const [u, z] = [draw.uniform("u"), draw.normal("z")];
              for (let i = from; i < to; i++) {
                const price = k.home[i] < 0 ? w.s : w.markets.p[k.home[i]];
                k.x[i] = squash(a * k.x[i] + b * price + c * u[i] + d * k.box[i]);
                for (let g = 0; g < p.goods; g++) k.z[i * p.goods + g] += squash(w.v[g] + z[i] + k.y[i]);
              }
            });
          case "random-partner":
          case "mate":
            return each(
              "people",
              { doc, partner: step.kind === "mate" ? "mate" : "random", reads: ["x", "z"] },
              (k, from, to, _w, p, _draw, other) => {
                const [a, b, c] = step.weights;
                for (let i = from; i < to; i++) {
                  const j = other.row[i];
                  if (j < 0) continue;
                  k.x[i] = squash(a * k.x[i] + b * other.x[j] + c * other.z[j * p.goods]);
                  k.z[i * p.goods] += squash(other.x[j]);
                }
              },
            );
          case "along-ties":
            return each(
              "people",
              { doc, along: "ties", reads: ["x", "y"], writes: ["x"] },
              (k, from, to, w, _p, _draw, other) => {
                const [a, b, c] = step.weights;
                const { start, target, w: weight } = w.ties;
                for (let i = from; i < to; i++) {
                  let sum = a * k.x[i];
                  for (let l = start[i]; l < start[i + 1]; l++)
                    sum += b * weight[l] * other.x[target[l]] + c * other.y[target[l]];
                  k.x[i] = squash(sum);
                }
              },
            );
          case "along-stalls":
            return each("people", { doc, along: "stalls", reads: ["p"] }, (k, from, to, w, _p, _draw, other) => {
              const { start, target } = w.stalls;
              for (let i = from; i < to; i++)
                for (let l = start[i]; l < start[i + 1]; l++)
                  k.y[i] = squash(k.y[i] + step.weights[0] * other.p[target[l]]);
            });
          case "over-ties":
            return each("ties", { doc }, (k, from, to, w, _p, draw) => {
              const [a, b] = step.weights;
              const u = draw.uniform("stays");
              for (let l = from; l < to; l++) {
                k.w[l] = squash(a * k.w[l] + b * w.people.x[k.source[l]] - w.people.y[k.target[l]]);
                k.stays[l] = u[l] < 0.7 ? 1 : 0;
              }
            });
          case "markets":
            return each("markets", { doc }, (k, from, to, w, p) => {
              const [a, b, c] = step.weights;
              for (let m = from; m < to; m++) {
                k.p[m] = squash(a * k.p[m] + b * k.got[m] + c * w.s + w.people.x[m % p.people]);
                for (let g = 0; g < p.goods; g++) k.q[m * p.goods + g] = squash(k.q[m * p.goods + g] + k.p[m]);
              }
            });
          case "give":
            return exchange("people", { doc, inbox: "box" }, ({ size, x }, from, to, _w, _p, draw, send) => {
              const other = draw.integers("other", size);
              for (let i = from; i < to; i++) send(other[i], 1 + Math.floor(step.spread * Math.abs(squash(x[i]))));
            });
          case "post":
            return exchange(
              "people",
              { doc, to: "markets", inbox: "got" },
              ({ home }, from, to, _w, _p, draw, send) => {
                const amount = draw.integers("amount", 1 + step.spread);
                for (let i = from; i < to; i++) if (home[i] >= 0) send(home[i], amount[i] - 1);
              },
            );
          case "write":
            return send("letters", { doc }, ({ x, home }, from, to, w, p, draw, post, { w: weight, tag }) => {
              const u = draw.uniform("due");
              for (let i = from; i < to; i++) {
                if (home[i] < 0) continue;
                const due = w.period + 1 + Math.floor(u[i] * 6) / 4;
                const l = post(i, home[i], due, i % (1 + step.spread));
                weight[l] = x[i];
                tag[(l + 1) * p.goods - 1] = i;
                if (u[i] < 0.2) weight[post(i, i % p.markets, due)] = -x[i];
              }
            });
          case "move":
            return each("people", { doc }, (k, from, to, _w, p, draw) => {
              const [home, mate] = [draw.integers("home", p.markets + 1), draw.integers("mate", p.people + 1)];
              for (let i = from; i < to; i++) {
                k.n[i]++;
                k.home[i] = home[i] - 1;
                if (i % (1 + step.spread) === 0) k.mate[i] = mate[i] - 1;
              }
            });
          case "exit":
            return each("people", { doc }, (k, from, to, _w, _p, draw) => {
              const u = draw.uniform("exit");
              for (let i = from; i < to; i++) if (u[i] < 0.15 + 0.1 * step.spread) k.alive[i] = 0;
            });
          case "enter":
            return enter(
              "people",
              { doc, number: (w, p) => 0.1 * step.spread * p.people + Math.abs(w.s), entered: "came" },
              (k, from, to, w, p, draw, entering) => {
                const [x, home] = [draw.normal("x"), draw.integers("home", p.markets + 1)];
                for (let i = from; i < to; i++) {
                  if (!entering[i]) continue;
                  k.x[i] = squash(x[i] + w.s);
                  k.home[i] = home[i] - 1;
                }
              },
            );
          case "sum":
            return total("people", { doc }, { s: (k, i) => squash(k.x[i] + k.real[i]), v: "z" });
          case "by-home":
            return total("people", { doc, by: "home" }, { d: "x", q: "z", got: "n" });
          case "by-target":
            return total("ties", { doc, by: "target" }, { y: "w" });
          case "by-mate":
            return total("people", { doc, by: "mate" }, { real: "y" });
          case "world":
            return world({ doc }, (w, p, draw) => {
              const [a, b] = step.weights;
              w.s = squash(a * w.s + b * draw.normal("s"));
              w.markets.p[draw.integer("market", p.markets)] = squash(w.s + w.people.x[0]);
            });
          case "events":
            return events(
              1,
              { doc },
              {
                bell: {
                  doc,
                  world: "bell",
                  run(w, p, row, time, draw, schedule) {
                    const called = draw.integer("called", p.people);
                    w.s = squash(w.s + w.people.x[called]);
                    schedule.act(called, time + Math.floor(2 * draw.uniform("wait")));
                    schedule.bell(row, time + 0.4);
                  },
                },
                read: {
                  doc,
                  of: "letters",
                  at: "due",
                  run({ letters, markets, people, s }, p, l, time, draw, schedule, send) {
                    const [from, to] = [letters.source[l], letters.target[l]];
                    markets.p[to] = squash(markets.p[to] + s + letters.w[l] + letters.tag[(l + 1) * p.goods - 1]);
                    people.y[from] = squash(people.y[from] + markets.p[to]);
                    if (letters.w[l] > 0.3) schedule.read(l, time + 0.25);
                    letters.w[l] -= 0.2;
                    if (people.x[from] > 0 && letters.priority[l] >= 0)
                      letters.w[send.letters(from, (to + 1) % p.markets, time + draw.uniform("due"), -1)] =
                        people.x[from];
                  },
                },
                act: {
                  doc,
                  of: "people",
                  at: "due",
                  ...(k === deciding && { decide: { observe: ["x", "y", "price"] } }),
                  run({ people, s }, p, row, time, draw, schedule) {
                    const [a, b] = step.weights;
                    const next = (row + 1) % p.people;
                    const turn = people.turn[row];
                    people.x[row] = squash(a * people.x[row] + b * people.x[next] + s + turn + draw.normal("x"));
                    people.real[row] += turn * people.x[row];
                    people.n[row]++;
                    if (people.x[row] > 0) schedule.act(next, time + 0.5 + draw.uniform("next"));
                    else schedule.act(row, time + 0.5);
                  },
                },
              },
            );
          case "rewire":
            return wire(
              "ties",
              { doc, every: step.every, ...(step.keep ? { keep: "stays" } : {}) },
              (p, w) => (link, _ends, draw) => {
                if (step.wiring === 0) {
                  for (let i = 0; i < p.people; i++) if (w.people.x[i] > 0) link(i, (i * 7 + 3) % p.people);
                  return;
                }
                const end = draw.integer("end", p.people);
                for (let k = 0; k < p.people; k++) link(end(), end());
              },
            );
        }
      };
      return Object.fromEntries(
        recipe.steps.map((step, k) => [
          `${step.kind}-${k}`,
          step.kind === "repeat"
            ? repeat(
                step.times,
                { doc },
                Object.fromEntries(step.steps.map((one, j) => [`${one.kind}-${j}`, simple(one)])),
              )
            : simple(step, k),
        ]),
      );
    },
    observe: {
      people: {
        x: { column: "x", doc },
        y: { column: "y", doc },
        price: { world: "s", doc },
      },
    },
    reward: { people: { column: "real", doc } },
  });

/** Plays `periods`, from the columns of `before` if there are any. */
export function playGenerated(
  recipe: Recipe,
  periods: number,
  options: SimulationOptions = {},
  before: Simulation | null = null,
): Simulation {
  const simulation = createSimulation(generatedEconomy(recipe), { grain: recipe.grain, ...options });
  if (before)
    for (const [name, column] of Object.entries(before.columns)) simulation.columns[name].set(column as never);
  else simulation.reset(0);
  goOn(simulation, periods);
  return simulation;
}

/** Whether somebody decides, which is at events. */
export const decides = ({ steps }: Recipe): boolean => steps.some(({ kind }) => kind === "events");

/**
 * Plays worlds that stop for decisions, by a rule that looks at what is seen; for `periods`, or for at most `steps`, on from where `before` stands, which is an environment of the same recipe
 * and size. `prints` are of each world's columns at the end of each period, by world and period.
 */
export function playDeciding(
  recipe: Recipe,
  {
    periods,
    steps = Infinity,
    numEnvs = 2,
    before = null,
  }: Readonly<{ periods: number; steps?: number; numEnvs?: number; before?: VectorEnv | null }>,
): { readonly env: VectorEnv; readonly prints: readonly (readonly number[])[] } {
  const env = makeVectorEnv(generatedEconomy(recipe) as Economy, { numEnvs, grain: recipe.grain });
  const prints = Array.from({ length: numEnvs }, (): number[] => []);
  env.onPeriod = (e) => {
    const { columns, period } = env.simulation;
    if (period[e] < periods) prints[e][period[e]] = fingerprint({ columns, numWorlds: numEnvs }, e);
  };
  if (before) {
    for (const [name, x] of Object.entries(before.state)) (env.state[name] as Float64Array).set(x as Float64Array);
    env.resume(1, before.position);
  } else env.reset(1);
  const { obs, actions, acting } = env.batch["people"]!;
  for (let step = 0; step < steps && env.position.tick < periods; step++) {
    for (let k = 0; k < acting.length; k++)
      if (acting[k]) actions[k] = obs[3 * k]! > 0.3 ? 2 : obs[3 * k + 1]! > obs[3 * k + 2]! ? 1 : 0;
    env.step();
  }
  return { env, prints };
}

/** FNV-1a of a world's columns, by words of four bytes where they are whole. */
export function fingerprint({ columns, numWorlds }: Pick<Simulation, "columns" | "numWorlds">, e = 0): number {
  let hash = 0x811c9dc5;
  for (const name of Object.keys(columns).sort()) {
    const { buffer, byteOffset, byteLength } = columns[name];
    const width = byteLength / numWorlds;
    const from = byteOffset + e * width;
    const parts =
      from % 4 === 0 && width % 4 === 0
        ? new Uint32Array(buffer, from, width / 4)
        : new Uint8Array(buffer, from, width);
    for (let i = 0; i < parts.length; i++) hash = Math.imul(hash ^ parts[i]!, 0x01000193);
  }
  return hash >>> 0;
}
