// The token market alone: 50 zero-intelligence traders on a linear curve in each of 1024 worlds, on one thread.
import { tokenMarket } from "../economies/token-market.ts";
import { createSimulation } from "../src/economy/index.ts";
import { accelerateRandom } from "../src/kernels/philox.ts";
import { type BenchRow, median } from "./report.ts";

const [AGENTS, WORLDS, PERIODS, ROUNDS] = [50, 1024, 40, 12];

/** Millions of agent-steps per second of processor time; the first rounds, in which V8 optimises, are dropped. */
export function tokenMarketRow(): BenchRow {
  accelerateRandom();
  const params = { traders: 0, zeroIntelligence: AGENTS, orderMax: 1 };
  const simulation = createSimulation(tokenMarket, { params, numWorlds: WORLDS });
  for (let e = 0; e < WORLDS; e++) simulation.reset(e);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let t = 0; t < PERIODS; t++)
      for (let e = 0; e < WORLDS; e++) {
        for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
        simulation.endPeriod(e);
      }
    const { user, system } = process.cpuUsage(start);
    rates.push((AGENTS * WORLDS * PERIODS) / (user + system));
  }
  return {
    workload: `token market, ${AGENTS} zero-intelligence traders, ${WORLDS} worlds`,
    implementation: "walras, 1 thread",
    median: median(rates.slice(4)),
    unit: "M agent-steps/s",
    ratio: null,
    against: null,
  };
}
