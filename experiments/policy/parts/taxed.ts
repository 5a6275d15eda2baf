// The static HSV economy with households who play their dominant strategy: what a run of a government's tax is worth.
import { createSimulation } from "walras";
import { hsvStatic } from "../../../economies/hsv-static.ts";
import { hsvHours } from "../../../economies/theory/hsv-static.ts";

export const PERIODS = 10;
export const HOUSEHOLDS = 200;

/** A government's choice ξ and its circumstances ζ, s². */
export interface Taxed {
  readonly progressivity: number;
  readonly inverseFrisch: number;
  readonly logSkillVariance: number;
}

/** Mean welfare over the periods of one run, with hours (1 − ξ)^(1/(1 + ζ)), which are best whatever the others do. */
export function welfareOfRun({ progressivity, inverseFrisch, logSkillVariance }: Taxed, seed: number): number {
  const params = { households: HOUSEHOLDS, inverseFrisch, logSkillVariance, matchedSkills: true, horizon: PERIODS };
  const simulation = createSimulation(hsvStatic, { params, seed });
  simulation.reset(0);
  const { columns } = simulation;
  columns["government.progressivity"]!.fill(progressivity);
  columns["households.hours"]!.fill(hsvHours(progressivity, { inverseFrisch }));
  let sum = 0;
  for (let t = 0; t < PERIODS; t++) {
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    sum += columns["government.welfare"]![0]!;
    simulation.endPeriod(0);
  }
  return sum / PERIODS;
}
