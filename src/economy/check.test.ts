// The checks must be able to fail: economies broken on purpose.
import { expect, test } from "vitest";
import { choice, derived, param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy } from "./economy.ts";
import { population } from "./population.ts";
import { grid } from "./spaces.ts";

const failures = (economy: Economy) => checkEconomy(economy, { periods: 12 }).filter(({ pass }) => !pass);
const names = (economy: Economy) => failures(economy).map(({ name }) => name);

const CUT = "cutting the rows into 1, 2 and 7 pieces changes nothing";
const SAME = "the same seed gives the same bytes";
const CONTINUED = "stopped and continued from its columns, a run goes on the same";
const ACCESS = "phases read and write what they declare";
const SEALED = "no phase asks for chance, the clock or the environment";
const LOOKED = "metrics, identities and their like leave the world as it is";
const SURVIVE = "phases survive random, unmasked actions and identities hold after each";

const town = {
  name: "town",
  source: "none",
  summary: "Goods on rows.",
  params: { n: param(20, { min: 1, integer: true, doc: "people" }) },
  horizon: 5,
  populations: {
    people: population({
      size: "n",
      state: { goods: f64({ unit: "goods", initial: 1 }) },
      actions: { gift: grid(0, 1, 5, { unit: "goods" }) },
    }),
  },
  reward: { people: { column: "goods", doc: "goods held" } },
} as const;
const doc = "what happens";

test("a sound economy passes every check", () => {
  const sound = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      swap: each("people", { doc, partner: "random", reads: ["gift"] }, (k, from, to, _w, _p, _draw, other) => {
        for (let i = from; i < to; i++) if (other.row[i] >= 0) k.goods[i] += other.gift[other.row[i]] - k.gift[i];
      }),
    }),
    identities: {
      goods: { doc: "Σ goods", of: ({ people }) => people.goods.reduce((a, b) => a + b, 0) - people.size },
    },
    truth: () => ({ mean: 1 }),
  });
  expect(failures(sound)).toEqual([]);
});

test("goods that come from nowhere fail the identity", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      give: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.goods[i] += k.gift[i];
      }),
    }),
    identities: {
      goods: { doc: "Σ goods", of: ({ people }) => people.goods.reduce((a, b) => a + b, 0) - people.size },
    },
  });
  const [failed, ...others] = failures(economy);
  expect(others).toEqual([]);
  expect(failed.name).toBe(SURVIVE);
  expect(failed.detail).toMatch(/Identity "goods" of town is off by .* after phase "give"/);
});

test("a phase that only survives its mask fails under random actions", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      spend: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.goods[i] = Math.sqrt(1 - 2 * k.gift[i]);
      }),
    }),
  });
  expect(names(economy)).toContain(SURVIVE);
  expect(failures(economy)[0].detail).toMatch(/Phase "spend" produced NaN in people.goods\[\d+\]/);
});

test.each([
  ["the row before", -1],
  ["the row after", 1],
])("a phase that reads %s fails the cut", (_which, offset) => {
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      copy: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("u");
        for (let i = from; i < to; i++) k.goods[i] = u[i] + 0.5 * (k.goods[(i + offset + k.size) % k.size] ?? 0);
      }),
    }),
  });
  expect(names(economy)).toEqual([CUT, ACCESS]);
});

test("a sum taken inside `each` fails the cut", () => {
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      share: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("u");
        let sum = 0;
        for (let i = from; i < to; i++) sum += u[i];
        for (let i = from; i < to; i++) k.goods[i] = sum / (to - from);
      }),
    }),
  });
  expect(names(economy)).toEqual([CUT]);
});

test("state kept outside the columns fails", () => {
  let calls = 0;
  const economy = defineEconomy({
    ...town,
    phases: ({ each }) => ({
      count: each("people", { doc }, (k, from, to) => {
        calls++;
        for (let i = from; i < to; i++) k.goods[i] = calls;
      }),
    }),
  });
  expect(names(economy)).toEqual([SAME, CONTINUED, CUT]);
});

