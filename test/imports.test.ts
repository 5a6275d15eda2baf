// Imports go one way. What each folder of src/ may import is written below; the rest of this file reads import statements.

import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

// A folder may import from those it names here and from all that these may import. A file stands for itself only.
const layers: Record<string, readonly string[]> = {
  math: [],
  random: ["math"],
  kernels: ["random"],
  nn: ["kernels"],
  core: [],
  economy: ["core", "random", "kernels/arena.ts"],
  env: ["economy"],
  algorithms: ["nn", "env"],
  diagnostics: ["algorithms"],
  optimise: ["core", "random"],
  leaders: ["algorithms", "metrics", "diagnostics", "optimise"],
  solvers: ["nn", "economy/mechanisms/ces.ts"],
  metrics: ["random"],
  parts: ["economy", "solvers"],
  risk: ["metrics"],
  quantum: ["kernels"],
  federated: ["engine"],
  analysis: ["metrics", "economy"],
  forecast: ["metrics", "nn"],
  protocol: [],
  store: ["protocol"],
  experiment: ["leaders", "solvers", "metrics", "risk"],
  engine: ["experiment", "store", "analysis", "version.ts"],
  node: ["report", "federated"],
  data: ["economy"],
  calibration: ["engine"],
  inference: ["calibration"],
  adaptation: ["random"],
  surrogates: ["algorithms", "optimise"],
  report: ["calibration", "inference", "analysis"],
};

// Everything else in src/ also runs in a browser.
const needsNode =
  /^src\/(cli\/|report\/write\.ts|store\/(files|lock)\.ts|node\/|engine\/(transports\/|threads\.ts|worker\.ts|jobs\.ts|job-worker\.ts|pool\.ts|pool-worker\.ts)|federated\/(threads|processes|participants-worker)\.ts|nn\/backends\/onnx)/;

const sources = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: (file) => /\.test\.ts$|kernels\/(assembly|generated)/.test(file) }).sort();

test("imports in src go one way", () => {
  const broken = sources("src/*/**/*.ts").flatMap((file) => violations(file, readFileSync(join(root, file), "utf8")));
  expect(broken).toEqual([]);
});

test("an economy or an experiment imports walras, as a user's own file does, and its siblings", () => {
  const broken = sources("{economies,experiments}/**/*.ts").flatMap((file) =>
    importsOf(readFileSync(join(root, file), "utf8"))
      .filter((specifier) => !/^(walras(\/|$)|\.)/.test(specifier) || target(file, specifier).startsWith("src/"))
      .map((specifier) => `${file} imports "${specifier}": import from "walras" instead.`),
  );
  expect(broken).toEqual([]);
});

test("no module reaches itself through its imports, types included", () => {
  const graph = new Map(
    sources("{src,economies,experiments,bench}/**/*.ts").map((file) => [
      file,
      importsOf(readFileSync(join(root, file), "utf8"))
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => target(file, specifier)),
    ]),
  );
  expect(circles(graph)).toEqual([]);
  const two = { a: ["b", "d"], b: ["c"], c: ["a"], d: [], e: ["e"] };
  expect(circles(new Map(Object.entries(two)))).toEqual([["a", "b", "c"], ["e"]]);
});

test("the rules find what they are for", () => {
  const found = (file: string, text: string) => violations(file, text).length;
  expect(found("src/economy/a.ts", 'import { gemm } from "../kernels/index.ts";')).toBe(1);
  expect(found("src/economy/a.ts", 'import type { Arena } from "../kernels/arena.ts";')).toBe(0);
  expect(found("src/economy/mechanisms/a.ts", 'export * from "../../nn/index.ts";')).toBe(1);
  expect(found("src/algorithms/a.ts", 'import x from "../../economies/cobweb.ts";')).toBe(1);
  expect(found("src/algorithms/a.ts", 'const x = await import("../engine/run.ts");')).toBe(1);
  expect(found("src/algorithms/a.ts", 'import {\n  log,\n  exp,\n} from "../math/index.ts";')).toBe(0);
  expect(found("src/math/a.ts", 'import { seedStream } from "../random/index.ts";')).toBe(1);
  expect(found("src/env/a.ts", 'import { readFileSync } from "node:fs";')).toBe(1);
  expect(found("src/store/files.ts", 'import { readFileSync } from "node:fs";')).toBe(0);
  expect(found("src/math/a.ts", '// as in import { x } from "../nn/index.ts"')).toBe(0);
});

function violations(file: string, text: string): string[] {
  const folder = file.split("/")[1];
  const allowed = reach(folder);
  return importsOf(text).flatMap((specifier) => {
    if (specifier.startsWith("node:")) {
      if (needsNode.test(file)) return [];
      return [
        `${file} imports "${specifier}": it must run in a browser. Only cli/, node transports and store/files.ts may.`,
      ];
    }
    if (!specifier.startsWith(".")) return [];
    const path = target(file, specifier);
    const [top, layer, ...rest] = path.split("/");
    if (top !== "src" && layer !== undefined)
      return [`${file} imports "${specifier}": src/ imports nothing from ${top}/.`];
    if (!(folder in layers) || layer === folder || allowed.has(layer) || allowed.has([layer, ...rest].join("/")))
      return [];
    return [`${file} imports "${specifier}": ${folder}/ may import ${[...allowed].sort().join(", ") || "nothing"}.`];
  });
}

/** Sets of files each of which reaches all others of its set. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reached = new Map([...graph.keys()].map((file) => [file, reachable(graph, file)]));
  const found = new Map<string, string[]>();
  for (const [file, reach] of reached) {
    if (!reach.has(file)) continue;
    const circle = [...reach].filter((other) => reached.get(other)?.has(file)).sort();
    found.set(circle.join(), circle);
  }
  return [...found.values()];
}

/** What a file imports, and what that imports; itself only through a circle. */
function reachable(graph: ReadonlyMap<string, readonly string[]>, file: string): Set<string> {
  const found = new Set<string>();
  const visit = (from: string) => {
    for (const next of graph.get(from) ?? []) {
      if (!found.has(next)) {
        found.add(next);
        visit(next);
      }
    }
  };
  visit(file);
  return found;
}

const reach = (folder: string): Set<string> => reachable(new Map(Object.entries(layers)), folder);

/** The path of a relative specifier from the root of the repository. */
function target(file: string, specifier: string): string {
  return relative(root, join(root, dirname(file), specifier));
}

function importsOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*"([^"]+)"/gm);
  const calls = text.matchAll(/^(?!\s*(?:\/\/|\*)).*?\bimport\("([^"]+)"\)/gm);
  return [...statements, ...calls].map(([, specifier]) => specifier);
}
