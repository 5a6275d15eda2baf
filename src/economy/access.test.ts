// What check refuses a phase: rows, columns and scalars that it has not declared. One phase at a time.
import { expect, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy } from "./economy.ts";
import { links } from "./links.ts";
import { messages } from "./messages.ts";
import { type PhaseBuilder, type Phases, phaseBuilder } from "./phases/index.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";

const params = { people: param(9, { unit: "people", min: 1, integer: true }) };
const world = { sum: f64({ doc: "s" }), each: f64({ each: 3, doc: "three" }) };
const populations = {
  people: population({
    size: "people",
    state: {
      x: f64({ doc: "x" }),
      y: f64({ doc: "y" }),
      pair: f64({ each: 2, doc: "two" }),
      inbox: i32({ doc: "sent" }),
      partner: i32({ doc: "who" }),
    },
  }),
  shops: population({ size: 2, state: { price: f64({ doc: "p" }) } }),
};
const ties = { ties: links("people", { degree: 2, state: { strength: f64({ doc: "s" }), stays: u8({ doc: "1" }) } }) };
type Builder = PhaseBuilder<typeof params, typeof world, typeof populations & typeof ties>;

const economyOf = (phases: (build: Builder) => Phases) =>
  defineEconomy({
    name: "town",
    source: "a test",
    summary: "One phase.",
    params,
    horizon: 4,
    world,
    populations,
    links: ties,
    start: ({ each, wire }) => ({
      meet: wire("ties", { doc: "a circle" }, () => (link, { sources }) => {
        for (let i = 0; i < sources; i++) link(i, (i + 1) % sources);
      }),
      begin: each("people", { doc: "rows differ" }, (k, from, to) => {
        for (let i = from; i < to; i++) {
          k.x[i] = i;
          k.partner[i] = i % 2 === 0 ? -1 : 0;
        }
      }),
    }),
    phases: (build) => phases(build as Builder),
  });
const verdict = (phases: (build: Builder) => Phases): string =>
  checkEconomy(economyOf(phases), { periods: 6 }).find(
    ({ name }) => name === "phases read and write what they declare",
  )!.detail;
const { world: ofWorld } = phaseBuilder;
const doc = { doc: "a phase" };
const last = (k: { readonly size: number }) => k.size - 1;
type Writable = { [name: string]: number };

test.each<[string, (build: Builder) => Phases, RegExp]>([
  [
    "a row that is not its own",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = k.x[last(k) - from])) }),
    /^Phase "a" failed: it reads people\.x\[\d\], which is not of its rows? \d.* declare reads: \["x"\] with of: "everyone"/,
  ],
  [
    "the same through the world",
    ({ each }) => ({ a: each("people", doc, (k, from, _to, w) => void (k.y[from] = w.people.x[last(k) - from])) }),
    /it reads people\.x\[/,
  ],
  [
    "all rows by a method",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = k.x.reduce((s, v) => s + v, 0))) }),
    /it reads people\.x\[/,
  ],
  [
    "rows of a slice",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = k.x.slice(-1)[0])) }),
    /it reads people\.x\[8\]/,
  ],
  [
    "rows of a subarray",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = k.x.subarray(7)[1])) }),
    /it reads people\.x\[8\]/,
  ],
  [
    "all by spreading",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = Math.max(...k.x))) }),
    /it reads people\.x\[/,
  ],
  [
    "items of another row",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[from] = k.pair[16])) }),
    /it reads people\.pair\[8\]/,
  ],
])("each may not read %s", (_what, phases, message) => {
  expect(verdict(phases)).toMatch(message);
});

