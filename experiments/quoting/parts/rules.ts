// Rules that quote without learning: constant offsets, and offsets that lean against the shares held, as Ho & Stoll's and Avellaneda & Stoikov's do.
import { type AnyRows, createSimulation, type ParamSettings } from "walras";
import { quoting } from "../../../economies/quoting.ts";

export interface Rule {
  /** Ticks from S at q = 0. */
  readonly base: number;
  /** Ticks that both quotes move down for each share held. */
  readonly lean: number;
}

/** Reward per period of quotes at S − base − lean q and S + base − lean q, within the offsets that can be chosen. */
export function ruleReward(
  { base, lean }: Rule,
  params: ParamSettings,
  { seed, periods }: { readonly seed: number; readonly periods: number },
): number {
  const simulation = createSimulation(quoting, { params, seed, purpose: "rules" });
  const [w] = simulation.worlds;
  const { bid, ask, inventory, reward } = w.makers as AnyRows & Record<string, Float64Array>;
  const offset = (ticks: number): number => Math.min(15, Math.max(1, 1 + 2 * Math.round((ticks - 1) / 2)));
  let sum = 0;
  for (let t = 0; t < periods; t++) {
    if (t % simulation.horizon === 0) simulation.reset(0);
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") {
        bid[0] = offset(base + lean * inventory[0]);
        ask[0] = offset(base - lean * inventory[0]);
      } else simulation.runPhase(index, 0);
    });
    sum += reward[0];
    simulation.endPeriod(0);
  }
  return sum / periods;
}
