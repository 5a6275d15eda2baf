// Schelling's town, an epidemic and money exchange beside agent-based libraries: Mesa, mesa-frames and krABMaga, in one run and in turns, one thread each.
//
// Rules are the same on all sides (peers/README.md says what differs) and so is the law of what comes out, which stands in rows of its own. Timed are the periods
// alone, in processor time, which does not depend on what else the machine does, after others that warm the optimising compiler up. Figures that others publish were taken on other machines; notes quote them.

import { epidemic } from "../economies/epidemic.ts";
import { moneyExchange } from "../economies/money-exchange.ts";
import { schelling } from "../economies/schelling.ts";
import { createSimulation, type Economy } from "../src/economy/index.ts";
import { roomyArena } from "../src/engine/program.ts";
import { krabmaga, type PeerResult, peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const OURS = "walras, 1 thread";
const ROUNDS = 3;

interface Ran {
  readonly version?: string;
  readonly agents: number;
  readonly seconds: number;
  readonly result: number;
}

/** Periods of a bare simulation, the rounds before `seed` to warm up. */
function ours(
  economy: Economy,
  params: Record<string, number | string>,
  periods: number,
  metric: string,
  seed: number,
): Ran {
  let seconds = 0;
  // as the engine makes it: in the kernels' memory, over rows
  const simulation = createSimulation(economy, { params, seed, memory: roomyArena({}), cut: "rows", pieces: 1 });
  const agents = Number(simulation.params["residents"] ?? simulation.params["agents"]);
  for (let round = 0; round < 8; round++) {
    simulation.reset(0);
    const before = process.cpuUsage();
    for (let t = 0; t < periods; t++) {
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
      simulation.endPeriod(0);
    }
    const { user, system } = process.cpuUsage(before);
    seconds = (user + system) / 1e6;
  }
  const { of } = economy.metrics[metric] as { readonly of: (world: unknown, params: unknown) => number };
  return { agents, seconds, result: of(simulation.worlds[0], simulation.params) };
}

interface Workload {
  readonly name: string;
  readonly periods: number;
  /** What the rows of results say. */
  readonly result: string;
  readonly ours: (seed: number) => Ran;
  readonly peers: Readonly<Record<string, (seed: string) => Promise<PeerResult>>>;
}

function town(radius: number, share: number, count: number): Pick<Workload, "ours" | "peers"> {
  const params = { width: 100, height: 100, radius, wantedShare: share, wantedCount: count };
  const wishes = [radius, share, count].map(String);
  return {
    ours: (seed) => ours(schelling as unknown as Economy, params, 20, "happy", seed),
    peers: {
      "Mesa, by a careful user": (seed) => peer("mesa_models", ["schelling", "100", "20", seed, ...wishes]),
      ...(count === 0 && {
        "Mesa, the example that it ships": (seed: string) =>
          peer("mesa_models", ["schelling", "100", "20", seed, ...wishes, "--as-example"]),
      }),
      krABMaga: (seed) => krabmaga(["schelling", "100", "20", seed, ...wishes]),
    },
  };
}

const WORKLOADS: readonly Workload[] = [
  { name: "Schelling, 100 × 100, 40 % wanted", periods: 20, result: "share of the happy", ...town(1, 0.4, 0) },
  { name: "Schelling, 100 × 100, radius 2, 8 wanted", periods: 20, result: "share of the happy", ...town(2, 0, 8) },
  {
    name: "epidemic, 10⁴ people, 8 neighbours",
    periods: 100,
    result: "share ever infected",
    ours: (seed) => ours(epidemic as unknown as Economy, { agents: 10_000, network: "random" }, 100, "caught", seed),
    peers: {
      "Mesa, by a careful user": (seed) => peer("mesa_models", ["epidemic", "10000", "100", seed]),
      krABMaga: (seed) => krabmaga(["epidemic", "10000", "100", seed]),
    },
  },
];

const PUBLISHED =
  "Published by others, on other machines: Agents.jl 6.2.10 plays Schelling with radius 2 and 8 wanted 26.7 times as fast as Mesa 3.2.0, construction included " +
  "(JuliaDynamics/ABMFrameworksComparison); FLAME GPU 2 takes 22.9 ms for a step of Sugarscape with 1.64 million agents on an A100 (FLAMEGPU2-submodel-benchmark), 72 million agent-steps a second.";

/** As `walras bench models` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  for (const workload of WORKLOADS) {
    const runs: Record<string, Ran[]> = { [OURS]: [] };
    for (let seed = 1; seed <= ROUNDS; seed++) {
      runs[OURS].push(workload.ours(seed));
      for (const [name, run] of Object.entries(workload.peers)) {
        const answer = await run(String(seed));
        if (answer.ok) (runs[name] ??= []).push(answer.result as Ran);
        else if (seed === 1) notes.push(`${name}, ${workload.name}: ${answer.reason}`);
      }
    }
    const rate = (name: string) =>
      median(runs[name].map(({ agents, seconds }) => (agents * workload.periods) / seconds / 1e6));
    addRows(rows, workload.name, Object.fromEntries(Object.keys(runs).map((name) => [name, rate(name)])));
    for (const [implementation, of] of Object.entries(runs))
      rows.push({
        workload: `${workload.name}: ${workload.result}`,
        implementation,
        median: median(of.map(({ result }) => result)),
        unit: "1",
        ratio: null,
        against: null,
      });
  }
  await money(rows, notes);
  return { suite: "models", machine: machine(), rows, notes: [...notes, PUBLISHED] };
}

/** mesa-frames on the wealth model, which its authors benchmark; the fastest step of each. */
async function money(rows: BenchRow[], notes: string[]): Promise<void> {
  const agents = 1_000_000;
  const rates: Record<string, number[]> = { [OURS]: [] };
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const { seconds } = ours(moneyExchange as unknown as Economy, { agents, money: 1 }, 20, "gini", seed);
    rates[OURS].push((agents * 20) / seconds / 1e6);
    const answer = await peer("mesa_frames_money", [String(agents), "8", String(seed)]);
    if (!answer.ok) {
      notes.push(`mesa-frames: ${answer.reason}`);
      break;
    }
    const result = answer.result as { version: string; threads: number; bestAgentStepsPerSecond: number };
    (rates[`mesa-frames ${result.version}, ${result.threads} threads`] ??= []).push(
      result.bestAgentStepsPerSecond / 1e6,
    );
  }
  const medians = Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)]));
  addRows(rows, "money exchange, 10⁶ agents", medians);
}

function addRows(rows: BenchRow[], workload: string, rates: Readonly<Record<string, number>>): void {
  const row = { workload, unit: "M agent-steps/s" };
  const others = Object.keys(rates).slice(1);
  if (others.length === 0) rows.push({ ...row, implementation: OURS, median: rates[OURS], ratio: null, against: null });
  for (const against of others) {
    rows.push({ ...row, implementation: OURS, median: rates[OURS], ratio: rates[OURS] / rates[against], against });
    rows.push({ ...row, implementation: against, median: rates[against], ratio: null, against: null });
  }
}