const each = (
  run: (k: { goods: Float64Array }, from: number, to: number, w: { period: number }, p: { n: number }) => void,
) => defineEconomy({ ...town, phases: ({ each }) => ({ act: each("people", { doc }, run as never) }) });

test("a closure that starts afresh with every episode shows when a run is continued", () => {
  let kept = 0;
  const economy = each((k, from, to, w) => {
    if (w.period === 0 && from === 0) kept = 0;
    if (from === 0) kept += k.goods[0];
    for (let i = from; i < to; i++) k.goods[i] += w.period === 3 ? kept : 0.5;
  });
  expect(names(economy)).toContain(CONTINUED);
  expect(names(economy)).not.toContain(SAME);
});

test("a closure that worlds share shows when they are taken in another order", () => {
  let last = 0;
  const economy = each((k, from, to, w) => {
    if (w.period === 0) last = 0;
    for (let i = from; i < to; i++) k.goods[i] = i + w.period;
    k.goods[from] += last;
    last = k.goods[from] % 7;
  });
  expect(names(economy)).toContain(CONTINUED);
});

test.each([
  ["Math.random", () => Math.random(), /act\.run: Math\.random is not for phases/],
  ["Date.now", () => Date.now(), /Date is not for phases/],
  ["new Date", () => new Date().getMonth(), /Date is not for phases/],
  ["performance.now", () => performance.now(), /performance\.now is not for phases/],
  [
    "process.env",
    () => Number(process.env["HOME"]?.length),
    /process\.env is not for phases, since it differs between machines/,
  ],
  ["crypto", () => crypto.getRandomValues(new Uint8Array(1))[0], /crypto is not for phases/],
])("%s in a branch that is not reached is seen in the text of the phase", (_what, ask, message) => {
  // The text is what a user would write; the function never runs.
  const run = new Function("k", "from", "to", "w", `if (w.period > 1e6) k.goods[0] = (${ask})();`);
  expect(failures(each(run as never))).toEqual([{ name: SEALED, pass: false, detail: expect.stringMatching(message) }]);
});

test.each([
  ["Math.random", () => Math.random()],
  ["Date.now", () => Date.now()],
  ["new Date()", () => new Date().getMonth()],
  ["Date()", () => Date().length],
  ["performance.now", () => performance.now()],
  ["process.env.HOME", () => Number(process.env["HOME"]?.length)],
  ["crypto.getRandomValues", () => crypto.getRandomValues(new Uint8Array(1))[0]],
  ["crypto.randomUUID", () => crypto.randomUUID().length],
])("%s, asked by a helper, throws while a phase runs and answers again afterwards", (what, ask) => {
  const economy = each((k, from, to) => {
    for (let i = from; i < to; i++) k.goods[i] = ask();
  });
  const [failed] = failures(economy);
  expect(failed.name).toBe(SURVIVE);
  expect(failed.detail).toContain(`Phase "act" failed: ${what} is not for phases, since `);
  expect(ask()).toEqual(expect.any(Number));
  expect(new Date(0).getTime()).toBe(0);
  expect(new Date()).toBeInstanceOf(Date);
});

test("a date made of numbers is arithmetic, and may be used", () => {
  const economy = each((k, from, to, w) => {
    for (let i = from; i < to; i++) k.goods[i] = new Date(Date.UTC(2000, w.period)).getUTCMonth();
  });
  expect(failures(economy)).toEqual([]);
});

test("a parameter changed in a phase fails", () => {
  const economy = each((_k, _from, _to, _w, p) => {
    p.n = 3;
  });
  expect(failures(economy)[0].detail).toMatch(/^Phase "act" failed: Cannot assign to read only property 'n'/);
});

