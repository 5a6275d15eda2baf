// What two parts say of one name, joined: what one leaves unsaid the other says, ranges meet, and objects that are the same are one.
import { expect, test } from "vitest";
import { choice, flag, numbers, type Param, param } from "../core/params.ts";
import { f64, index } from "./columns.ts";
import { compose } from "./compose.ts";
import { links } from "./links.ts";
import { extension, type Part, part } from "./part.ts";
import { population } from "./population.ts";
import { box } from "./spaces.ts";

const joined = (one: object, other: object, rest: object = {}) =>
  compose({
    name: "town",
    source: "a test",
    summary: "Two parts.",
    horizon: 3,
    parts: {
      one: part({ name: "one", populations: { people: population({ size: 2, state: {} }) }, ...one } as never) as Part,
      other: part({ name: "other", ...other } as never) as Part,
    },
    phases: () => ({}),
    ...rest,
  });
const joinedParam = (one: Param, other: Param, rest?: object) =>
  joined({ params: { x: one } }, { params: { x: other } }, rest).params["x"];

test("a symbol and a doc are the first that is said", () => {
  const said = (symbol: string, doc: string) => param(1, { symbol, doc });
  expect(joinedParam(said("", ""), said("β", "patience"))).toMatchObject({ symbol: "β", doc: "patience" });
  expect(joinedParam(said("β", "patience"), said("", ""))).toMatchObject({ symbol: "β", doc: "patience" });
  expect(joinedParam(said("β", "patience"), said("δ", "discount"))).toMatchObject({ symbol: "β", doc: "patience" });
});

test("ranges of numbers meet; a choice, a flag and a list are as they were declared", () => {
  const first = param(2, { min: 0, max: 5, integer: true });
  expect(joinedParam(first, param(2, { min: 1, max: 9, exclusive: true }))).toEqual({
    ...param(2, { min: 1, max: 5, exclusive: true, integer: true }),
  });
  expect(joinedParam(param(2), first)).toEqual(first);
  expect(joinedParam(first, param(2))).toEqual(first);
  const law = choice("a", ["a", "b"]);
  expect(joinedParam(law, choice("a", ["a", "b"], { doc: "the law" }))).toEqual({ ...law, doc: "the law" });
  expect(joinedParam(flag(true), flag(true, "on"))).toEqual(flag(true, "on"));
  const list = numbers([1, 2], { min: 0, max: 5, most: 3 });
  expect(joinedParam(list, numbers([1, 2], { min: 1, max: 9 }))).toMatchObject({
    min: 1,
    max: 5,
    most: 3,
    value: [1, 2],
  });
});

test("kinds, units and choices that differ are named, an empty unit as none", () => {
  expect(() => joinedParam(param(1), flag(true), { calibration: { x: 1 } })).toThrow(
    'the kind of parameter "x" is "number" in part "one" and "flag" in part "other"',
  );
  expect(() => joinedParam(param(1, { unit: "" }), param(1, { unit: "money" }))).toThrow(
    'the unit of parameter "x" is none in part "one" and "money" in part "other"; what has one name is one and the same, so let them agree or rename one.',
  );
  expect(() => joinedParam(choice("a", ["a"]), choice("a", ["a", "b"]))).toThrow('the choices of parameter "x"');
  expect(joinedParam(param(1), param(3), { calibration: { x: 2 } })).toMatchObject({ value: 2 });
});

test("what a column begins with is what a part says of it, −1 being nothing of an index", () => {
  const column = (one: object, other: object) => joined({ world: { x: one } }, { world: { x: other } }).world["x"];
  expect(column(f64(), f64({ initial: 3, doc: "x" }))).toEqual(f64({ initial: 3, doc: "x" }));
  expect(column(f64({ initial: 3, doc: "x" }), f64({ doc: "y" }))).toEqual(f64({ initial: 3, doc: "x" }));
  expect(() => column(f64({ initial: 3 }), f64({ initial: 4 }))).toThrow('the initial of world scalar "x" is 3');
  const row = (one: object, other: object) =>
    joined(
      { populations: { people: population({ size: 2, state: { x: one as ReturnType<typeof index> } }) } },
      { populations: { people: extension({ state: { x: other as ReturnType<typeof index> } }) } },
    ).populations["people"]!.state["x"];
  expect(row(index("people"), index("people", { initial: 0 }))).toMatchObject({ initial: 0 });
  expect(row(index("people", { initial: 1 }), index("people"))).toMatchObject({ initial: 1 });
  expect(() => row(index("people", { initial: 1 }), index("people", { initial: 0 }))).toThrow(
    'the initial of column of population "people": "x" is 1 in part "one" and 0 in part "other"',
  );
});

test("docs of populations and links are the first that is said, and so is who lives", () => {
  const people = (doc: string) => ({ populations: { people: population({ size: 2, doc, state: {} }) } });
  const docOf = (one: string, other: string) => joined(people(one), people(other)).populations["people"]!.doc;
  expect([docOf("", "they"), docOf("all", ""), docOf("all", "they")]).toEqual(["they", "all", "all"]);
  const ties = (doc: string) => ({ links: { ties: links("people", { degree: 2, doc }) } });
  const tiesOf = (one: string, other: string) => joined(ties(one), ties(other)).links["ties"]!.doc;
  expect([tiesOf("", "who"), tiesOf("friends", ""), tiesOf("friends", "who")]).toEqual(["who", "friends", "friends"]);
});

test("observations of one population join; one and the same object may come from both, another may not", () => {
  const people = (observe: object) => ({
    populations: { people: population({ size: 2, state: { a: f64(), b: f64() }, actions: { act: box(0, 1) } }) },
    observe: { people: observe },
  });
  const a = { column: "a", doc: "a" };
  const { observe } = joined(people({ a }), people({ a, b: { column: "b", doc: "b" } }));
  expect(Object.keys(observe["people"]!)).toEqual(["a", "b"]);
  expect(() => joined(people({ a }), people({ a: { ...a } }))).toThrow(
    'observe "people" "a" is declared by part "one" and by part "other"; leave it to one of them.',
  );
  const reward = { column: "a", doc: "a" };
  const paid = (one: object) => ({ ...people({}), reward: { people: one } });
  expect(joined(paid(reward), paid(reward)).reward["people"]).toBe(reward);
  expect(() => joined(paid(reward), paid({ ...reward }))).toThrow('reward "people" is declared by part "one" and by');
});
