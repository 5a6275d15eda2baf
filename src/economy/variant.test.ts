// variant: the phase that a parameter names, with the draws of the place where it stands, and nothing where none is named.
import { expect, expectTypeOf, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { choice, flag, param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { phaseBuilder } from "./phases/index.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";
import { grid } from "./spaces.ts";

const { decide, each, world } = phaseBuilder;

const rest = { name: "weather", source: "a test", summary: "Sun, rain or snow.", horizon: 9 } as const;
const weather = defineEconomy({
  ...rest,
  params: {
    sky: choice("sun", ["sun", "rain", "snow"], { doc: "of the day" }),
    wind: flag(false, "blows"),
    fields: param(30, { integer: true, min: 1, doc: "how many" }),
  },
  world: { heat: f64({ doc: "of the air" }), wet: f64({ doc: "of all fields" }), blown: f64({ doc: "times" }) },
  populations: { fields: population({ size: "fields", state: { wet: f64({ doc: "of the soil" }) } }) },
  start: ({ variant, world }) => ({
    dawn: variant("sky", {
      snow: world({ doc: "it begins cold" }, (w) => {
        w.heat = -5;
      }),
    }),
  }),
  phases: ({ each, repeat, total, variant, world }) => {
    const dry = each("fields", { doc: "dry" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.wet[i] /= 2;
    });
    return {
      fall: variant("sky", {
        sun: dry,
        rain: each("fields", { doc: "wet by chance" }, (k, from, to, _w, _p, draw) => {
          const u = draw.uniform("drops");
          for (let i = from; i < to; i++) k.wet[i] += u[i];
        }),
        snow: dry,
      }),
      hours: repeat(
        2,
        { doc: "twice" },
        {
          blow: variant("wind", {
            true: world({ doc: "it blows" }, (w, p) => {
              expectTypeOf(p.sky).toEqualTypeOf<"sun" | "rain" | "snow">();
              w.blown++;
            }),
          }),
        },
      ),
      sum: total("fields", { doc: "all" }, { wet: "wet" }),
    };
  },
});

const played = (params: Readonly<Record<string, unknown>>, periods = 3, options = {}) =>
  fresh(createSimulation(weather, { params, ...options }), periods).worlds[0] as unknown as Record<
    "heat" | "wet" | "blown",
    number
  >;

test("the phase that the parameter names is run, and none where it names none", () => {
  expect(played({})).toMatchObject({ heat: 0, wet: 0, blown: 0 });
  expect(played({ sky: "snow", wind: true })).toMatchObject({ heat: -5, wet: 0, blown: 6 });
  const { heat, wet } = played({ sky: "rain", fields: 4000 });
  expect(heat).toBe(0);
  expect(Math.abs(wet / 4000 - 1.5)).toBeLessThan(4 * Math.sqrt(3 / 12 / 4000));
});

test("draws have the address of the place where the variant stands, as if no other were there", () => {
  const alone = defineEconomy({
    ...rest,
    params: { fields: param(30, { integer: true, min: 1 }) },
    world: { wet: f64() },
    populations: { fields: population({ size: "fields", state: { wet: f64() } }) },
    phases: ({ each, total }) => ({
      fall: each("fields", { doc: "wet by chance" }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("drops");
        for (let i = from; i < to; i++) k.wet[i] += u[i];
      }),
      sum: total("fields", { doc: "all" }, { wet: "wet" }),
    }),
  });
  const { wet } = fresh(createSimulation(alone, { seed: 4 }), 5).worlds[0] as unknown as { wet: number };
  expect(played({ sky: "rain" }, 5, { seed: 4 }).wet).toBe(wet);
});

test.each([{ sky: "rain" }, { sky: "snow", wind: true }])("the contract holds under %o", (params) => {
  expect(checkEconomy(weather, { params, periods: 12 }).filter(({ pass }) => !pass)).toEqual([]);
});

test("a variant that writes other rows than its own is found by the checks, wherever it stands", () => {
  const wrong = { ...weather.phases };
  const stray = each("fields", { doc: "stray" }, (k, from) => {
    (k["wet"] as Float64Array)[from === 0 ? 1 : 0] = 1;
  });
  const economy = {
    ...weather,
    phases: { ...wrong, fall: { ...wrong["fall"], phases: { rain: stray } } },
  } as typeof weather;
  const failed = (params: Readonly<Record<string, unknown>>) =>
    checkEconomy(economy, { params, periods: 3 }).filter(({ pass }) => !pass);
  expect(failed({ sky: "sun" })).toEqual([]);
  expect(
    failed({ sky: "rain" })
      .map(({ detail }) => detail)
      .join(),
  ).toContain("it writes fields.wet[0], which is not of its row");
});

test("a description says what is run when", () => {
  const text = describeEconomy(weather);
  expect(text).toContain("by sky: sun, each of fields; rain, each of fields; snow, each of fields");
  expect(text).toContain("sun, snow: dry; rain: wet by chance");
});

test("other parameters, other names and decisions are refused", () => {
  const varied = (by: string, phases: object) => () =>
    defineEconomy({
      ...rest,
      params: weather.params,
      populations: { fields: population({ size: "fields", actions: { dig: grid(0, 1, 2) } }) },
      phases: ({ variant }) => ({ fall: variant(by as never, phases) }),
    });
  const nothing = world({ doc: "nothing" }, () => {});
  expect(varied("sky", { sun: nothing })).not.toThrow();
  expect(varied("skies", { sun: nothing })).toThrow('Economy "weather": what phase "fall" varies by names "skies".');
  expect(varied("fields", { sun: nothing })).toThrow(
    'phase "fall" varies by fields, a parameter of kind number; expected a choice or a flag.',
  );
  expect(varied("sky", { son: nothing })).toThrow('phase "fall" names "son". Did you mean "sun"?');
  expect(varied("wind", { yes: nothing })).toThrow('phase "fall" names "yes"');
  expect(varied("wind", { true: nothing, false: nothing })).not.toThrow();
  expect(varied("sky", { sun: decide("fields", { doc: "" }) })).toThrow(
    'phase "fall" varies the decision "sun"; leave decisions outside, every: "never" where none is taken.',
  );
  expect(varied("sky", { sun: each("feilds", { doc: "" }, () => {}) })).toThrow(
    'phase "fall/sun" names "feilds". Did you mean "fields"?',
  );
  expect(varied("sky", { sun: 3 })).toThrow('phase "sun"');
  expect(varied("sky", [])).toThrow('variant("sky", …): its phases');
});

test("a value that is no choice and a parameter that is none do not compile", () => {
  const compiles = () =>
    defineEconomy({
      ...rest,
      params: weather.params as { readonly sky: ReturnType<typeof choice<"sun" | "rain">> },
      populations: {},
      phases: ({ variant, world }) => ({
        // @ts-expect-error no choice of this name
        one: variant("sky", { son: world({ doc: "" }, () => {}) }),
        // @ts-expect-error no parameter of this name
        other: variant("skies", {}),
      }),
    });
  expect(compiles).toThrow();
});
