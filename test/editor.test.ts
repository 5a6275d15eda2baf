// What an editor shows whoever writes an economy: plain columns under the pointer, and of a typical mistake one error, at the word that is wrong.
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const file = join(root, "economies/in-the-editor.ts"); // never written
const economy = `import { box, defineEconomy, f64, i32, links, param, population } from "walras";
export default defineEconomy({
  name: "town", source: "none", summary: "A town.", params: { firms: param(3, { integer: true }), fee: param(0.1) }, horizon: 10,
  world: { money: f64(), trades: i32() },
  populations: {
    households: population({ size: "firms", state: { assets: f64(), visits: i32(), rooms: f64({ each: 3 }), utility: f64() }, actions: { save: box(0, 1) } }),
  },
  links: { friends: links("households", { degree: 2, state: { trust: f64() } }) },
  phases: ({ decide, each, total, world }) => ({
    choose: decide("households", { doc: "they save" }),
    earn: each("households", { doc: "they earn" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) k.assets[i] += p.fee * k.save[i] + w.money;
    }),
    listen: each("households", { doc: "they listen", along: "friends", reads: ["utility"] }, (k, from, to, w, _p, _draw, seen) => {
      for (let i = from; i < to; i++) k.utility[i] = seen.utility[w.friends.target[w.friends.start[i]]];
    }),
    sum: total("households", { doc: "wealth" }, { money: "assets" }),
    spend: world({ doc: "fees" }, (w, p) => { w.money -= p.fee; }),
  }),
  observe: { households: { assets: { column: "assets", doc: "what they have" } } },
  reward: { households: { column: "utility", doc: "utility" } },
  metrics: { wealth: { unit: "money", doc: "of all", of: (w) => w.money } },
  truth: (p) => ({ wealth: p.fee }),
  figures: [{ title: "Wealth", metric: "wealth", theory: "wealth", caption: "" }],
});
`;

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  root,
);
let text = economy;
let version = 0;
const service = ts.createLanguageService({
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : "0"),
  getScriptSnapshot(name) {
    const content = name === file ? text : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === file || ts.sys.fileExists(name),
});

/** What is shown with the pointer on the last word of `at`. */
const hover = (at: string): string =>
  ts.displayPartsToString(service.getQuickInfoAtPosition(file, text.indexOf(at) + at.length - 1)?.displayParts);

/** Errors, each with the text that is underlined. */
function errors(): { readonly at: string; readonly says: string }[] {
  const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
  return found.map(({ start = 0, length, messageText }) => ({
    at: text.slice(start, start + length!),
    says: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
}

test("rows, worlds and parameters are shown as plain columns and numbers", () => {
  expect(errors()).toEqual([]);
  const columns = (type: string): string => type.replaceAll("<ArrayBufferLike>", "").replace(/\s+/g, " ");
  const rows =
    "{ readonly assets: Float64Array; readonly visits: Int32Array; readonly rooms: Float64Array; readonly utility: Float64Array; readonly save: Float64Array; readonly size: number; }";
  expect(columns(hover('"they earn" }, (k'))).toBe(`(parameter) k: ${rows}`);
  expect(columns(hover('"they earn" }, (k, from, to, w, p'))).toBe(
    "(parameter) p: { readonly firms: number; readonly fee: number; }",
  );
  const inPhase = columns(hover("(w, p) => { w"));
  expect(inPhase).toContain("(parameter) w: { money: number; trades: number;");
  expect(inPhase).toContain(`readonly households: ${rows}`);
  expect(columns(hover("of: (w"))).toContain("(parameter) w: { readonly money: number; readonly trades: number;");
  expect(columns(hover("_draw, seen"))).toBe("(parameter) seen: { readonly utility: Float64Array; }");
});

test.each([
  ["a column of rows", "k.assets[i] +=", "k.asets[i] +=", "asets"],
  ["a parameter", "p.fee * k.save", "p.fees * k.save", "fees"],
  ["a scalar in a world phase", "w.money -= p.fee", "w.mony -= p.fee", "mony"],
  ["the population of a phase", 'decide("households"', 'decide("household"', '"household"'],
  ["the scalar that is summed into", '{ money: "assets" }', '{ mony: "assets" }', "mony"],
  ["the column that is summed", '{ money: "assets" }', '{ money: "asets" }', "money"],
  ["what is observed", '{ column: "assets", doc', '{ column: "asets", doc', "column"],
  ["what is rewarded", 'column: "utility", doc: "utility"', 'column: "utilty", doc: "utility"', "column"],
  ["links that are gone along", 'along: "friends"', 'along: "friend"', "along"],
  ["a column that is read", 'reads: ["utility"]', 'reads: ["utilty"]', '"utilty"'],
  ["a column that is not declared to be read", "seen.utility", "seen.assets", "assets"],
  ["theory of a figure", 'theory: "wealth"', 'theory: "welth"', "theory"],
  ["an option", 'unit: "money", doc: "of all"', 'units: "money", doc: "of all"', "units"],
] as const)("a mistake in %s is one error, at the word", (_what, right, wrong, at) => {
  expect(economy).toContain(right);
  text = economy.replace(right, wrong);
  version++;
  expect(errors().map((one) => one.at)).toEqual([at]);
});

test("an unknown parameter as the size of a population is told first of all at the population", () => {
  text = economy.replace('size: "firms"', 'size: "frims"');
  version++;
  const [first] = errors();
  expect(first.at).toBe("households");
  expect(first.says).toContain(`'"frims"' is not assignable to type`);
});
