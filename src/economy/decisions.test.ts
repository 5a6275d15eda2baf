// Decisions with all that they own, the clock that they keep, and declarations of them that are refused.
import { expect, test } from "vitest";
import { choice, param } from "../core/params.ts";
import { eventTime, f64, u8 } from "./columns.ts";
import { clockOf, decisionsOf, isDecided } from "./decisions.ts";
import { defineEconomy } from "./define.ts";
import type { PhaseBuilder, Phases } from "./phases/index.ts";
import { population } from "./population.ts";
import { box, grid } from "./spaces.ts";

const params = { pace: choice("period", ["period", "episode", "never"]), months: param(3, { integer: true, min: 1 }) };
const world = { sum: f64() };
const populations = {
  people: population({
    size: 2,
    state: { x: f64(), awake: u8(), old: u8(), call: eventTime(), pay: f64() },
    actions: { work: grid(0, 1, 2), save: box(0, 1) },
  }),
  boss: population({ size: 1, actions: { mood: grid(0, 1, 2) } }),
};
type Builder = PhaseBuilder<typeof params, typeof world, typeof populations>;
const economyOf = (phases: (build: Builder) => Phases, rest: object = {}) =>
  defineEconomy({
    name: "office",
    source: "a test",
    summary: "Who decides what.",
    params,
    horizon: 4,
    world,
    populations,
    phases: (build) => phases(build as unknown as Builder),
    observe: { people: { x: { column: "x", doc: "x" }, sum: { world: "sum", doc: "all" } } },
    mask: { people: { work: { doc: "never much", allows: (_k, _i, work) => work < 1 } } },
    ...rest,
  });
const doc = { doc: "a decision" };

test("a clock is a number, what a parameter says, or episode; a period is 1", () => {
  const values = { pace: "period", months: 3 };
  const clock = (every: number | string, p: Record<string, number | string> = values) =>
    clockOf({ populations }, { every, population: "people" }, p);
  expect(clock(2)).toBe(2);
  expect(clock("months")).toBe(3);
  expect(clock("pace")).toBe(1);
  expect(clock("episode")).toBe("episode");
  expect(clock("pace", { ...values, pace: "never" })).toBe("never");
});

test("who is not there never decides", () => {
  const staffed = { ...populations, people: { ...populations.people, size: "months" } };
  for (const every of [1, "months", "episode"]) {
    const one = { every, population: "people" };
    expect(clockOf({ populations: staffed }, one, { months: 0 })).toBe("never");
    expect(clockOf({ populations: staffed }, one, { months: 2 })).not.toBe("never");
  }
});

test("an economy is decided where any of its decisions is taken", () => {
  const both = economyOf(({ decide }) => ({
    act: decide("people", { ...doc, every: "pace" }),
    lead: decide("boss", { ...doc, every: "months" }),
  }));
  const one = economyOf(({ decide }) => ({ act: decide("people", { ...doc, every: "pace" }) }));
  expect(isDecided(both, { pace: "never", months: 3 })).toBe(true);
  expect(isDecided(one, { pace: "never" })).toBe(false);
  expect(isDecided(one, { pace: "episode" })).toBe(true);
  expect(
    isDecided(
      economyOf(() => ({})),
      {},
    ),
  ).toBe(false);
});

const day = (build: Builder, decide: object): Phases => ({
  day: build.events(1, doc, {
    call: { ...doc, of: "people", at: "call", decide: decide as { choices: ["save"] }, run() {} },
  }),
});

test("a decision is known by its population, or by its phase or event where there are several; in order of events", () => {
  const economy = economyOf((build) => ({
    lead: build.decide("boss", doc),
    act: build.decide("people", { ...doc, choices: ["work"], observe: ["sum"], who: "awake" }),
    ...day(build, { choices: ["save"], observe: { own: { column: "pay", doc: "pay" } } }),
  }));
  expect(decisionsOf(economy)).toMatchObject([
    { key: "boss", phase: "lead", event: null, choices: ["mood"], observe: {}, mask: {}, flags: [], lives: null },
    { key: "act", phase: "act", event: null, choices: ["work"], flags: ["awake"], every: 1 },
    { key: "call", phase: "day", event: "call", population: "people", choices: ["save"], every: 1, mask: {} },
  ]);
  const [, act, call] = decisionsOf(economy);
  expect(Object.keys(act!.observe)).toEqual(["sum"]);
  expect(Object.keys(act!.mask)).toEqual(["work"]);
  expect(Object.keys(call!.observe)).toEqual(["own"]);
});

