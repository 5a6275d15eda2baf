// The learners, each a page.
export { type Algorithm, type AnyAlgorithm, defineAlgorithm, type Policy, resolveConfig, type Snapshot, type Update } from "./algorithm.ts";
export { dqn, dqnConfig } from "./dqn.ts";

import type { AnyAlgorithm } from "./algorithm.ts";
import { dqn } from "./dqn.ts";

export const algorithms: readonly AnyAlgorithm[] = [dqn];
