// Run directories from strangers: nothing that they name is executed unasked, and nothing in them leaves its place.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourcesOf } from "../src/cli/sources.ts";
import { hashOf, type Json } from "../src/store/index.ts";
import { alone, commands, type Given } from "./commands.ts";

const root = join(import.meta.dirname, "..");
const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-trust-")));
const shared = commands();
afterAll(async () => {
  rmSync(place, { recursive: true });
  await shared.close();
});

/** In a process of its own, which may execute what it is told to trust. */
const walras = (...args: string[]): Given => alone(place, ...args);

const MODULE = `
import { writeFileSync } from "node:fs";
import tiny from "./parts/tiny.mjs";
writeFileSync(${JSON.stringify(join(place, "executed"))}, "");
export default tiny;
`;

beforeAll(() => {
  mkdirSync(join(place, "parts"));
  const tiny = pathToFileURL(join(root, "test/fixtures/tiny.ts")).href;
  writeFileSync(join(place, "parts/tiny.mjs"), `export { default } from ${JSON.stringify(tiny)};\n`);
  writeFileSync(join(place, "mine.mjs"), MODULE);
  expect(walras("run", "./mine.mjs", "--out", "mine", "--until", "20").status).toBe(0);
});

/** Of a verb that must not load the module. Such verbs share a process, in which nobody has loaded it: the first to do so would execute it. */
async function unexecuted(...args: string[]): Promise<Given> {
  rmSync(join(place, "executed"), { force: true });
  const answer = await shared.run(place, ...args);
  expect(existsSync(join(place, "executed")), args.join(" ")).toBe(false);
  return answer;
}

test("resume and eval execute a module of a directory's choice only with --trust", async () => {
  for (const verb of ["resume", "eval"]) {
    const { status, stdout, stderr } = await unexecuted(verb, "mine");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `walras: mine was made from ./mine.mjs: this executes ${join(place, "mine.mjs")}, which does not come with Walras. Add --trust if that is what you want.\n`,
    );
  }
  expect(walras("eval", "mine", "--trust", "--periods", "2", "--worlds", "2").status).toBe(0);
  expect(existsSync(join(place, "executed"))).toBe(true);
});

test("a module that has changed since, or a file that it imports, is told, and kept in the manifest where it goes on", async () => {
  const part = join(place, "parts/tiny.mjs");
  const before = readFileSync(part);
  writeFileSync(part, `${before}// changed\n`);
  expect((await unexecuted("resume", "mine")).stderr).toContain(
    "./mine.mjs, or what it imports, has changed since, and results may be others. Add --trust",
  );
  cpSync(join(place, "mine"), join(place, "changed"), { recursive: true });
  const { sources } = JSON.parse(readFileSync(join(place, "mine/run.json"), "utf8"));
  expect(walras("resume", "changed", "--trust").status).toBe(0);
  const manifest = JSON.parse(readFileSync(join(place, "changed/run.json"), "utf8"));
  expect(manifest.earlierSources).toEqual([{ until: expect.any(Number), sources }]);
  expect(manifest.sources.walras).toBe(sources.walras);
  expect(manifest.sources.module).not.toBe(sources.module);
  writeFileSync(part, before);
});

test("report and compare execute nothing, and need no module", async () => {
  cpSync(join(place, "mine"), join(place, "gone"), { recursive: true });
  renameSync(join(place, "mine.mjs"), join(place, "away.mjs"));
  rmSync(join(place, "gone/report.html"));
  expect((await unexecuted("compare", "mine", "gone")).status).toBe(0);
  expect(await unexecuted("report", "gone")).toEqual({ status: 0, stdout: "gone/report.html\n", stderr: "" });
  expect(readFileSync(join(place, "gone/report.html"), "utf8")).toContain("<!doctype html>");
  expect((await unexecuted("resume", "gone")).stderr).toContain("mine.mjs: no such file.");
  renameSync(join(place, "away.mjs"), join(place, "mine.mjs"));
});

