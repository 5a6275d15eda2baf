// The package as people install it: built, packed, unpacked into a project of their own, and used from there.
// Offline: instead of installing the package's dependencies the test links those of this repository.
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
let project: string;
let installed: string;

beforeAll(() => {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-package-")));
  project = join(place, "project");
  installed = join(project, "node_modules/walras");
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));

  execFileSync(process.execPath, [join(root, "scripts/build-package.js"), join(place, "dist")], { stdio: "pipe" });
  execFileSync("npm", ["pack", "./dist", "--silent", "--offline"], { cwd: place });
  const [tarball] = readdirSync(place).filter((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", join(place, tarball), "--strip-components=1", "-C", installed]);

  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    const link = join(project, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "junction");
  }
}, 120_000);
afterAll(() => rmSync(dirname(project), { recursive: true }));

test("it ships compiled code with types, licence and command, and nothing of the repository's own tooling", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "bin/walras.js",
      "src/index.js",
      "src/index.d.ts",
      "src/kernels/generated/wasm.js",
      "economies/lucas-tree.js",
      "experiments/lucas-tree/dqn.js",
      "bench/kernels.js",
    ]),
  );
  expect(
    files.filter((file) => /\.test\.|(?<!\.d)\.ts$|\.py$|^(test|scripts|toolchain|lint|runs)\b/.test(file)),
  ).toEqual([]);
  const { exports, engines, ...rest } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(exports["."]).toEqual({ types: "./src/index.d.ts", default: "./src/index.js" });
  expect(engines).toEqual({ node: ">=22.18" });
  for (const key of ["private", "workspaces", "scripts", "devDependencies"]) expect(rest).not.toHaveProperty(key);
});

test("its command lists, solves, simulates with threads and trains, with the repository's own results", () => {
  expect(walras("list")).toContain("money-exchange");
  expect(JSON.parse(walras("solve", "lucas-tree", "--json")).truth.bondPrice).toBe(0.95);
  const simulate = ["run", "money-exchange", "--set", "agents=1000,horizon=50", "--json"];
  const train = [
    "run",
    "lucas-tree",
    "--set",
    "agents=60,horizon=40,totalSteps=80,config.updates=2,config.gradientSteps=1",
    "--json",
  ];
  const hash = (text: string): string => JSON.parse(text).hash;
  expect(hash(walras(...simulate, "--threads", "2"))).toBe(hash(fromSource(...simulate)));
  expect(hash(walras(...train, "--threads", "2"))).toBe(hash(fromSource(...train)));
});

test("on an older Node its command says what it needs in one line", () => {
  const older = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })`;
  const run = spawnSync(process.execPath, ["--import", older, join(installed, "bin/walras.js"), "list"], {
    encoding: "utf8",
  });
  expect(run).toMatchObject({ status: 1, stdout: "", stderr: "walras: needs Node 22.18 or later, this is 20.1.0.\n" });
});

const economy = (assertion: string) => `
import { defineEconomy, f64, math, param, population } from "walras";
import { seedStream } from "walras/random";

const first${assertion} = seedStream(1).uniformAt(0, 0, 0);

export default defineEconomy({
  name: "decay",
  summary: "What everybody holds shrinks by the same factor.",
  source: "none",
  params: { agents: param(10, { min: 1, integer: true }), rate: param(0.1, { min: 0 }) },
  horizon: 20,
  world: { sum: f64() },
  populations: { people: population({ size: "agents", state: { held: f64() } }) },
  start: ({ each }) => ({ endow: each("people", { doc: "the same" }, (k, from, to) => void k.held.fill(first, from, to)) }),
  phases: ({ each, total }) => ({
    shrink: each("people", { doc: "h′ = h exp(−rate)" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.held[i] *= math.exp(-p.rate);
    }),
    count: total("people", { doc: "Σ held" }, { sum: (k, i) => k.held[i] }),
  }),
  metrics: { mean: { unit: "1", doc: "mean held", of: (w) => w.sum / w.people.size } },
});
`;

test("an economy of one's own, in JavaScript or TypeScript, imports it and runs, also with threads", () => {
  writeFileSync(join(project, "decay.js"), economy(""));
  writeFileSync(join(project, "decay.ts"), economy(": number"));
  const result = (file: string) => JSON.parse(walras("run", file, "--threads", "2", "--json"));
  expect(result("./decay.js").summary.mean).toBeGreaterThan(0);
  expect(result("./decay.ts").hash).toBe(result("./decay.js").hash);
});

test("its types check such an economy, and find a misspelt column", () => {
  writeFileSync(join(project, "good.ts"), economy(": number"));
  writeFileSync(join(project, "bad.ts"), economy(": number").replace("k.held.fill", "k.hold.fill"));
  const compilerOptions = { strict: true, noEmit: true, target: "es2024", module: "nodenext", types: [] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["good.ts", "bad.ts"] }));
  const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project], {
    cwd: project,
    encoding: "utf8",
  });
  expect(tsc.stdout.trim().split("\n")).toEqual([expect.stringMatching(/^bad\.ts.*'hold' does not exist/)]);
});

const guide = readFileSync(join(root, "docs/how-to/train-from-code.md"), "utf8");
const examples = Object.fromEntries(
  [...guide.matchAll(/^```js (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, text]) => [file!, text!] as const),
);

