import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// Tests that judge mutants: those beside the code. What starts processes or browsers is slow and kills nothing more.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["{src,economies}/**/*.test.ts"],
    exclude: ["src/cli/**", "**/*.slow.test.ts"],
    bail: 1,
  },
});