const refused = (phases: (build: Builder) => Phases, rest?: object) => () => economyOf(phases, rest);
test("decisions of what is not there, of nothing, or twice of one action are refused, each where it stands", () => {
  const act = (options: object) => refused(({ decide }) => ({ act: decide("people", { ...doc, ...options }) }));
  expect(act({})).not.toThrow();
  expect(act({ choices: ["wrok"] })).toThrow('the choices of phase "act" names "wrok". Did you mean "work"?');
  expect(act({ choices: [] })).toThrow('phase "act" chooses nothing; leave choices out, or name an action.');
  expect(act({ observe: ["smu"] })).toThrow('what phase "act" observes names "smu". Did you mean "sum"?');
  expect(act({ observe: ["sum", "x"] })).not.toThrow();
  const mask = (action: string) => ({ mask: { [action]: { doc: "", allows: () => true } } });
  expect(act({ choices: ["work"], ...mask("save") })).toThrow('the mask of phase "act" names "save"');
  expect(act(mask("save"))).toThrow('the mask of phase "act": save is a box, which has no choices to leave out.');
  expect(act(mask("work"))).not.toThrow();
  expect(refused((build) => day(build, { choices: ["svae"] }))).toThrow(
    'the choices of event "call" of phase "day" names "svae". Did you mean "save"?',
  );
});

test("an action belongs to one decision, unless each says who takes it or is of one row at an event", () => {
  const twice = (one: object, other: object) =>
    refused(({ decide }) => ({
      morning: decide("people", { ...doc, ...one }),
      evening: decide("people", { ...doc, ...other }),
    }));
  expect(twice({}, {})).toThrow(
    'people choose work and save in phase "morning" and again in "evening", which would overwrite the first choice. Divide the actions between them by `choices`, or say `who` takes either.',
  );
  expect(twice({ choices: ["work"] }, { choices: ["save"] })).not.toThrow();
  expect(twice({ who: "awake" }, { who: "old" })).not.toThrow();
  expect(twice({ who: "awake" }, {})).toThrow("and again in");
  expect(twice({}, { who: "awake" })).toThrow("and again in");
  const atEvent = (one: object, other: object) =>
    refused((build) => ({ act: build.decide("people", { ...doc, ...one }), ...day(build, other) }));
  expect(atEvent({ who: "awake" }, { choices: ["save"] })).not.toThrow();
  expect(atEvent({}, { choices: ["save"] })).toThrow(
    'people choose save in phase "act" and again at event "call" of phase "day", which',
  );
  const before = refused((build) => ({ ...day(build, { choices: ["save"] }), act: build.decide("people", doc) }));
  expect(before).toThrow('people choose save at event "call" of phase "day" and again in "act", which');
});

test("events that decide stand where they are run in every period", () => {
  const varied = (decide: object | null) =>
    refused((build) => ({
      pace: build.variant("pace", {
        period: build.events(1, doc, {
          call: { ...doc, of: "people", at: "call", ...(decide as { decide: { choices: ["save"] } }), run() {} },
        }),
      }),
    }));
  expect(varied(null)).not.toThrow();
  expect(varied({ decide: { choices: ["save"] } })).toThrow(
    'phase "pace/period" has decisions at event "call"; leave such events outside a variant.',
  );
});

test("two decisions are not known by one name", () => {
  const named = (phase: string, event: object = {}) =>
    refused((build) => ({
      boss: build.decide("people", { ...doc, choices: ["work"] }),
      [phase]: build.decide("people", { ...doc, choices: ["save"] }),
      lead: build.decide("boss", doc),
      ...event,
    }));
  expect(named("other")).toThrow(
    'phase "lead" and the decision of people are both known as "boss"; name the phase otherwise.',
  );
  expect(
    refused((build) => ({
      call: build.decide("people", { ...doc, choices: ["work"] }),
      ...day(build, { choices: ["save"] }),
    })),
  ).toThrow(
    'event "call" of phase "day" and the decision of people are both known as "call"; name the event otherwise.',
  );
});

test("payoffs are of all actions together", () => {
  const grids = {
    ...populations,
    people: population({ size: 2, state: { pay: f64() }, actions: { work: grid(0, 1, 2), rest: grid(0, 1, 2) } }),
  };
  const paid = (choices?: readonly string[]) =>
    refused(({ decide }) => ({ act: decide("people", { ...doc, ...(choices && { choices }) } as { doc: string }) }), {
      populations: grids,
      observe: {},
      mask: {},
      reward: { people: { column: "pay", doc: "pay" } },
      payoffs: { people: () => {} },
    });
  expect(paid()).not.toThrow();
  expect(paid(["work", "rest"])).not.toThrow();
  expect(paid(["work"])).toThrow('payoffs.people are of all actions together, and phase "act" chooses work only.');
});
