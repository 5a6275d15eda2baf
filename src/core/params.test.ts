import { expect, test } from "vitest";
import { choice, derived, flag, numbers, param, rangeOf, resolveParams } from "./params.ts";

const economy = {
  name: "town",
  params: {
    wealth: param(derived, { min: 0, exclusive: true }),
    agents: param(10, { min: 2, max: 100, integer: true }),
    share: param(0.5, { min: 0, max: 1, exclusive: true }),
    fee: param(0, { min: 0 }),
    debt: param(-1, { max: 0 }),
    any: param(3),
    regime: choice("calm", ["calm", "storm"]),
    taxed: flag(true),
    savings: param(derived),
    wages: numbers([1, 2], { min: 0, exclusive: true, most: 3 }),
  },
  derive: {
    wealth: (p: Record<string, unknown>) => 2 * (p.agents as number),
    savings: (p: Record<string, unknown>) => (p.wealth as number) * (p.share as number),
  },
};
const resolve = (settings: Record<string, unknown> = {}) => resolveParams(economy, settings);

test("defaults fill in, derived values follow from them, and all stand in the order of declaration", () => {
  const values = resolve();
  expect(values).toEqual({
    wealth: 20,
    agents: 10,
    share: 0.5,
    fee: 0,
    debt: -1,
    any: 3,
    regime: "calm",
    taxed: true,
    savings: 10,
    wages: [1, 2],
  });
  expect(Object.keys(values)).toEqual(Object.keys(economy.params));
  expect(Object.keys(resolve({ savings: 1, agents: 3, wealth: 2 }))).toEqual(Object.keys(economy.params));
});

test("a derived parameter follows what was set, and may be set itself", () => {
  expect(resolve({ agents: 50 })).toMatchObject({ wealth: 100, savings: 50 });
  expect(resolve({ agents: 50, wealth: 7 })).toMatchObject({ wealth: 7, savings: 3.5 });
});

test("text from a command line is read as what it says", () => {
  expect(resolve({ agents: "20", fee: "1e-3", any: " -4.5 ", taxed: "false", regime: "storm" })).toMatchObject({
    agents: 20,
    fee: 1e-3,
    any: -4.5,
    taxed: false,
    regime: "storm",
  });
});

test("a list is an array in code and numbers between commas on a command line", () => {
  for (const wages of [[0.5, 1, 4], "0.5,1,4", " .5, 1 ,4"]) expect(resolve({ wages }).wages).toEqual([0.5, 1, 4]);
  expect(resolve({ wages: "3" }).wages).toEqual([3]);
});

test("undefined means not set", () => {
  expect(resolve({ agents: undefined })).toEqual(resolve());
});

