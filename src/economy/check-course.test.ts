// What `check` plays: which worlds, for how long, with which actions; and each of its checks at the edge of passing.
import { expect, test } from "vitest";
import { param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy } from "./economy.ts";
import { links } from "./links.ts";
import { world } from "./phases/world.ts";
import { type AnyRows, type AnyWorld, population } from "./population.ts";
import { box, discrete, grid } from "./spaces.ts";
import { unknown } from "./truth.ts";

const doc = "what happens";
const rest = {
  source: "none",
  summary: "Recorded.",
  params: {},
  populations: { anyone: population({ size: 1, state: {} }) },
} as const;
const SURVIVE = "phases survive random, unmasked actions and identities hold after each";
const CONTINUED = "stopped and continued from its columns, a run goes on the same";
const CUT = "cutting the rows into 1, 2 and 7 pieces changes nothing";
const LOOKED = "metrics, identities and their like leave the world as it is";
const PAYOFFS = "the payoffs declared are what is earned, also by whoever chooses otherwise";
const THEORY = "theory is finite";
const detailOf = (economy: Economy, name: string, options = {}): string | undefined =>
  checkEconomy(economy, { periods: 5, ...options }).find((check) => check.name === name)?.detail;

/** What phases were run, of which worlds and in which periods, check by check. */
function recorded(
  options: object,
  changes: { readonly horizon?: number; readonly end?: (w: { period: number }) => boolean } = {},
) {
  const { horizon = 3, ...more } = changes;
  const log: Record<string, string[]> = {};
  let check = "";
  let worlds: unknown[] = [];
  const note = (what: string, w: { readonly period: number }): void => {
    if (!worlds.includes(w)) worlds.push(w);
    (log[check] ??= []).push(`${what} ${worlds.indexOf(w)} ${w.period}`);
  };
  const economy = defineEconomy({
    ...rest,
    name: "recorded",
    horizon,
    start: ({ world }) => ({ begin: world({ doc }, (w) => note("start", w)) }),
    phases: ({ world }) => ({ go: world({ doc }, (w) => note("go", w)) }),
    ...more,
  });
  const begun: string[] = [];
  checkEconomy(economy, {
    ...options,
    onBegin(name) {
      begun.push(name);
      check = name;
      worlds = [];
    },
  });
  return { log, begun };
}

test("worlds are reset at the horizon, not after the last period, and continued from where they were, in the opposite order", () => {
  const { log, begun } = recorded({ seeds: [4], periods: 7, numWorlds: 2 });
  const both = (t: number) => [`go 0 ${t}`, `go 1 ${t}`];
  const reset = (t: number) => [`go 0 ${t}`, "start 0 0", `go 1 ${t}`, "start 1 0"];
  // biome-ignore format: one period each
  const seven = ["start 0 0", "start 1 0", ...both(0), ...both(1), ...reset(2), ...both(0), ...both(1), ...reset(2), ...both(0)];
  expect(begun).toContain(CONTINUED);
  expect(log[SURVIVE]).toEqual(seven);
  const renamed = (entries: readonly string[], by: readonly number[]) =>
    entries.map((entry) => entry.replace(/ (\d) /, (_, e) => ` ${by[Number(e)]} `));
  expect(log[CONTINUED]).toEqual([
    ...seven,
    // three periods, which end an episode: the columns that are kept are those after the reset
    ...renamed(["start 0 0", "start 1 0", ...both(0), ...both(1), ...reset(2)], [2, 3]),
    ...renamed(seven, [4, 5]),
    // worlds are numbered as they come: 6 is the second, which goes first
    ...renamed([...both(0), ...both(1), ...reset(2), ...both(0)], [6, 7]),
  ]);
});

