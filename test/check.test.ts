// `walras check` and errors in modules of users, as they meet them on the command line.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
mkdirSync(join(root, "runs"), { recursive: true }); // ignored by git; `walras` is found from there as in a clone
const place = mkdtempSync(join(root, "runs", "check-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const main = join(root, "src/cli/main.ts");
const walras = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: place,
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
};

/** A module of a user's own. */
function write(file: string, lines: readonly string[]): string {
  writeFileSync(join(place, file), `${lines.join("\n")}\n`);
  return file;
}

test("an error in a user's module names the user's line, not the library's", () => {
  const file = write("misspelt.ts", [
    'import { defineEconomy, param } from "walras";',
    "",
    "export default defineEconomy({",
    '  name: "town",',
    "  params: { fee: param(1, { minimum: 0 }) },",
    "});",
  ]);
  const { status, stderr } = walras("check", file);
  expect(status).toBe(1);
  expect(stderr).toContain('param(1, …): there is no setting "minimum". Did you mean "min"?');
  expect(stderr).toContain("misspelt.ts:5)");
  expect(stderr).not.toMatch(/params\.ts|errors\.ts|define\.ts/);
});