test.each<[string, (build: Builder) => Phases, RegExp]>([
  [
    "another row",
    ({ each }) => ({ a: each("people", doc, (k, from) => void (k.y[last(k) - from] = 1)) }),
    /it writes people\.y\[\d\], which is not of its row/,
  ],
  [
    "all rows by fill",
    ({ each }) => ({ a: each("people", doc, (k) => void k.y.fill(1)) }),
    /it writes people\.y\[\d\], which is not/,
  ],
  [
    "others by set",
    ({ each }) => ({ a: each("people", doc, (k) => void k.y.set([1, 2], 7)) }),
    /it writes people\.y\[\d\], which is not/,
  ],
  ["all by sorting", ({ each }) => ({ a: each("people", doc, (k) => void k.y.sort()) }), /it writes people\.y\[/],
  [
    "a column that is not in writes",
    ({ each }) => ({ a: each("people", { ...doc, writes: ["x"] }, (k, from) => void (k.y[from] = 1)) }),
    /it writes people\.y and declares writes: "x"; add "y"/,
  ],
  [
    "another population",
    ({ each }) => ({ a: each("people", doc, (_k, _from, _to, w) => void (w.shops.price[0] = 1)) }),
    /it writes shops\.price\[0\] and runs over rows of people; make that a phase over shops/,
  ],
  [
    "a scalar",
    ({ each }) => ({ a: each("people", doc, (_k, _from, _to, w) => void ((w as unknown as Writable).sum = 1)) }),
    /it writes world\.sum, and so would every piece/,
  ],
  [
    "an item of a scalar",
    ({ each }) => ({ a: each("people", doc, (_k, _from, _to, w) => void (w.each[2] = 1)) }),
    /it writes world\.each\[2\], and so/,
  ],
  [
    "the table of links",
    ({ each }) => ({ a: each("people", doc, (_k, _from, _to, w) => void (w.ties.start[0] = 1)) }),
    /it writes ties\.start, which a wire phase makes/,
  ],
  [
    "what it declared to read",
    ({ each }) => ({
      a: each(
        "people",
        { ...doc, of: "everyone", reads: ["x"], writes: ["y"] },
        (_k, _from, _to, _w, _p, _draw, all) => void (all.x[0] = 1),
      ),
    }),
    /it writes x\[0\] of other rows/,
  ],
])("each may not write %s", (_what, phases, message) => {
  expect(verdict(phases)).toMatch(message);
});

test.each<[string, (build: Builder) => Phases, RegExp]>([
  [
    "a total writes",
    ({ total }) => ({ a: total("people", doc, { sum: (k, i) => (k.x[i] = 1) }) }),
    /it writes people\.x\[\d\], and may only look/,
  ],
  [
    "a total writes a scalar",
    ({ total }) => ({ a: total("people", doc, { sum: (_k, _i, w) => ((w as unknown as Writable).sum = 1) }) }),
    /it writes world\.sum/,
  ],
  [
    "a wiring writes",
    ({ wire }) => ({ a: wire("ties", doc, (_p, w) => () => void (w.people.x[0] = 1)) }),
    /it writes people\.x\[\d\], and may only look/,
  ],
  [
    "an exchange reads its inbox",
    ({ exchange }) => ({
      a: exchange("people", { ...doc, inbox: "inbox" }, (k, from) => void (k.y[from] = k.inbox[from])),
    }),
    /it reads people\.inbox itself; others post to it meanwhile/,
  ],
  [
    "an exchange writes its inbox",
    ({ exchange }) => ({ a: exchange("people", { ...doc, inbox: "inbox" }, (k, from) => void (k.inbox[from] = 0)) }),
    /it writes people\.inbox itself/,
  ],
  [
    "an exchange reads another row",
    ({ exchange }) => ({
      a: exchange("people", { ...doc, inbox: "inbox" }, (k, from) => void (k.y[from] = k.x[last(k) - from])),
    }),
    /it reads people\.x\[/,
  ],
  [
    "somebody reads who is not linked",
    ({ each }) => ({
      a: each(
        "people",
        { ...doc, along: "ties", reads: ["x"] },
        (k, from, _to, _w, _p, _draw, other) => void (k.y[from] = other.x[from]),
      ),
    }),
    /it reads x\[\d\] of others, and that row is not among those to whom ties of rows/,
  ],
  [
    "somebody reads who is no partner",
    ({ each }) => ({
      a: each(
        "people",
        { ...doc, partner: "partner", reads: ["x"] },
        (k, from, _to, _w, _p, _draw, other) => void (k.y[from] = other.x[from + 1]),
      ),
    }),
    /it reads x\[\d\] of others, and that row is not among the partners/,
  ],
  [
    "a phase within a repeat reads",
    ({ repeat, each }) => ({
      a: repeat(2, doc, { b: each("people", doc, (k, from) => void (k.y[from] = k.x[last(k) - from])) }),
    }),
    /it reads people\.x\[/,
  ],
])("it is found where %s", (_what, phases, message) => {
  expect(verdict(phases)).toMatch(message);
});

test("what is declared passes, whatever way rows are looked at", () => {
  const phases = ({ each, exchange, total, world, wire }: Builder): Phases => ({
    own: each("people", doc, (k, from, to, w) => {
      const mine = k.x.subarray(from, to);
      mine.fill(1 + w.shops.price[0] + w.each[1]);
      k.y.set(mine, from);
      for (const v of k.y.subarray(from, to)) k.pair[2 * from] += v;
      k.pair.fill(3, 2 * from, 2 * to);
      k.y[from] = Float64Array.from(k.x.slice(from, to).map((v) => 2 * v)).length;
    }),
    along: each("people", { ...doc, along: "ties", reads: ["x"] }, (k, from, to, w, _p, _draw, other) => {
      for (let i = from; i < to; i++) k.y[i] = other.x[w.ties.target[w.ties.start[i]]];
    }),
    meet: each("people", { ...doc, partner: "partner", reads: ["x"] }, (k, from, to, _w, _p, _draw, { row, x }) => {
      for (let i = from; i < to; i++) if (row[i] >= 0) k.y[i] = x[row[i]];
    }),
    links: each("ties", { ...doc, writes: ["strength"] }, (k, from, to, { people }) => {
      for (let l = from; l < to; l++) k.strength[l] = people.x[k.source[l]] - people.x[k.target[l]];
    }),
    send: exchange("people", { ...doc, inbox: "inbox" }, (k, from, to, _w, _p, _draw, send) => {
      for (let i = from; i < to; i++) send((i + 1) % k.size, 1);
    }),
    sum: total("people", doc, { sum: (k, i, w) => k.x[k.size - 1 - i] + w.shops.price[1] }),
    anew: wire("ties", doc, (_p, { people }) => (link, { sources }) => {
      for (let i = 0; i < sources; i++) if (people.x[i] > 0) link(i, (i + 2) % sources);
    }),
    all: world(doc, (w) => {
      w.people.x.fill(w.sum);
      w.sum = 0;
    }),
  });
  expect(verdict(phases)).toBe("10 phases");
});

// x_i ← Σ_j x_j over all rows, of which each sees the values before the phase.
test("everyone's columns are seen as they stood before the phase, in any cut", () => {
  const economy = economyOf(({ each }) => ({
    add: each(
      "people",
      { ...doc, of: "everyone", reads: ["x", "y"], writes: ["x"] },
      (k, from, to, _w, _p, _draw, all) => {
        for (let i = from; i < to; i++) {
          k.x[i] = 0;
          for (let j = 0; j < k.size; j++) k.x[i] += all.x[j] + all.y[j];
        }
      },
    ),
  }));
  expect(checkEconomy(economy, { periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
  for (const pieces of [1, 2, 7]) {
    const simulation = createSimulation(economy, { cut: "rows", pieces, grain: 1, backwards: true });
    expect([...(fresh(simulation, 1).columns["people.x"] as Float64Array)]).toEqual(new Array(9).fill(36));
  }
  const everyone = (options: object) => () =>
    economyOf(({ each }) => ({ add: each("people", { ...doc, reads: ["x"], ...options }, () => {}) }));
  expect(everyone({})).toThrow(
    'phase "add" reads columns but has no partner and no links; of everyone, declare of: "everyone".',
  );
  expect(everyone({ of: "everyone", along: "ties" })).toThrow(
    "reads everyone, and has a partner or links; expected one of them.",
  );
  expect(everyone({ of: "all" })).toThrow('of is "all", expected "everyone"');
});

test("those who enter and those who send keep to their own rows", () => {
  const port = {
    name: "port",
    source: "a test",
    summary: "One phase.",
    params: {},
    horizon: 4,
    populations: {
      people: population({ size: 9, lives: "alive", state: { alive: u8({ doc: "1" }), x: f64({ doc: "x" }) } }),
    },
    links: { letters: messages("people", { capacity: 9, state: { text: f64({ doc: "said" }) } }) },
  } as const;
  const detail = (economy: Economy) =>
    checkEconomy(economy, { periods: 3 }).find(({ name }) => name === "phases read and write what they declare")!
      .detail;
  const crowds = defineEconomy({
    ...port,
    phases: ({ enter }) => ({ a: enter("people", { ...doc, number: () => 9 }, (k) => void k.x.fill(1)) }),
  });
  expect(detail(crowds)).toMatch(/it writes people\.x\[\d\], which is not of its row/);
  const counts = defineEconomy({
    ...port,
    phases: ({ enter }) => ({ a: enter("people", { ...doc, number: (w) => (w.people.x[0] = 1) }) }),
  });
  expect(detail(counts)).toMatch(/it writes people\.x\[0\], and may only look/);
  const pries = defineEconomy({
    ...port,
    phases: ({ send }) => ({ a: send("letters", doc, (k, from) => void (k.x[from] = k.x[last(k) - from])) }),
  });
  expect(detail(pries)).toMatch(/it reads people\.x\[\d\], which is not of its row/);
  const sound = defineEconomy({
    ...port,
    phases: ({ enter, send }) => ({
      come: enter("people", { ...doc, number: (w) => w.people.size }, (k, from, to) => void k.x.fill(1, from, to)),
      write: send("letters", doc, (k, from, to, w, _p, _draw, post, content) => {
        if (w.period > 0) return;
        for (let i = from; i < to; i++) content.text[post(i, last(k) - i, 1e9)] = k.x[i];
      }),
    }),
  });
  expect(detail(sound)).toBe("2 phases");
});

test("a whole that says it writes scalars only writes those, and reads all rows; rows are not looked at after it", () => {
  const scalars = { doc: "a phase", writes: "scalars" } as const;
  const good = verdict(({ world }) => ({
    a: world(scalars, (w) => {
      w.sum = w.people.x[8] + w.shops.price[1];
      w.each[2] = w.sum;
    }),
  }));
  expect(good).toBe("3 phases");
  expect(
    verdict(({ world }) => ({
      a: world(scalars, ({ people }) => {
        people.x[2] = 1;
      }),
    })),
  ).toMatch(/^Phase "a" failed: it writes people\.x\[2\], and may only look/);
  expect(
    verdict(({ world }) => ({
      a: world(scalars, (w) => {
        (w as unknown as Writable)["smu"] = 1;
      }),
    })),
  ).toMatch(/smu/);
  expect(() => ofWorld({ doc: "", writes: "rows" as "scalars" }, () => {})).toThrow('world({ … }): writes is "rows"');
  const played = (writes: object) => () =>
    fresh(
      createSimulation(
        economyOf(({ world }) => ({
          a: world({ ...doc, ...writes }, ({ people }) => {
            people.x[2] = Number.NaN;
          }),
        })),
      ),
      1,
    );
  expect(played({})).toThrow('Phase "a" produced NaN in people.x[2]');
  expect(played({ writes: "scalars" })).not.toThrow();
});
