// One candidate: an economy's series at given parameters. Without decisions the economy is simulated; with them the experiment's algorithm
// learns at these parameters first, and its policies are played.

import type { Snapshot } from "../algorithms/algorithm.ts";
import { isDecided } from "../economy/decisions.ts";
import type { AnyParamValues, AnyWorld, Economy } from "../economy/index.ts";
import { program, roomyArena } from "../engine/program.ts";
import { createTeam } from "../engine/team.ts";
import { type Experiment, resolveRun } from "../experiment/experiment.ts";
import { createPlayer } from "../experiment/play.ts";
import { seriesReader } from "../experiment/series.ts";
import { simulatePeriods } from "../experiment/simulate-periods.ts";
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
  const recorders = Array.from({ length: worlds }, (_, e) => recorder(economy, run.params, request, e));
  if (!isDecided(economy, run.params)) {
    const periods = request.burnIn + request.periods;
    simulatePeriods(economy, { params: run.params, worlds, seed, periods, visit: (w, _t, e) => recorders[e].see(w) });
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

/** Reads the series of one world at the end of each period; a period that does not follow the last one begins a new segment. */
function recorder(economy: Economy, params: AnyParamValues, { series, burnIn, periods }: Simulated, e: number) {
  const read = seriesReader(economy.name, economy, series);
  const segments: number[][] = [];
  let before = Number.POSITIVE_INFINITY;
  let seen = 0;
  return {
    see(w: AnyWorld): void {
      const period = w.period as number;
      if (seen++ >= burnIn && seen <= burnIn + periods) {
        const value = read(w, params, e);
        if (!Number.isFinite(value)) throw new Error(`${economy.name}: ${series} is ${value} in period ${period}.`);
        if (period !== before + 1 || segments.length === 0) segments.push([]);
        segments.at(-1)!.push(value);
      }
      before = period;
    },
    finish: (): Segments => segments.map((segment) => Float64Array.from(segment)),
  };
}
