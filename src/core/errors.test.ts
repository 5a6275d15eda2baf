// Words of errors: which name is meant, and what was expected.
import { expect, test } from "vitest";
import { allKnown, isUnknown, known, NoTheory, solved, stated, unknown, valueOrNull } from "../economy/truth.ts";
import { NotConverged } from "../math/index.ts";
import { closest, list, refuseUnknown, suggest } from "./errors.ts";
import { DISTANCE, FLAG, isRecord, LIST, oneOf, refuseOther, refuseShape, SCALE, SIZE, TEXT } from "./shape.ts";

test("the nearest name is meant, by edits of at most two or a third of its length", () => {
  expect(closest("gini", ["mean", "gnii", "ginni"])).toBe(' Did you mean "ginni"?');
  expect(closest("abcdef", ["uvwxyz"])).toBe("");
  expect(closest("ab", ["cd"])).toBe(' Did you mean "cd"?'); // two edits
  expect(closest("abc", ["xyz"])).toBe(""); // three, of three letters
  expect(closest("abcdefghi", ["abcdefxyz"])).toBe(' Did you mean "abcdefxyz"?'); // a third of nine letters
  expect(closest("abcdefgh", ["abcdexyz"])).toBe("");
  expect(closest("PRICE", ["price"])).toBe(' Did you mean "price"?');
});

test("of several as near, as many are named as are wanted, the nearest alone where it is nearer", () => {
  expect(closest("cat", ["bat", "hat", "cap"])).toBe(' Did you mean "bat"?');
  expect(closest("cat", ["bat", "hat", "cap"], 2)).toBe(' Did you mean "bat" or "hat"?');
  expect(closest("cat", ["bat", "hat", "cap"], 3)).toBe(' Did you mean "bat", "hat" or "cap"?');
  expect(closest("price", ["prize2", "pricey", "price1"], 3)).toBe(' Did you mean "pricey" or "price1"?');
  expect(closest("prices", ["prizes2", "pricee"], 3)).toBe(' Did you mean "pricee"?');
});

test("a name that begins another or ends its path is one edit away, from three letters on", () => {
  expect(closest("disc", ["discountFactor", "dusk"])).toBe(' Did you mean "discountFactor"?');
  expect(closest("discountFactor", ["disc", "other"])).toBe(' Did you mean "disc"?');
  expect(closest("price", ["firms.price", "prizes1"])).toBe(' Did you mean "firms.price"?');
  expect(closest("xx", ["xxxxxx"])).toBe(""); // four edits of a name of six letters
  expect(closest("xxx", ["xxxxxxxxx"])).toBe(' Did you mean "xxxxxxxxx"?');
  expect(closest("xxxxxxxxx", ["xxx"])).toBe(' Did you mean "xxx"?');
  expect(closest("tor", ["discountFactor"])).toBe(""); // it ends so, but not after a point
});

test("all names are listed where there are at most eight, or none is near", () => {
  const names = (n: number) => Array.from({ length: n }, (_, i) => `name${String.fromCharCode(97 + i)}`);
  expect(suggest("namea1", names(8))).toContain("Expected one of: namea, nameb");
  expect(suggest("namea1", names(9))).toBe(' Did you mean "namea"?');
  expect(suggest("zzzzzzzzz", names(9))).toContain(" Expected one of: namea");
  expect(suggest("zzzzzzzzz", ["one", "two"])).toBe(" Expected one of: one, two.");
});

test("settings that are no object or not known are refused", () => {
  const refused = (given: unknown) => () => refuseUnknown("here", given as object, ["one", "two"]);
  expect(refused(undefined)).toThrow("here: the settings are missing, expected an object with one or two.");
  expect(refused(null)).toThrow("here: the settings are null, expected");
  expect(refused([1])).toThrow("here: the settings are [1], expected");
  expect(refused(3)).toThrow("here: the settings are 3, expected");
  expect(refused(() => 1)).toThrow("here: the settings are a function, expected");
  expect(refused({ oen: 1 })).toThrow(
    'here: there is no setting "oen". Did you mean "one"? Expected one of: one, two.',
  );
  expect(refused({ one: 1 })).not.toThrow();
  expect([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"], "and")]).toEqual([
    "",
    "a",
    "a or b",
    "a, b and c",
  ]);
});

