// Measures of a market's conduct.

/** Δ = (π − π^N)/(π^M − π^N): 0 under competition, 1 under perfect collusion (Calvano et al. 2020, eq. 6). */
export function profitGain(profit: number, nashProfit: number, monopolyProfit: number): number {
  if (!(monopolyProfit > nashProfit))
    throw new Error(
      `profitGain: the monopoly profit is ${monopolyProfit} and the Nash profit ${nashProfit}, expected more under monopoly.`,
    );
  return (profit - nashProfit) / (monopolyProfit - nashProfit);
}
