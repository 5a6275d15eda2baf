// Noise: an economy in which every transition can be told from every other, for tests that read again what learners made of them.
import type { Arrays } from "../src/algorithms/algorithm.ts";
import { box, defineEconomy, discrete, type Economy, f64, grid, i32, population } from "../src/economy/index.ts";
import type { Space } from "../src/economy/spaces.ts";

const doc = "what happens";
const ACTIONS = {
  boxes: { far: box(0, 10), near: box(-1, 3) },
  choices: { three: discrete(3), two: discrete(2) },
  grids: { wide: grid(0, 9, 10), code: discrete(3) },
};

/** Which choices make sense to who sees a and b, by action; the others have no mask. */
export const SENSIBLE: Readonly<Record<string, (choice: number, a: number, b: number) => boolean>> = {
  wide: (choice, a) => (choice % 2 === 0) === a > 0,
  code: (choice, _a, b) => choice > 0 || b < 0,
  three: (choice, a) => choice < 2 || a > 0,
};

interface FieldOptions {
  /** Choices are those of `SENSIBLE`. */
  readonly masked?: boolean;
  /** Decisions in every second period of an episode. */
  readonly slow?: boolean;
  /** Each player decides by a coin of its own, after the first period of an episode. */
  readonly apart?: boolean;
}

/** Three players in 2 dimensions. What is seen and paid is drawn anew in every period; episodes are cut off after four, or end by chance. */
export const field = (
  kind: keyof typeof ACTIONS,
  { masked = false, slow = false, apart = false }: FieldOptions = {},
): Economy => {
  const actions: Readonly<Record<string, Space<never>>> = ACTIONS[kind];
  const masks = Object.entries(SENSIBLE).flatMap(([name, sensible]) => {
    const allows = (k: { readonly a: Float64Array; readonly b: Float64Array }, i: number, choice: number) =>
      sensible(choice, k.a[i], k.b[i]);
    return masked && name in actions ? [[name, { doc, allows }] as const] : [];
  });
  return defineEconomy({
    name: "field",
    source: "test",
    summary: "Noise is seen and paid.",
    params: {},
    horizon: 4,
    world: { over: f64() },
    populations: { players: population({ size: 3, state: { a: f64(), b: f64(), paid: f64(), on: i32() }, actions }) },
    start: ({ each }) => ({
      begin: each("players", { doc }, (k, from, to, _w, _p, draw) => {
        const [a, b] = [draw.normal("a"), draw.normal("b")];
        for (let i = from; i < to; i++) [k.a[i], k.b[i], k.on[i]] = [a[i], b[i], 1];
      }),
    }),
    phases: ({ decide, each, world }) => ({
      choose: decide("players", { doc, ...(slow && { every: 2 }), ...(apart && { who: "on" as const }) }),
      draw: each("players", { doc }, (k, from, to, _w, _p, draw) => {
        const [a, b, paid] = [draw.normal("a"), draw.normal("b"), draw.normal("paid")];
        for (let i = from; i < to; i++) [k.a[i], k.b[i], k.paid[i]] = [a[i], b[i], paid[i] + 1];
      }),
      ring: each("players", { doc }, (k, from, to, _w, _p, draw) => {
        if (!apart) return;
        const u = draw.uniform("on");
        for (let i = from; i < to; i++) k.on[i] = u[i] < 0.6 ? 1 : 0;
      }),
      toss: world({ doc }, (w, _p, draw) => {
        w.over = draw.uniform("over") < 0.2 ? 1 : 0;
      }),
    }),
    ...(masked && { mask: { players: Object.fromEntries(masks) } }),
    end: ({ over }) => over === 1,
    observe: { players: { a: { column: "a", doc }, b: { column: "b", doc } } },
    reward: { players: { column: "paid", doc } },
  }) as Economy;
};

/** What the environment of `field` showed after each update of a training, and how episodes ended then: 2 terminated, 1 truncated, 0 not. */
export function shown(updates: readonly { readonly arrays: Arrays }[], worlds: number) {
  const at = (k: number, name: string) => updates[k].arrays[`env/batch/players/${name}`] as Float32Array;
  const rowOf = (x: Float32Array, r: number) => [x[2 * r], x[2 * r + 1]];
  const ended = (k: number, e: number): 0 | 1 | 2 => {
    const flag = (name: string) => at(k, name)[e * (at(k, name).length / worlds)] === 1;
    return flag("terminated") ? 2 : flag("truncated") ? 1 : 0;
  };
  return { at, rowOf, ended };
}