test("an episode that the economy ends is over", () => {
  const { log } = recorded({ seeds: [4], periods: 3, numWorlds: 1 }, { end: ({ period }) => period === 1, horizon: 9 });
  expect(log[SURVIVE]).toEqual(["start 0 0", "go 0 0", "go 0 1", "start 0 0", "go 0 0"]);
  const whole = recorded({ seeds: [4], periods: 4, numWorlds: 1 }, { end: ({ period }) => period === 1, horizon: 9 });
  expect(whole.log[SURVIVE]).toEqual(["start 0 0", "go 0 0", "go 0 1", "start 0 0", "go 0 0", "go 0 1"]);
});

test("every seed is played, and what only looks is asked for at most 20 periods", () => {
  const { log } = recorded({ seeds: [1, 2, 3], periods: 31, numWorlds: 1 }, { horizon: 100 });
  expect(log[SURVIVE].filter((entry) => entry.startsWith("start"))).toHaveLength(3);
  expect(log[SURVIVE]).toHaveLength(3 * 32);
  expect(log[LOOKED]).toHaveLength(21);
  expect(recorded({ seeds: [1], periods: 8, numWorlds: 1 }, { horizon: 100 }).log[LOOKED]).toHaveLength(9);
});

test("random actions fill their spaces: boxes between their bounds, grids and codes all their choices", () => {
  const seen: Record<"far" | "step" | "code", number[]> = { far: [], step: [], code: [] };
  const economy = defineEconomy({
    ...rest,
    name: "spaces",
    horizon: 50,
    populations: {
      people: population({
        size: 7,
        actions: { far: box(-3, 5), step: grid(1, 2, 3), code: discrete(4, { each: 2 }) },
        state: { paid: f64() },
      }),
      others: population({ size: 2, actions: { far: box(100, 101) }, state: { paid: f64() } }),
    },
    reward: { people: { column: "paid", doc }, others: { column: "paid", doc } },
    phases: ({ decide, world }) => ({
      choose: decide("people", { doc }),
      also: decide("others", { doc }),
      look: world({ doc }, ({ people, others }) => {
        for (const name of ["far", "step", "code"] as const) seen[name].push(...people[name]);
        for (const x of others.far) expect(x >= 100 && x <= 101).toBe(true);
      }),
    }),
  });
  expect(detailOf(economy, SURVIVE, { periods: 40, seeds: [1] })).toContain("identities: none declared");
  expect(seen.far.every((x) => x >= -3 && x <= 5)).toBe(true);
  const quarter = (k: number) => seen.far.filter((x) => x >= -3 + 2 * k && x < -1 + 2 * k).length / seen.far.length;
  // a share of a quarter in each quarter of the box: five standard deviations
  for (const k of [0, 1, 2, 3])
    expect(Math.abs(quarter(k) - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / seen.far.length));
  expect(new Set(seen.far).size).toBe(2 * 7 * 40 * 2); // of two worlds and seeds: the seed, and another between stop and continuation
  expect(new Set(seen.step)).toEqual(new Set([1, 1.5, 2]));
  expect(new Set(seen.code)).toEqual(new Set([0, 1, 2, 3]));
});

/** Players add to a stock what their choices give, a code of 2 × 3 × 2 joint choices, and are paid the stock. */
const shop = (payoff: (held: number, code: number, period: number) => number, periods = 6, horizon = 4) => {
  const economy = defineEconomy({
    ...rest,
    name: "shop",
    horizon,
    populations: {
      players: population({
        size: 3,
        state: { held: f64(), stock: f64({ initial: 1 }) },
        actions: { first: grid(0, 1, 2), pair: discrete(3, { each: 2 }) },
      }),
    },
    reward: { players: { column: "stock", doc } },
    phases: ({ decide, each }) => ({
      choose: decide("players", { doc }),
      pay: each("players", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) {
          k.held[i] = k.stock[i];
          k.stock[i] += 9 * k.first[i] + 3 * k.pair[2 * i] + k.pair[2 * i + 1];
        }
      }),
    }),
    payoffs: {
      players: (out, k, i, w) => {
        expect(out).toHaveLength(18);
        out.forEach((_, code) => {
          out[code] = payoff(k.held[i], code, w.period);
        });
      },
    },
  });
  return detailOf(economy, PAYOFFS, { periods, seeds: [1] });
};