test("the hash of a module covers what it imports, over links and parent folders, and not where it lies", () => {
  const lay = (name: string, text: string): string => {
    const folder = join(place, name, "economies");
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(place, name, "shared"));
    writeFileSync(
      join(folder, "a.ts"),
      'import x from "../shared/b.ts";\nconst data = new URL("./c.csv", import.meta.url);\n',
    );
    writeFileSync(join(folder, "c.csv"), "1,2\n");
    writeFileSync(join(place, name, "elsewhere.ts"), text);
    symlinkSync("../elsewhere.ts", join(place, name, "shared/b.ts"));
    return sourcesOf(pathToFileURL(join(folder, "a.ts")).href).module;
  };
  const first = lay("first", 'export * from "./economies/a.ts";'); // a cycle
  expect(lay("second", 'export * from "./economies/a.ts";')).toBe(first);
  expect(lay("third", 'export * from "./economies/a.ts"; ')).not.toBe(first);
  const again = () => sourcesOf(pathToFileURL(join(place, "first/economies/a.ts")).href).module;
  writeFileSync(join(place, "first/economies/c.csv"), "1,3\n");
  expect(again()).not.toBe(first);
  writeFileSync(join(place, "first/economies/c.csv"), "1,2\n");
  expect(again()).toBe(first);
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

interface Forged {
  config: Record<string, unknown>;
  [field: string]: unknown;
}

/** A copy of the run whose manifest says something else, with a checksum that fits. */
function forged(name: string, change: (manifest: Forged) => void): string {
  cpSync(join(place, "mine"), join(place, name), { recursive: true });
  const file = join(place, name, "run.json");
  const { checksum: _, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
  change(manifest);
  manifest.configHash = hashOf(manifest.config as Json);
  writeFileSync(file, JSON.stringify({ ...manifest, checksum: hashOf(manifest as Json) }));
  return name;
}

test.each<[string, (manifest: Forged) => void]>([
  ["target", (m) => (m.config.target = "../../../../tmp/x.ts")],
  ["data", (m) => (m.config.target = "data:text/javascript,0.js")],
  ["url", (m) => (m.config.target = "https://example.org/x.js")],
  ["number", (m) => (m.config.target = 5)],
  ["name", (m) => (m.config.target = "__proto__")],
  ["folder", (m) => (m.config.target = "../src/cli/main")],
  ["proto", (m) => (m.config.params = JSON.parse('{"__proto__":{"polluted":1}}'))],
  ["populations", (m) => (m.config.config = JSON.parse('{"populations":{"__proto__":{"gamma":1}}}'))],
  ["started", (m) => (m.started = "../../x")],
  ["machine", (m) => (m.machine = null)],
  ["summary", (m) => (m.summary = { a: { b: 1 } })],
])("a forged manifest (%s) is refused with a sentence, and nothing is executed", async (name, change) => {
  const directory = forged(`forged-${name}`, change);
  for (const verb of [["resume"], ["report"], ["compare", "mine"]]) {
    const { status, stdout, stderr } = await unexecuted(...verb, directory);
    if (verb[0] === "resume") expect(status, verb.join(" ")).toBe(1);
    if (verb[0] === "compare" && stdout !== "") expect(stdout).toMatch(/Results|results/);
    else if (status !== 0)
      expect(stderr, verb.join(" ")).toMatch(/^walras: (?!TypeError|RangeError|Cannot read|Maximum call)[^\n]+\n$/);
  }
});

test("what a stranger's run directory says is text in its report, wherever it says it", async () => {
  const words = new Set([
    "status",
    "statistic",
    "as",
    "band",
    "verdict",
    "training",
    "measured",
    "column",
    "population",
  ]);
  const poison = (value: unknown, suffix: string): unknown => {
    if (typeof value === "string") return value + suffix;
    if (Array.isArray(value)) return value.map((inner) => poison(inner, suffix));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, words.has(name) ? inner : poison(inner, suffix)]),
    );
  };
  const claim = { item: "i", claim: "c", theory: 1, ours: 1, low: 0, high: 2, unit: "u", reason: "r", note: "n" };
  const poisoned = async (name: string, suffix: string): Promise<string> => {
    const log = readFileSync(join(place, "mine/log.ndjson"), "utf8").replaceAll(
      '"step":',
      `${JSON.stringify(`losses/${suffix}`)}:1,"step":`,
    );
    const directory = forged(name, (m) => {
      for (const field of ["about", "machine", "version", "node", "name"]) m[field] = poison(m[field], suffix);
      Object.assign(m, { status: "failed", error: suffix, summary: {} });
      m.claims = [poison({ ...claim, verdict: "fail" }, suffix)];
      m.log = { ...(m.log as object), bytes: Buffer.byteLength(log), sha256: sha256(log) };
    });
    writeFileSync(join(place, directory, "log.ndjson"), log);
    expect(await unexecuted("report", directory)).toMatchObject({ status: 0, stderr: "" });
    return readFileSync(join(place, directory, "report.html"), "utf8");
  };
  const evil = `</script></title><script>alert(1)</script><img src=x onerror="alert(2)" x='`;
  const page = await poisoned("poisoned", evil);
  const tags = (html: string) => html.replace(/<script[^>]*>.*?<\/script>/gs, "<script>").match(/<\/?[a-z][a-z0-9]*/g);
  expect(tags(page)).toEqual(tags(await poisoned("harmless", evil.replace(/\S/g, "x"))));
  expect(page).not.toMatch(/<img|<script>alert/);
  for (const tag of [/<script/g, /<\/script/g]) expect(page.match(tag)).toHaveLength(3);
  expect(page.match(/&lt;img src=x onerror=&quot;/g)!.length).toBeGreaterThan(20);
});

test("links in place of files are refused, and what they lead to is left alone", () => {
  for (const key of ["log.ndjson", "run.json.tmp", "checkpoints"]) {
    const directory = `link-${key.replaceAll(".", "-")}`;
    cpSync(join(place, "mine"), join(place, directory), { recursive: true });
    const target = join(place, `${directory}-target`);
    if (key === "checkpoints") cpSync(join(place, "mine/checkpoints"), target, { recursive: true });
    else writeFileSync(target, "thesis\n");
    rmSync(join(place, directory, key), { recursive: true, force: true });
    symlinkSync(target, join(place, directory, key));
    const before = key === "checkpoints" ? readdirSync(target) : readFileSync(target, "utf8");
    const { status, stderr } = walras("resume", directory, "--trust");
    expect(key === "checkpoints" ? readdirSync(target) : readFileSync(target, "utf8"), key).toEqual(before);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${key} is a link, expected a plain file or folder`)]);
  }
});
