// What a thread says it is running, errors of phases with their place, and the guards that are lifted after a phase.
import { afterEach, expect, test } from "vitest";
import { f64 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { measure } from "./measure.ts";
import { population } from "./population.ts";
import { begin, createRunningCell, end, inPhase, numberOf, readRunning, useRunningCell } from "./running.ts";
import { sealPhases } from "./sealed.ts";
import { createSimulation } from "./simulation.ts";

afterEach(() => {
  useRunningCell(createRunningCell());
});

test("a running phase is named, with its world and period, until it ends", () => {
  const cell = createRunningCell();
  expect(cell.buffer).toBeInstanceOf(SharedArrayBuffer);
  useRunningCell(cell);
  const [first, second] = [numberOf("phase “one” of a"), numberOf("phase two of a")];
  expect([first, second, numberOf("phase “one” of a")]).toEqual([1, 2, 1]);
  expect(readRunning(cell)).toEqual({ begun: 0, what: null, world: 0, period: 0 });
  expect(inPhase()).toBe(false);
  begin(second, 3, 17);
  expect(inPhase()).toBe(true);
  expect(readRunning(cell)).toEqual({ begun: 1, what: "phase two of a", world: 3, period: 17 });
  end();
  expect(inPhase()).toBe(false);
  expect(readRunning(cell)).toEqual({ begun: 1, what: null, world: 3, period: 17 });
  begin(first, 0, 18);
  expect(readRunning(cell)).toEqual({ begun: 2, what: "phase “one” of a", world: 0, period: 18 });
});

test("a cell that is used anew numbers its phases anew", () => {
  const [one, two] = [createRunningCell(), createRunningCell()];
  useRunningCell(one);
  numberOf("a");
  expect(numberOf("b")).toBe(2);
  useRunningCell(two);
  expect(numberOf("b")).toBe(1);
  begin(1, 0, 0);
  expect([readRunning(one).what, readRunning(two).what]).toEqual([null, "b"]);
});

test("names beyond the text of a cell are left out, and their phases are still counted", () => {
  const cell = createRunningCell();
  useRunningCell(cell);
  const room = cell.length - 5;
  const long = "x".repeat(room - 3);
  expect(numberOf(long)).toBe(1);
  expect(numberOf("yy")).toBe(2); // two letters and no room for the end of the line
  expect(numberOf("y")).toBe(3);
  begin(2, 0, 0);
  expect(readRunning(cell).what).toBe("y"); // the only other line
  begin(3, 0, 0);
  expect(readRunning(cell).what).toBe("a phase");
  begin(1, 0, 0);
  expect(readRunning(cell).what).toBe(long);
});

const town = (act: (w: { period: number }) => void, start: (w: { period: number }) => void = () => {}) =>
  defineEconomy({
    name: "town",
    source: "none",
    summary: "",
    params: {},
    horizon: 3,
    populations: { people: population({ size: 2, state: { x: f64() } }) },
    start: ({ world }) => ({ open: world({ doc: "" }, start) }),
    phases: ({ world }) => ({ act: world({ doc: "" }, act), rest: world({ doc: "" }, act) }),
  });

test("phases and start phases say what runs, and end also when they fail", () => {
  const cell = createRunningCell();
  useRunningCell(cell);
  const seen: unknown[] = [];
  let fails = false;
  const look = (): void => {
    seen.push(readRunning(cell));
    if (fails) throw new Error("no");
  };
  const simulation = createSimulation(town(look, look), { numWorlds: 2 });
  simulation.reset(1);
  simulation.runPhase(0, 1);
  simulation.endPeriod(1);
  simulation.runPhase(1, 1);
  expect(seen).toEqual([
    { begun: 1, what: 'start phase "open" of town', world: 1, period: 0 },
    { begun: 2, what: 'phase "act" of town', world: 1, period: 0 },
    { begun: 3, what: 'phase "rest" of town', world: 1, period: 1 },
  ]);
  expect(inPhase()).toBe(false);
  fails = true;
  expect(() => simulation.runPhase(0, 1)).toThrow('Phase "act" failed: no (economy town, world 1, period 1).');
  expect(inPhase()).toBe(false);
  expect(() => simulation.reset(1)).toThrow('Start phase "open" failed: no (economy town, world 1, period 0).');
  expect(inPhase()).toBe(false);
});

test("an error of a phase carries its cause, world and tick; one that knows its place stays as it is", () => {
  const thrown = (error: unknown) => {
    const simulation = createSimulation(
      town(() => {
        throw error;
      }),
      { numWorlds: 2 },
    );
    for (let t = 0; t < 3; t++) simulation.endPeriod(1);
    simulation.reset(1);
    simulation.endPeriod(1);
    try {
      simulation.runPhase(0, 1);
    } catch (caught) {
      return caught;
    }
    return null;
  };
  const plain = new RangeError("no");
  const wrapped = thrown(plain);
  expect(wrapped).toMatchObject({
    message: 'Phase "act" failed: no (economy town, world 1, period 1).',
    world: 1,
    tick: 4,
  });
  expect((wrapped as Error).cause).toBe(plain);
  expect(thrown("a text")).toMatchObject({ message: 'Phase "act" failed: a text (economy town, world 1, period 1).' });
  const placed = Object.assign(new Error("x"), { world: 7 });
  expect(thrown(placed)).toBe(placed);
  const abandoned = Object.assign(new Error("x"), { name: "Abandoned" });
  expect(thrown(abandoned)).toBe(abandoned);
  const named = new Error('town: phase "act" says so');
  expect(thrown(named)).toBe(named);
  const other = new Error("in town");
  expect(thrown(other)).not.toBe(other);
});

test("guards refuse while a phase runs, answer otherwise with the original's own answer, and go when they are lifted", () => {
  const originals = [
    Math.random,
    Date.now,
    globalThis.Date,
    performance.now,
    crypto.randomUUID,
    process.env,
  ] as unknown[];
  const now = () =>
    [Math.random, Date.now, globalThis.Date, performance.now, crypto.randomUUID, process.env] as unknown[];
  const described = () =>
    ["random", "floor"]
      .map((key) => Object.getOwnPropertyDescriptor(Math, key)?.enumerable)
      .concat([
        Object.getOwnPropertyDescriptor(globalThis, "Date")?.enumerable,
        Object.getOwnPropertyDescriptor(process, "env")?.enumerable,
      ]);
  const before = described();
  const lift = sealPhases();
  const again = sealPhases();
  try {
    again(); // whoever sealed first lifts
    now().forEach((value, k) => {
      expect(value).not.toBe(originals[k]);
    });
    expect(described()).toEqual(before);
    expect(Math.random()).toBeLessThan(1);
    expect(crypto.randomUUID()).toHaveLength(36);
    expect(crypto.getRandomValues(new Uint8Array(3))).toHaveLength(3);
    expect(new Date(86_400_000).getTime()).toBe(86_400_000);
    expect(typeof Date()).toBe("string");
    expect(process.env["PATH"]).toBe((originals[5] as NodeJS.ProcessEnv)["PATH"]);
    expect(performance.now()).toBeGreaterThan(0);
    begin(1, 0, 0);
    try {
      const refused = "is not for phases, since";
      expect(() => Math.random()).toThrow(`Math.random ${refused} a seed does not bring it back`);
      expect(() => crypto.randomUUID()).toThrow(`crypto.randomUUID ${refused} a seed`);
      expect(() => crypto.getRandomValues(new Uint8Array(1))).toThrow(`crypto.getRandomValues ${refused} a seed`);
      expect(() => Date.now()).toThrow(`Date.now ${refused} it differs from run to run`);
      expect(() => Date()).toThrow(`Date() ${refused} it differs from run to run`);
      expect(() => new Date()).toThrow(`new Date() ${refused} it differs from run to run`);
      expect(() => performance.now()).toThrow(`performance.now ${refused} it differs from run to run`);
      expect(() => process.env["PATH"]).toThrow(`process.env.PATH ${refused} it differs between machines`);
      expect(new Date(2000, 1).getMonth()).toBe(1);
    } finally {
      end();
    }
  } finally {
    lift();
  }
  now().forEach((value, k) => {
    expect(value).toBe(originals[k]);
  });
  expect(described()).toEqual(before);
  const relift = sealPhases(); // after being lifted, guards can be set again
  expect(Math.random).not.toBe(originals[0]);
  relift();
  expect(Math.random).toBe(originals[0]);
});

test("a metric that is infinite is an error with its world, one without anything to measure is not", () => {
  const metrics = { m: { unit: "1", doc: "", of: (w: { readonly x: number }) => w.x } };
  const value = (x: number) => measure({ name: "town", metrics: metrics as never }, "m", { x } as never, {}, 3);
  expect([value(2), value(Number.NaN)]).toEqual([2, Number.NaN]);
  for (const x of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(() => value(x)).toThrow(`town: metric "m" is ${x} in world 3, expected a number`);
    try {
      value(x);
    } catch (error) {
      expect(error).toMatchObject({ world: 3 });
    }
  }
});