test("payoffs by joint choice, the first action the slowest, are what a period played again gives", () => {
  expect(shop((held, code) => held + code)).toBe("48 choices tried in periods that were played again"); // 6 · 8 of 18
  expect(shop((held, code) => held + code, 40)).toBe("240 choices tried in periods that were played again"); // 30 periods
  // the stock grows within an episode and is 1 again in the next, at the horizon
  expect(shop((held, code, period) => (period === 0 ? 1 : held) + code, 9)).toContain("72 choices");
  expect(shop((_held, code) => 1 + code, 9, 1)).toContain("72 choices");
});

test("a payoff that is not what is earned is named, with its period, row and choice", () => {
  // of 18 choices, 0, 2, 4, 6, 9, 11, 13 and 15 are tried in period 0, each one further in every period
  const wrong = (choice: number, by: number) => shop((held, code) => held + code + (code === choice ? by : 0), 1);
  for (const choice of [0, 2, 4, 6, 9, 11, 13, 15])
    expect(wrong(choice, 0.5)).toBe(
      `Period 0: players[0] would earn ${1.5 + choice} by its choice ${choice} according to payoffs.players, and earns ${1 + choice}.`,
    );
  for (const choice of [1, 3, 17]) expect(wrong(choice, 0.5)).toContain("8 choices");
  expect(shop((held, code) => held + code + (code === 17 ? 1 : 0), 3)).toMatch(/^Period 2: players\[2\] would earn/);
  // 1e-9 of what is earned, or of 1 where that is less
  expect(wrong(0, 0.9e-9)).toContain("8 choices");
  expect(wrong(0, 1.2e-9)).toContain("Period 0");
  expect(wrong(15, 15e-9)).toContain("8 choices");
  expect(wrong(15, 17e-9)).toContain("Period 0");
  expect(wrong(2, Number.NaN)).toContain("would earn NaN by its choice 2");
});

test("a game of few choices has all of them tried", () => {
  const economy = (off: number) =>
    defineEconomy({
      ...rest,
      name: "few",
      horizon: 9,
      populations: {
        players: population({ size: 2, state: { paid: f64() }, actions: { effort: grid(0.1, 0.3, 3) } }),
      },
      reward: { players: { column: "paid", doc } },
      phases: ({ decide, each }) => ({
        choose: decide("players", { doc }),
        pay: each("players", { doc }, (k, from, to) => {
          for (let i = from; i < to; i++) k.paid[i] = k.effort[i];
        }),
      }),
      payoffs: { players: (out) => out.set([0.1, 0.2, 0.3 + off]) },
    });
  expect(detailOf(economy(0), PAYOFFS)).toContain("15 choices");
  expect(detailOf(economy(0.9e-9), PAYOFFS)).toContain("15 choices"); // 0.3 earned: still 1e-9, not 0.3e-9
  expect(detailOf(economy(1.1e-9), PAYOFFS)).toContain("by its choice 2");
});

test("an economy without payoffs, decisions or theory says so", () => {
  const bare = defineEconomy({ ...rest, name: "bare", horizon: 2, phases: () => ({}) });
  const checks = checkEconomy(bare, { periods: 3, seeds: [1, 2], numWorlds: 3 });
  expect(checks.map(({ name }) => name)).not.toContain(PAYOFFS);
  expect(Object.fromEntries(checks.map(({ name, detail }) => [name, detail]))).toMatchObject({
    "parameters resolve": "0 parameters",
    [SURVIVE]: "2 seeds × 3 worlds × 3 periods; identities: none declared",
    "whoever decides is rewarded": "nobody decides",
    [THEORY]: "none declared",
  });
  const more = defineEconomy({
    ...rest,
    name: "more",
    horizon: 2,
    params: { a: param(1, { doc }), b: param(2, { doc }) },
    populations: { people: population({ size: 1, state: { x: f64() }, actions: { y: grid(0, 1, 2) } }) },
    reward: { people: { column: "x", doc } },
    identities: { one: { doc, of: () => 0 }, two: { doc, of: () => 0 } },
    phases: ({ decide }) => ({ choose: decide("people", { doc }) }),
    truth: () => ({ price: 1, wage: unknown("nobody works") }),
  });
  expect(Object.fromEntries(checkEconomy(more).map(({ name, detail }) => [name, detail]))).toMatchObject({
    "parameters resolve": "2 parameters",
    [SURVIVE]: "3 seeds × 2 worlds × 100 periods; identities: one, two",
    "whoever decides is rewarded": "people",
    [THEORY]: "price, wage (no theory here: nobody works)",
  });
});

