// The repository's tasks. Each one first sets up what is missing, so that `npm start` or `npm test` is all that a fresh clone needs.
// Plain JavaScript on Node's own modules, for Node 20 and later; the tasks themselves run on the Node that the repository brings.
//
// usage: node scripts/walras-dev.js <task> [arguments passed on]
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { Advice, root, say, setUp } from "./set-up.js";

const tasks = {
  start: ["src/cli/main.ts", "run", "lucas-tree/dqn", "--threads", "2"],
  test: ["node_modules/vitest/vitest.mjs", "run"],
  build: ["scripts/build-package.js"],
  lint: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"],
  types: ["node_modules/typescript/bin/tsc", "-p", "."],
};

const [task, ...args] = process.argv.slice(2);
try {
  if (!Object.hasOwn(tasks, task ?? ""))
    throw new Advice(`Got task "${task ?? ""}", expected one of ${Object.keys(tasks).join(", ")}.`);
  run(await setUp(), [...tasks[task], ...args]);
} catch (error) {
  say(error instanceof Advice ? error.message : error.stack);
  process.exitCode = 1;
}

function run(node, command) {
  const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}` };
  const child = spawn(node, command, { cwd: root, env, stdio: "inherit" });
  // A terminal sends Ctrl-C to the child as well, and a second one would cut short its tidy end.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    throw error;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