test("values of each kind are told from others", () => {
  const holds = { TEXT, FLAG, LIST, DISTANCE, SCALE, SIZE };
  const values = {
    text: "a",
    number: 2,
    zero: 0,
    negative: -1,
    nan: Number.NaN,
    infinite: Infinity,
    flag: false,
    list: [],
    object: {},
    none: null,
    f: () => 1,
  };
  const taken = (kind: keyof typeof holds) =>
    Object.entries(values).flatMap(([name, value]) => (holds[kind].holds(value) ? [name] : []));
  expect(taken("TEXT")).toEqual(["text"]);
  expect(taken("FLAG")).toEqual(["flag"]);
  expect(taken("LIST")).toEqual(["list"]);
  expect(taken("DISTANCE")).toEqual(["number", "zero", "infinite"]);
  expect(taken("SCALE")).toEqual(["number", "zero", "negative", "f"]);
  expect(taken("SIZE")).toEqual(["text", "number", "zero", "negative", "nan", "infinite"]);
  expect(Object.values(values).map(isRecord)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    false,
    false,
    true,
    false,
    false,
  ]);
  expect(() => refuseOther("x", null, TEXT)).toThrow("x is null, expected a text.");
  expect(() => refuseOther("x", [], TEXT)).toThrow("x is a list, expected a text.");
  expect(() => refuseOther("x", {}, TEXT)).toThrow("x is an object, expected a text.");
  expect(() => refuseOther("x", 3, oneOf("a", "b"))).toThrow('x is 3, expected "a" or "b".');
  expect(() => refuseOther("x", "meann", oneOf("mean", "median"))).toThrow(
    'x is "meann", expected "mean" or "median". Did you mean "mean"?',
  );
  expect(() => refuseShape("x", { a: 1 }, { a: TEXT })).toThrow("x.a is 1, expected a text.");
  expect(() => refuseShape('phase "x"', { a: 1 }, { a: TEXT })).toThrow('phase "x": a is 1, expected a text.');
  expect(() => refuseShape("x", {}, { a: TEXT })).not.toThrow();
  expect(() => refuseShape("x", {}, { a: TEXT }, ["a"])).toThrow("x.a is missing, expected a text.");
  expect(() => refuseShape("x", [], { a: TEXT, b: TEXT })).toThrow("x is a list, expected an object with a and b.");
});

test("truth that is unknown keeps its reason, and is an error where a value is needed", () => {
  const truth = { price: 2, shares: [0.5, 0.5], wage: unknown("nobody works") };
  expect(stated(truth)).toEqual({
    truth: { price: 2, shares: [0.5, 0.5], wage: null },
    reasons: { wage: "nobody works" },
  });
  expect([valueOrNull(2), valueOrNull(0), valueOrNull(undefined), valueOrNull(truth.wage)]).toEqual([2, 0, null, null]);
  expect([isUnknown(truth.wage), isUnknown(2), isUnknown(null), isUnknown({})]).toEqual([true, false, false, false]);
  expect(known(2)).toBe(2);
  expect(() => known(truth.wage)).toThrow(NoTheory);
  expect(() => known(truth.wage)).toThrow("nobody works");
  expect(allKnown({ price: 2, shares: [1] })).toEqual({ price: 2, shares: [1] });
  expect(() => allKnown(truth)).toThrow("nobody works");
  expect(solved(() => 3)).toBe(3);
  const failed = (error: Error) => () =>
    solved(() => {
      throw error;
    });
  expect(failed(new TypeError("broken"))).toThrow(TypeError);
  const lost = Object.create(NotConverged.prototype, { message: { value: "it did not end" } }) as Error;
  expect(failed(lost)()).toEqual({ unknown: "it did not end" });
});