test("theory that is no record, not finite in one of its values, or misnamed, fails", () => {
  const detail = (changes: object) =>
    detailOf(defineEconomy({ ...rest, name: "bare", horizon: 2, phases: () => ({}), ...changes } as never), THEORY);
  expect(detail({ truth: () => 3 })).toBe("what truth returns is 3, expected an object.");
  expect(detail({ truth: () => ({ prices: [1, Number.NaN] }) })).toContain("truth.prices is 1,NaN.");
  expect(detail({ truth: () => ({ prices: [1, 2] }) })).toBe("prices");
  expect(detail({ truth: () => ({ price: 1 }), truthDocs: { pricee: doc } })).toContain(
    'truthDocs names "pricee", which truth does not return. Did you mean "price"?',
  );
  const documented = { price: doc, pricee: doc };
  expect(detail({ truth: () => ({ price: 1 }), truthDocs: documented })).toBe("price"); // price has its own
});

test("functions are read however deep they stand", () => {
  const people = population({ size: 1, state: { x: f64() }, actions: { y: grid(0, 1, 2) } });
  const detail = (changes: object) =>
    detailOf(
      defineEconomy({
        ...rest,
        name: "deep",
        horizon: 2,
        populations: { people },
        reward: { people: { column: "x", doc } },
        phases: ({ decide }: { decide: (...args: unknown[]) => unknown }) => ({ choose: decide("people", { doc }) }),
        ...changes,
      } as never),
      "no phase asks for chance, the clock or the environment",
    );
  expect(detail({ metrics: { m: { unit: "1", doc, of: () => Math.random() } } })).toMatch(
    /^metrics\.m\.of: Math\.random/,
  );
  expect(detail({ mask: { people: { y: { doc, allows: () => Math.random() > 0 } } } })).toMatch(
    /^mask\.people\.y\.allows: /,
  );
  expect(detail({ observe: { people: { x: { column: "x", doc, scale: () => Date.now() } } } })).toMatch(
    /^observe\.people\.x\.scale: Date/,
  );
  expect(detail({ end: () => performance.now() > 0 })).toMatch(/^end: performance\.now/);
});

test("chance asked in what only looks throws there, and answers when the check is over", () => {
  const [random, now, env] = [Math.random, Date.now, process.env];
  const ask = Function("return Math['random']()") as () => number; // not seen in the text
  const economy = defineEconomy({
    ...rest,
    name: "asks",
    horizon: 2,
    phases: () => ({}),
    metrics: { m: { unit: "1", doc, of: () => ask() } },
  });
  expect(detailOf(economy, LOOKED)).toContain("metrics.m: Math.random is not for phases");
  expect([Math.random, Date.now, process.env]).toEqual([random, now, env]);
  expect([Math.random === random, Date.now === now, process.env === env]).toEqual([true, true, true]);
});

