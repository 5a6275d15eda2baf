// Compiles a complete package to publish: dist/ has a package.json of its own, JavaScript with types, and everything that ships.
// `npm publish ./dist` or `npm pack ./dist` then needs nothing from this repository. Plain JavaScript, for Node 20 and later.
//
// usage: node scripts/build-package.js [directory, default dist]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Shipped as they are. */
const COPIED = [
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
  "docs",
  "bin",
  "src/kernels/generated",
  "bench/peers/train-workloads.json",
];

/** Writes the package to `out`, which is emptied first. */
export function buildPackage(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", out];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`The package did not compile:\n${stdout}`);
  for (const path of COPIED)
    if (existsSync(join(root, path))) cpSync(join(root, path), join(out, path), { recursive: true });
  writeFileSync(join(out, "package.json"), `${JSON.stringify(published(), null, 2)}\n`);
}

/** The repository's package.json without what only the repository needs. */
function published() {
  const {
    private: _private,
    workspaces: _workspaces,
    scripts: _scripts,
    devDependencies: _devDependencies,
    optionalDependencies: accelerators = {},
    allowScripts: _allowScripts,
    ...kept
  } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const compiled = (path) => ({ types: path.replace(/\.ts$/, ".d.ts"), default: path.replace(/\.ts$/, ".js") });
  const exported = Object.entries(kept.exports).map(([name, path]) => [
    name,
    path.endsWith(".ts") ? compiled(path) : path,
  ]);
  // Accelerators weigh a hundred megabytes: whoever wants one installs it beside walras.
  const optional = Object.fromEntries(Object.keys(accelerators).map((name) => [name, { optional: true }]));
  return {
    ...kept,
    exports: Object.fromEntries(exported),
    peerDependencies: accelerators,
    peerDependenciesMeta: optional,
    engines: { node: ">=22.18" },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const out = resolve(process.argv[2] ?? join(root, "dist"));
  buildPackage(out);
  process.stderr.write(`Wrote the package to ${relative(process.cwd(), out) || out}.\n`);
}
