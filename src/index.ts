// What an economy or an experiment imports: `import { defineEconomy, … } from "walras"`.
export * from "./economy/index.ts";
export * as mechanisms from "./economy/mechanisms/index.ts";
export * as math from "./math/index.ts";
export * as solvers from "./solvers/index.ts";
