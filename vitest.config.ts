import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("src", import.meta.url));

// Tests of functions that leave nothing behind share a process with the next file of the kind; those that start threads, servers or commands get their own.
const functions = [
  "src/{analysis,core,data,economy,forecast,inference,math,metrics,optimise,parts,random,risk,solvers}/**/*.test.ts",
  "economies/theory/*.test.ts",
];

export default defineConfig({
  // What package.json exports, so that economies and tests share one instance of the library.
  resolve: {
    alias: [
      { find: /^walras$/, replacement: `${source}/index.ts` },
      { find: /^walras\/(\w+)$/, replacement: `${source}/$1/index.ts` },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "functions", include: functions, isolate: false } },
      {
        extends: true,
        test: {
          name: "programs",
          include: ["{src,test,economies,experiments,bench}/**/*.test.ts"],
          exclude: [...functions, "**/node_modules/**"],
        },
      },
    ],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: 3,
  },
});
