// That the API reference can be made from the docstrings: every link in them leads somewhere. `npm run reference` writes it.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("TypeDoc finds nothing wrong with the docstrings of what the package exports", () => {
  const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    // Types are checked where the package is built.
    [typedoc, "--emit", "none", "--skipErrorChecking", "--treatWarningsAsErrors", "--logLevel", "Warn"],
    { cwd: root, encoding: "utf8" },
  );
  expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
}, 180_000);

test("every folder that package.json exports is in the reference", () => {
  const { entryPoints } = JSON.parse(readFileSync(join(root, "typedoc.json"), "utf8"));
  expect(entryPoints).toEqual(["src/index.ts", ...globSync("src/*/index.ts", { cwd: root }).sort()]);
});
