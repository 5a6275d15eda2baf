// `npm ci` refuses a lockfile in which a package for another platform is missing, and npm leaves out those that its registry
// lacks at the time: they are then entered by hand, without a hash.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Package {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const { packages }: { packages: Record<string, Package> } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8"),
);

test("the lockfile has the packages of every platform", () => {
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  const present = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ""));
  expect(named.filter((name) => !present.includes(name))).toEqual([]);
});

test("the lockfile names no registry", () => {
  const from = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(from).toEqual([]);
});
