// One candidate: an economy's series at given parameters. Without decisions the economy is simulated; with them the experiment's algorithm
// learns at these parameters first, and its policies are played.

import type { Snapshot } from "../algorithms/algorithm.ts";
import { decisionsOf } from "../economy/decisions.ts";
import { type AnyParamValues, type AnyWorld, createSimulation, type Economy } from "../economy/index.ts";
import { program, roomyArena } from "../engine/program.ts";
import { createTeam } from "../engine/team.ts";
import { type Experiment, resolveRun } from "../experiment/experiment.ts";
import { createPlayer } from "../experiment/play.ts";
import type { Segments } from "./features.ts";

export interface Simulated {
  /** Parameters and settings of the run, as for `--set`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A metric or a world scalar. */
  readonly series: string;
  readonly worlds: number;
  /** Kept, after `burnIn` others. */
  readonly periods: number;
  readonly burnIn: number;
  readonly seed: number;
  /** World-periods of learning. */
  readonly trainSteps: number;
  readonly trainSeed: number;
}

/** [worlds] the series of each, in the same order for the same seed: candidates differ by their parameters, not by their luck. */
export function simulateSeries(experiment: Experiment, request: Simulated): Segments[] {
  const { economy } = experiment;
  const { settings, seed, worlds } = request;
  const run = resolveRun(experiment, { ...settings, totalSteps: Math.max(1, request.trainSteps) }, request.trainSeed);
  const recorders = Array.from({ length: worlds }, () => recorder(economy, run.params, request));
  if (!decides(economy)) {
    simulate(economy, run.params, request, recorders);
    return recorders.map(({ finish }) => finish());
  }
  const { algorithm } = experiment;
  if (!algorithm) throw new Error(`${economy.name} has decisions and ${experiment.name} no algorithm to make them.`);
  let last: Snapshot | null = null;
  const options = { arena: roomyArena({}), team: createTeam(new Int32Array(0), 0, 1), pieces: 1 };
  for (const update of program(experiment, run, { ...options, from: null, checkIdentities: false }))
    last = update.snapshot();
  if (!last) throw new Error(`${experiment.name} learned nothing in ${run.totalSteps} world-periods.`);
  const player = createPlayer(economy, algorithm, run.config, run.params, experiment.evaluation);
  player.load(last.arrays);
  const periods = request.burnIn + request.periods;
  return recorders.map(({ see, finish }, e) => {
    player.play({ seed: seed * worlds + e, periods, visit: (w) => see(w) });
    return finish();
  });
}

export const decides = (economy: Economy): boolean => decisionsOf(economy).length > 0;

function simulate(
  economy: Economy,
  params: AnyParamValues,
  { worlds, burnIn, periods, seed }: Simulated,
  recorders: readonly { see(w: AnyWorld): void }[],
): void {
  const simulation = createSimulation(economy, { params, numWorlds: worlds, seed });
  for (let e = 0; e < worlds; e++) {
    const world = simulation.worlds[e];
    simulation.reset(e);
    for (let t = 0; t < burnIn + periods; t++) {
      const over = simulation.period[e] >= simulation.horizon || (economy.end?.(world, simulation.params) ?? false);
      if (t > 0 && over) simulation.reset(e);
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      recorders[e].see(world);
      simulation.endPeriod(e);
    }
  }
}

/** Reads the series of one world at the end of each period; a period that does not follow the last one begins a new segment. */
function recorder(economy: Economy, params: AnyParamValues, { series, burnIn, periods }: Simulated) {
  const metric = economy.metrics[series];
  const read = (w: AnyWorld): number => (metric ? metric.of(w, params) : (w[series] as number));
  const segments: number[][] = [];
  let before = Number.POSITIVE_INFINITY;
  let seen = 0;
  return {
    see(w: AnyWorld): void {
      const period = w.period as number;
      if (seen++ >= burnIn && seen <= burnIn + periods) {
        const value = read(w);
        if (!Number.isFinite(value)) throw new Error(`${economy.name}: ${series} is ${value} in period ${period}.`);
        if (period !== before + 1 || segments.length === 0) segments.push([]);
        segments.at(-1)!.push(value);
      }
      before = period;
    },
    finish: (): Segments => segments.map((segment) => Float64Array.from(segment)),
  };
}

/** The names a series can have: metrics, then world scalars. */
export const seriesNames = (economy: Economy): string[] => [
  ...new Set([...Object.keys(economy.metrics), ...scalarNames(economy)]),
];

/** World scalars without an inner axis. */
const scalarNames = ({ world }: Economy): string[] => Object.keys(world).filter((name) => world[name].each === null);