test.each([
  ["agents", 1, "town.agents: got 1, expected an integer from 2 to 100."],
  ["agents", 101, "town.agents: got 101, expected an integer from 2 to 100."],
  ["agents", 2.5, "town.agents: got 2.5, expected an integer from 2 to 100."],
  ["agents", "ten", 'town.agents: got "ten", expected an integer from 2 to 100.'],
  ["agents", "", 'town.agents: got "", expected an integer from 2 to 100.'],
  ["agents", " ", 'town.agents: got " ", expected an integer from 2 to 100.'],
  ["agents", null, "town.agents: got null, expected an integer from 2 to 100."],
  ["agents", [3], "town.agents: got [3], expected an integer from 2 to 100."],
  ["agents", true, "town.agents: got true, expected an integer from 2 to 100."],
  ["share", 0, "town.share: got 0, expected a number strictly between 0 and 1."],
  ["share", 1, "town.share: got 1, expected a number strictly between 0 and 1."],
  ["fee", -1e-9, "town.fee: got -1e-9, expected a number at least 0."],
  ["debt", 1, "town.debt: got 1, expected a number at most 0."],
  ["any", Number.NaN, "town.any: got NaN, expected a number."],
  ["any", "NaN", 'town.any: got "NaN", expected a number.'],
  ["any", Infinity, "town.any: got Infinity, expected a number."],
  ["any", "1,5", 'town.any: got "1,5", expected a number.'],
  ["wealth", 0, "town.wealth: got 0, expected a number above 0."],
  ["regime", "clam", 'town.regime: got "clam", expected calm or storm.'],
  ["regime", 3, "town.regime: got 3, expected calm or storm."],
  ["taxed", "yes", 'town.taxed: got "yes", expected true or false.'],
  ["wages", 1, "town.wages: got 1, expected a list of 1 to 3, each a number above 0."],
  ["wages", [], "town.wages: got [], expected a list of 1 to 3, each a number above 0."],
  ["wages", "1,2,3,4", 'town.wages: got "1,2,3,4", expected a list of 1 to 3, each a number above 0.'],
  ["wages", "1,,2", 'town.wages[1]: got "", expected a number above 0.'],
  ["wages", [1, 0], "town.wages[1]: got 0, expected a number above 0."],
  ["wages", [1, [2]], "town.wages[1]: got [2], expected a number above 0."],
  ["taxed", 1, "town.taxed: got 1, expected true or false."],
])("%s = %j is refused with what came and what was expected", (name, value, message) => {
  expect(() => resolve({ [name]: value })).toThrow(message);
});

test("bounds themselves are admissible unless the range is exclusive", () => {
  for (const agents of [2, 100]) expect(resolve({ agents }).agents).toBe(agents);
  expect(resolve({ fee: 0, debt: 0 })).toMatchObject({ fee: 0, debt: 0 });
});

test("an unknown parameter is named with its nearest namesake, and how to list all", () => {
  expect(() => resolve({ agnets: 3 })).toThrow(
    'Unknown parameter "agnets" of town. Did you mean "agents"? walras describe lists its 10 parameters.',
  );
  expect(() => resolve({ zzzzzz: 3 })).toThrow('Unknown parameter "zzzzzz" of town. walras describe lists');
  expect(() => resolve({ toString: 3 })).toThrow('Unknown parameter "toString"');
});

test("a derived value out of range says that it was derived", () => {
  const broken = { ...economy, derive: { ...economy.derive, wealth: () => Number.NaN } };
  expect(() => resolveParams(broken)).toThrow("town.wealth (derived): got NaN, expected a number above 0.");
  expect(() => resolveParams({ name: "town", params: { x: param(derived) } })).toThrow(
    "town.x is derived but the economy has no derive.x.",
  );
});

test("a list says how many numbers it takes", () => {
  const of =
    (least: number, most = Infinity) =>
    () =>
      resolveParams({ name: "town", params: { x: numbers([], { least, most }) } }, { x: "" });
  expect(of(2, 2)).toThrow('town.x: got "", expected a list of 2, each a number.');
  expect(of(2)).toThrow('town.x: got "", expected a list of at least 2, each a number.');
});

test("ranges read as sentences", () => {
  expect(rangeOf(param(1))).toBe("a number");
  expect(rangeOf(param(1, { min: 0, exclusive: true }))).toBe("a number above 0");
  expect(rangeOf(param(1, { max: 5, integer: true }))).toBe("an integer at most 5");
});

test("resolved parameters cannot be changed, and neither can their lists, nor the declaration through them", () => {
  const economy = { name: "town", params: { fee: param(1), wages: numbers([1, 2]) } };
  const p = resolveParams(economy) as { fee: number; wages: number[] };
  expect(() => {
    p.fee = 2;
  }).toThrow(TypeError);
  expect(() => p.wages.push(3)).toThrow(TypeError);
  expect(() => {
    (resolveParams(economy, { wages: [4, 5] }) as { wages: number[] }).wages[0] = 9;
  }).toThrow(TypeError);
  const given = [4, 5];
  resolveParams(economy, { wages: given });
  given[0] = 6; // the caller's own list stays the caller's
  expect(resolveParams(economy).wages).toEqual([1, 2]);
});