test("the page on training from code holds: each of its programs runs in Node", () => {
  expect(Object.keys(examples)).toEqual(["train.js", "record.js", "loop.js", "page.js"]);
  const output = (file: string): string[] => {
    writeFileSync(join(project, file), examples[file]!);
    return execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8" }).trim().split("\n");
  };
  const learned = output("train.js");
  expect(learned.filter((line) => /^(payoff|firstChoice) -?[\d.]+ \[-?[\d.]+, -?[\d.]+\]$/.test(line))).toHaveLength(2);
  const [done, read, price] = output("record.js");
  const set = "totalSteps=200,config.updates=4";
  const { hash } = JSON.parse(fromSource("run", "monopoly/linear", "--seed", "7", "--set", set, "--json"));
  expect([done, read]).toEqual([`complete ${hash.slice(0, 8)}`, expect.stringMatching(/^complete [1-9]\d*$/)]);
  expect(Number(price)).toBeGreaterThan(0);
  expect(output("loop.js")).toEqual(["240"]);
}, 120_000);

test("what it exports passes a strict compiler, the shipped economies included", () => {
  const typed = `
import { defineExperiment, loadRun, makeVectorEnv, memoryStore, play, ppo, record, train, type Training } from "walras";
import matrixGame from "walras/economies/matrix-game";
import { fileStore } from "walras/node";

const experiment = defineExperiment({
  name: "typed", summary: "", economy: matrixGame, algorithm: ppo, params: { horizon: 10 }, numEnvs: 1, totalSteps: 1,
});
const training: Training = train(experiment, { seed: 1 });
for (const { step } of training) if (step > 1) break;
export const mean: number = play({ ...training.learned(), seed: 1, periods: 1 })["payoff"]!.mean;
export const kept = record(experiment, { store: memoryStore() }).then(({ hash }: { hash: string }) => hash);
export const rows: number = loadRun(fileStore("runs/none")).rows().length;
export const obs: Float32Array = makeVectorEnv(matrixGame, { numEnvs: 1 }).batch["players"]!.obs;
`;
  writeFileSync(join(project, "typed.ts"), typed);
  writeFileSync(join(project, "wrong.ts"), typed.replace("horizon: 10", "horizons: 10"));
  const strict = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  };
  const compilerOptions = {
    ...strict,
    noEmit: true,
    target: "es2024",
    module: "nodenext",
    types: [],
    lib: ["es2024", "dom"],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts", "wrong.ts"] }));
  const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project], {
    cwd: project,
    encoding: "utf8",
  });
  expect(tsc.stdout.trim().split("\n")).toEqual([expect.stringMatching(/^wrong\.ts.*'horizons' does not exist/)]);
}, 120_000);

test("a bundler makes a page of it that needs nothing of Node", async () => {
  writeFileSync(join(project, "page.js"), examples["page.js"]!);
  writeFileSync(join(project, "index.html"), '<!doctype html><body><script type="module" src="./page.js"></script>');
  const { build } = await import("vite");
  const warnings: string[] = [];
  const result = await build({
    root: project,
    logLevel: "silent",
    configFile: false,
    base: "./",
    build: {
      outDir: join(dirname(project), "page"),
      target: "es2024",
      rollupOptions: { onwarn: ({ message }) => void warnings.push(message) },
    },
  });
  expect(warnings).toEqual([]);
  const chunks = (Array.isArray(result) ? result : [result]).flatMap((r) => ("output" in r ? r.output : []));
  const code = chunks.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  expect(code).toContain("episodicReturn");
  expect(code).not.toMatch(/from\s*"node:|__vite-browser-external/);
}, 120_000);

/** What the installed command prints; its errors fail the test. */
function walras(...args: string[]): string {
  return execFileSync(process.execPath, [join(installed, "bin/walras.js"), ...args], {
    cwd: project,
    encoding: "utf8",
    stdio: "pipe",
  });
}

/** The same from this repository, in the same directory. */
function fromSource(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, "src/cli/main.ts"), ...args], {
    cwd: project,
    encoding: "utf8",
    stdio: "pipe",
  });
}
