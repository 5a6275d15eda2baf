// The lint rule of lint/arithmetic.grit, tried on a small project with this repository's plugin settings.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("the linter reports what differs between engines, and nothing else", () => {
  const bad = [
    "Math.random()",
    "Math.exp(x)",
    "[1, 2].map(Math.log)",
    "Math.tanh(x)",
    "Math.pow(x, 2)",
    "Math.hypot(x, 1)",
    "x ** 2",
    "x **= 2",
    'Math["exp"](x)',
  ];
  const good = [
    "Math.sqrt(x)",
    "Math.floor(x) * Math.imul(3, 4)",
    "Math.max(x, Math.PI)",
    "x * x",
    "exp(x)",
    '"x **= 2"',
  ];
  const lines = (statements: string[]) => statements.map((s) => `${s};`).join("\n");
  expect(reported({ "src/economy/bad.ts": lines(bad) })).toEqual(bad.map((_, i) => `src/economy/bad.ts:${i + 1}`));
  expect(reported({ "src/economy/bad.ts": "const { exp } = Math;" })).toEqual(["src/economy/bad.ts:1"]);
  expect(reported({ "src/economy/good.ts": lines(good) })).toEqual([]);
});

test("the rule holds in src, economies and experiments, but not in the command line, tests and benchmarks", () => {
  const files = ["src/math/a.ts", "src/a/b/c.ts", "economies/a.ts", "experiments/a/b.ts"];
  const free = ["src/cli/run.ts", "src/math/a.test.ts", "economies/a.test.ts", "bench/a.ts", "test/a.ts"];
  const sources = Object.fromEntries([...files, ...free].map((file) => [file, "Math.exp(1);"]));
  expect(reported(sources)).toEqual(files.map((file) => `${file}:1`).sort());
});

/** "file:line" for each report of a plugin on a project made of `sources`. */
function reported(sources: Record<string, string>): string[] {
  const { plugins } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const project = realpathSync(mkdtempSync(join(tmpdir(), "walras-lint-")));
  try {
    writeFileSync(join(project, "biome.json"), JSON.stringify({ plugins, linter: { rules: { preset: "none" } } }));
    cpSync(join(root, "lint"), join(project, "lint"), { recursive: true });
    for (const [file, text] of Object.entries(sources)) {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), text);
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const run = spawnSync(process.execPath, [biome, "lint", "--reporter=github", "--max-diagnostics=none", "."], {
      cwd: project,
      encoding: "utf8",
    });
    if (run.stderr.includes("Failed to compile")) throw new Error(run.stderr);
    const reports = run.stdout.matchAll(/^::error title=plugin,file=([^,]+),line=(\d+)/gm);
    return [...reports].map(([, file, line]) => `${relative(project, resolve(project, file))}:${line}`).sort();
  } finally {
    rmSync(project, { recursive: true });
  }
}