test("masks, potentials and payoffs are asked for the first 20 rows, each choice and each item", () => {
  const asked: Record<string, Set<string>> = { mask: new Set(), potential: new Set(), payoffs: new Set() };
  const economy = defineEconomy({
    ...rest,
    name: "asked",
    horizon: 2,
    populations: {
      people: population({ size: 21, state: { x: f64() }, actions: { y: discrete(3, { each: 2 }) } }),
      few: population({ size: 2, state: { x: f64() }, actions: { y: discrete(2) } }),
    },
    reward: { people: { column: "x", doc }, few: { column: "x", doc } },
    phases: ({ decide }) => ({ choose: decide("people", { doc }), also: decide("few", { doc }) }),
    mask: {
      people: {
        y: {
          doc,
          allows: (k, i, choice, _w, _p, m) => {
            expect(i).toBeLessThan(k.size);
            asked.mask.add(`${i} ${choice} ${m}`);
            return true;
          },
        },
      },
    },
    potential: {
      people: (_k, i) => Number(asked.potential.add(`people ${i}`).size > 0),
      few: (_k, i) => Number(asked.potential.add(`few ${i}`).size > 0),
    },
    payoffs: {
      few: (out, _k, i) => {
        expect(out).toHaveLength(2);
        asked.payoffs.add(`few ${i}`);
      },
    },
  });
  expect(detailOf(economy, LOOKED, { periods: 1 })).toBe("4 functions, called after each period");
  expect(asked.mask.size).toBe(20 * 3 * 2);
  expect(asked.potential).toEqual(new Set([...Array.from({ length: 20 }, (_, i) => `people ${i}`), "few 0", "few 1"]));
  expect(asked.payoffs).toEqual(new Set(["few 0", "few 1"]));
});

test("rows are cut in small populations, but for sizes that are numbers or set", () => {
  const seen = new Map<string, Set<string>>();
  let check = "";
  const economy = defineEconomy({
    ...rest,
    name: "sizes",
    params: {
      many: param(400, { min: 1, integer: true, doc }),
      few: param(30, { min: 1, integer: true, doc }),
      least: param(200, { min: 180, integer: true, doc }),
    },
    horizon: 2,
    populations: {
      many: population({ size: "many", state: {} }),
      few: population({ size: "few", state: {} }),
      least: population({ size: "least", state: {} }),
      fixed: population({ size: 170, state: {} }),
    },
    phases: ({ world }) => ({
      count: world({ doc }, ({ many, few, least, fixed }) => {
        const sizes = seen.get(check) ?? new Set();
        seen.set(check, sizes.add([many.size, few.size, least.size, fixed.size].join()));
      }),
    }),
  });
  const onBegin = (name: string) => {
    check = name;
  };
  checkEconomy(economy, { periods: 1, onBegin });
  expect([...seen.get(CUT)!]).toEqual(["151,30,180,170"]);
  expect([...seen.get(SURVIVE)!]).toEqual(["400,30,200,170"]);
  seen.clear();
  checkEconomy(economy, { periods: 1, onBegin, params: { many: 300, few: 31 } });
  expect([...seen.get(CUT)!]).toEqual(["300,31,180,170"]);
  // Its start refuses fewer than these: it is cut as it is.
  const chosen = param(180, { min: 1, integer: true, doc });
  const start = {
    choose: world({ doc }, (w: AnyWorld, p: { readonly chosen: number }) => {
      if (p.chosen > (w["many"] as AnyRows).size) throw new Error("chosen are more than there are.");
    }),
  };
  seen.clear();
  checkEconomy({ ...economy, params: { ...economy.params, chosen }, start } as never, { periods: 1, onBegin });
  expect([...seen.get(CUT)!]).toEqual(["400,30,200,170"]);
});

test("a source that is not given and a column of links without unit and doc are named", () => {
  const people = population({ size: 2, state: {} });
  const economy = defineEconomy({
    ...rest,
    name: "bare",
    source: "",
    params: { fee: param(1, { unit: "" }), rent: param(1, { unit: "money" }) },
    horizon: 2,
    populations: { people },
    links: {
      ties: links("people", { degree: 1, state: { bare: f64(), said: f64({ doc }), worn: f64({ unit: "kg" }) } }),
    },
    phases: () => ({}),
  });
  expect(detailOf(economy, "everything declared is documented")).toBe("No unit or doc: source, params.fee, ties.bare.");
});
