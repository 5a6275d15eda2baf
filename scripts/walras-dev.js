// The repository's tasks. Each one first sets up what is missing, so that `npm start` or `npm test` is all that a fresh clone needs.
// Plain JavaScript on Node's own modules, for Node 20 and later; the tasks themselves run on the Node that the repository brings.
//
// usage: node scripts/walras-dev.js <task> [arguments passed on]
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { Advice, ended, root, say, setUp } from "./set-up.js";

const tasks = {
  start: ["src/cli/main.ts", "run", "lucas-tree/dqn", "--threads", "2"],
  test: ["node_modules/vitest/vitest.mjs", "run"],
  build: ["scripts/build-package.js"],
  lint: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"],
  types: ["node_modules/typescript/bin/tsc", "-p", "."],
  reference: ["node_modules/typedoc/bin/typedoc"],
  mutate: ["node_modules/@stryker-mutator/core/bin/stryker.js", "run"],
};

const [task, ...args] = process.argv.slice(2);
try {
  if (!Object.hasOwn(tasks, task ?? ""))
    throw new Advice(`Got task "${task ?? ""}", expected one of ${Object.keys(tasks).join(", ")}.`);
  const node = await setUp();
  const env = {
    // Processes and threads that run the TypeScript sources need not compile them anew each time.
    NODE_COMPILE_CACHE: join(root, "node_modules/.cache/walras"),
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
  };
  // As in bin/walras.js: a killed task leaves no run computing.
  const watched = task === "start" ? { env: { ...env, WALRAS_PARENT_PIPE: "3" }, stdio: [0, 1, 2, "pipe"] } : {};
  const child = spawn(node, [...tasks[task], ...args], { cwd: root, env, stdio: "inherit", ...watched });
  process.exitCode = (await ended(child)).code;
} catch (error) {
  say(error instanceof Advice ? error.message : error.stack);
  process.exitCode = 1;
}
