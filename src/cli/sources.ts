// Which code a result came from: hashes of Walras and of the module that was run, with all the files that it names. A version number says less.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sources } from "../store/index.ts";

/** `module`: URL of what was run. Nothing is executed. */
export const sourcesOf = (module: string): Sources => ({ walras: libraryHash(), module: moduleHash(module) });

/** Folders of src/ whose code changes no result. */
const SILENT = ["cli", "report"];

/** Everything in src/ that a result can depend on: sources in a clone, compiled code in a package. */
function libraryHash(): string {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => !SILENT.includes(file.split(sep)[0]!) && !/\.test\.[jt]s$|\.d\.ts$|kernels.assembly/.test(file))
    .filter((file) => file.endsWith(extension) || /kernels.generated.+\.js$/.test(file));
  return hashFiles(
    root,
    files.map((file) => join(root, file)),
  );
}

/** A module and, from file to file, all that it names by a relative path in quotes: what it imports, and data beside it. Links count as what they lead to. */
function moduleHash(module: string): string {
  const entry = realpathSync(fileURLToPath(module));
  const found = new Set([entry]);
  for (const file of found) {
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue;
    for (const [, path] of readFileSync(file, "utf8").matchAll(/["'`]((?:\.\.?\/|file:\/\/)[^"'`\n]+)["'`]/g)) {
      const named = path!.startsWith("file:") ? fileOf(path!) : resolve(dirname(file), path!);
      if (named !== null && existsSync(named) && statSync(named).isFile()) found.add(realpathSync(named));
    }
  }
  return hashFiles(dirname(entry), [...found]);
}

/** Null where it is an address of no file. */
function fileOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

/** Of names from `root`, and contents. */
function hashFiles(root: string, files: readonly string[]): string {
  const named = files.map((file) => [relative(root, file).split(sep).join("/"), hash(readFileSync(file))]);
  return hash(JSON.stringify(named.sort(([a], [b]) => (a! < b! ? -1 : 1))));
}

const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
