import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("src", import.meta.url));

export default defineConfig({
  // What package.json exports, so that economies and tests share one instance of the library.
  resolve: {
    alias: [
      { find: /^walras$/, replacement: `${source}/index.ts` },
      { find: /^walras\/(\w+)$/, replacement: `${source}/$1/index.ts` },
    ],
  },
  test: {
    include: ["{src,test,economies,experiments,bench}/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: 3,
  },
});
