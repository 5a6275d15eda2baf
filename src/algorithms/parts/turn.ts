import type { VectorEnv } from "../../env/vector-env.ts";

/** The decision that the environment waits for. */
export const decisionOnTurn = ({ decisionAt, position }: Pick<VectorEnv, "decisionAt" | "position">): string =>
  decisionAt[position.cursor]!;
