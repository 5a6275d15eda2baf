// Cohorts: the agents of a world who take a decision together. All of them where one signal is everybody's; each agent alone where agents decide apart.
// Trajectories are a cohort's: buffers that are [E, T, N] with E worlds of N agents are [C, T, M] with C cohorts of M members, and C M = E N.
import type { PopulationSpec, VectorEnv } from "../../env/vector-env.ts";

export interface Cohorts {
  /** C */
  readonly count: number;
  /** M */
  readonly members: number;
  /** Those of this rank's worlds, in order. */
  readonly local: readonly number[];
  /** World of cohort c, and the agent that its first member is. */
  worldOf(c: number): number;
  agentOf(c: number): number;
  /** The k-th cohort that learns in group g, of `groupSize` agents who share networks. */
  inGroup(g: number, groupSize: number, k: number): number;
  /** Members of a cohort that are in one group of `groupSize` agents. */
  sharing(groupSize: number): number;
}

export function cohortsOf(
  { numEnvs: E, localWorlds }: Pick<VectorEnv, "numEnvs" | "localWorlds">,
  { size: N, apart = false }: PopulationSpec,
): Cohorts {
  if (!apart)
    return {
      count: E,
      members: N,
      local: localWorlds,
      worldOf: (c) => c,
      agentOf: () => 0,
      inGroup: (_g, _groupSize, k) => k,
      sharing: (groupSize) => groupSize,
    };
  return {
    count: E * N,
    members: 1,
    local: localWorlds.flatMap((e) => Array.from({ length: N }, (_, i) => e * N + i)),
    worldOf: (c) => Math.floor(c / N),
    agentOf: (c) => c % N,
    inGroup: (g, groupSize, k) => Math.floor(k / groupSize) * N + g * groupSize + (k % groupSize),
    sharing: () => 1,
  };
}