test("a phase that returns a promise fails, and one that is async is refused where it is defined", () => {
  const later = each((k) => Promise.resolve().then(() => k.goods.fill(1)) as never);
  expect(failures(later)[0].detail).toContain('Phase "act" failed: it returns a promise');
  const message = 'phase "act" is an async function or a generator; a phase is over when it returns.';
  expect(() => each((async () => {}) as never)).toThrow(message);
  expect(() => each(function* () {} as never)).toThrow(message);
  expect(() =>
    defineEconomy({ ...town, start: ({ world }) => ({ act: world({ doc }, async () => {}) }), phases: () => ({}) }),
  ).toThrow(message);
});

const LOOKS = {
  "metrics.all": { metrics: { all: { unit: "goods", doc, of: write } } },
  "identities.all": { identities: { all: { doc, of: write } } },
  end: { end: (w: Town) => write(w) > 0 },
  "mask.people.gift": {
    mask: { people: { gift: { doc, allows: (_k: unknown, _i: number, _c: number, w: Town) => write(w) === 0 } } },
  },
  "potential.people": { potential: { people: (_k: unknown, _i: number, w: Town) => write(w) } },
  "payoffs.people": {
    payoffs: { people: (_out: unknown, _k: unknown, _i: number, w: Town) => void write(w) },
  },
};
interface Town {
  readonly people: { readonly goods: Float64Array };
}
function write({ people: { goods } }: Town): number {
  goods[3] += 1;
  return 0;
}
test.each(Object.entries(LOOKS))("%s that writes the world is named", (name, look) => {
  const phases = {
    phases: (build: { decide: (...args: unknown[]) => unknown }) => ({ choose: build.decide("people", { doc }) }),
  };
  const economy = defineEconomy({ ...town, ...phases, ...look } as never);
  const failed = failures(economy).find(({ name }) => name === LOOKED);
  expect(failed?.detail).toBe(`${name} writes the world (world 0, period 0); it may only look.`);
});

test("what looks must give numbers, and say which of them failed", () => {
  const economy = (changes: object) => defineEconomy({ ...town, phases: () => ({}), ...changes } as never);
  const detail = (changes: object) => failures(economy(changes)).find(({ name }) => name === LOOKED)?.detail;
  expect(detail({ metrics: { m: { unit: "", doc, of: () => "3" } } })).toBe("metrics.m is 3, expected a number.");
  const thrown = () => {
    throw new Error("no such thing");
  };
  expect(detail({ metrics: { m: { unit: "", doc, of: thrown } } })).toBe("metrics.m: no such thing");
  const scaled = (scaling: object) => ({ observe: { people: { x: { column: "goods", doc, ...scaling } } } });
  expect(detail(scaled({ scale: () => 0 }))).toBe(
    "observe.people.x: scale is 0, expected a finite number other than 0.",
  );
  expect(detail(scaled({ center: () => Number.NaN }))).toBe(
    "observe.people.x: center is NaN, expected a finite number.",
  );
  expect(detail(scaled({ center: () => 0, scale: () => 2 }))).toBe(undefined);
  expect(detail({ metrics: { m: { unit: "", doc, of: () => Date.now() - Date.now() } } })).toContain(
    "metrics.m: Date.now is not",
  );
});

test("a population that decides and is not rewarded is named", () => {
  const { reward: _, ...unpaid } = town;
  const economy = defineEconomy({ ...unpaid, phases: ({ decide }) => ({ choose: decide("people", { doc }) }) });
  expect(failures(economy)).toEqual([
    {
      name: "whoever decides is rewarded",
      pass: false,
      detail:
        'No reward: people. Name the column that each is rewarded by, reward: { people: { column: "…", doc: "…" } }; nobody learns without.',
    },
  ]);
});

