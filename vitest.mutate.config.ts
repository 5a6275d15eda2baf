import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// Tests that judge mutants: those beside the code, or the globs in WALRAS_MUTATE_TESTS. What starts processes or browsers is slow and kills nothing more.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: process.env["WALRAS_MUTATE_TESTS"]?.split(" ") ?? ["{src,economies}/**/*.test.ts"],
    exclude: ["src/cli/**", "**/*.slow.test.ts"],
    bail: 1,
  },
});