test("sizes that are derived, or were set, are left as they are when rows are cut", () => {
  const sizes: number[][] = [];
  const network = defineEconomy({
    name: "network",
    source: "none",
    summary: "A complete graph.",
    params: {
      nodes: param(500, { min: 2, integer: true, doc: "nodes" }),
      edges: param(derived, { integer: true, doc: "edges" }),
    },
    derive: { edges: ({ nodes }) => (nodes * (nodes - 1)) / 2 },
    horizon: 2,
    populations: {
      nodes: population({ size: "nodes", state: { load: f64({ unit: "1", doc: "load" }) } }),
      edges: population({ size: "edges", state: { flow: f64({ unit: "1", doc: "flow" }) } }),
    },
    phases: ({ world }) => ({
      connect: world({ doc }, (w) => {
        sizes.push([w.nodes.size, w.edges.size]);
        w.nodes.load[0] = w.edges.size === (w.nodes.size * (w.nodes.size - 1)) / 2 ? 1 : Number.NaN;
      }),
    }),
  });
  expect(checkEconomy(network, { periods: 2 }).filter(({ pass }) => !pass)).toEqual([]);
  expect(sizes.at(-1)).toEqual([500, 124750]); // looking around
  expect(sizes).toContainEqual([151, 11325]);
  sizes.length = 0;
  checkEconomy(network, { periods: 2, params: { nodes: 300 } });
  expect(new Set(sizes.map(String))).toEqual(new Set(["300,44850"]));
});

test("where an economy is none with fewer agents, rows are cut as they are", () => {
  const list = defineEconomy({
    ...town,
    params: {
      n: param(200, { min: 1, integer: true, doc: "people" }),
      left: param(derived, { min: 1, doc: "beyond 199" }),
    },
    derive: { left: ({ n }) => n - 199 },
    phases: () => ({}),
  });
  expect(failures(list)).toEqual([]);
});

test("theory that is another each time fails", () => {
  let asked = 0;
  const economy = defineEconomy({ ...town, phases: () => ({}), truth: () => ({ price: ++asked }) });
  expect(failures(economy)).toEqual([
    { name: "theory is finite", pass: false, detail: "truth.price is 1 and, asked again, 2." },
  ]);
});

test("what nobody documented is listed", () => {
  const economy = defineEconomy({
    ...town,
    reward: { people: { column: "x", doc: "x" } },
    summary: "",
    params: { fee: param(1), share: param(1, { symbol: "s" }), regime: choice("a", ["a", "b"]) },
    world: { price: f64() },
    populations: {
      people: population({ size: 3, state: { x: f64(), y: f64({ unit: "goods" }) }, actions: { gift: grid(0, 1, 5) } }),
    },
    phases: ({ decide }) => ({ choose: decide("people", { doc: "" }) }),
    observe: { people: { x: { column: "x", doc: "" } } },
  });
  expect(failures(economy)).toEqual([
    {
      name: "everything declared is documented",
      pass: false,
      detail:
        "No unit or doc: summary, params.fee, params.regime, phase choose, people.x, people.gift, world.price, observe.people.x.",
    },
  ]);
});

test("theory that is not a number fails", () => {
  const economy = defineEconomy({ ...town, phases: () => ({}), truth: () => ({ price: Number.NaN }) });
  const detail = 'truth.price is NaN. Where theory does not apply, return unknown("reason") in its place.';
  expect(failures(economy)).toEqual([{ name: "theory is finite", pass: false, detail }]);
});

test.each([
  { points: [], said: "has no point" },
  {
    points: [
      [0, 1],
      [1, Number.NaN],
    ],
    said: "has [1, NaN] as its point 1",
  },
  {
    points: [
      [0, 1],
      [0, 2],
    ],
    said: "has [0, 2] as its point 1",
  },
] as const)("a figure's theory is finite points in ascending order: $said", ({ points, said }) => {
  const economy = defineEconomy({
    ...town,
    phases: () => ({}),
    metrics: { price: { unit: "1", doc: "of all", of: () => 1 } },
    figures: [{ title: "Price", metric: "price", path: () => points, caption: "" }],
  });
  const detail = `Theory of figure "Price" ${said}, expected finite points in ascending order. Where theory does not apply, return unknown("reason").`;
  expect(failures(economy)).toEqual([{ name: "theory is finite", pass: false, detail }]);
  expect(() =>
    defineEconomy({ ...town, phases: () => ({}), figures: [{ title: "Price", metric: "prize", caption: "" }] }),
  ).toThrow(/figure "Price" names "prize"/);
});
