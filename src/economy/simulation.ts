// Simulation: E worlds of one economy, and the running of phases over any cut of them.
//
// E worlds, N agents of a population; columns are [E, N], world scalars [E]. Two ways to share the work, with identical results:
//   by worlds  each rank runs whole worlds; nothing is exchanged
//   by rows    each rank runs some rows of every world; ranks meet at a barrier between phases

import { type Allocator, alone, BLOCK, type Cut, plainMemory, type Team } from "../core/cut.ts";
import { type AnyParamValues, type ParamSettings, resolveParams } from "../core/params.ts";
import { type Stream, seedStream } from "../random/index.ts";
import type { ColumnArray } from "./columns.ts";
import type { Economy } from "./economy.ts";
import { createInspector } from "./inspect.ts";
import { createBalance, type Migration, type Partition } from "./partition.ts";
import { kindOf, type Phase } from "./phases/index.ts";
import { leads as isLeader, meet, type Stops, worldWritten } from "./phases/kind.ts";
import type { AnyWorld } from "./population.ts";
import { begin, end, numberOf } from "./running.ts";
import type { ResolvedSpace } from "./spaces.ts";
import { countOf, createWorlds } from "./worlds.ts";

export interface SimulationOptions {
  readonly params?: ParamSettings;
  readonly numWorlds?: number;
  readonly seed?: number;
  /**
   * Names the use of the draws: simulations of one seed and two purposes share none. Default "": training and `walras run`. Playing, evaluating and measuring
   * have purposes of their own, so that nothing is measured in the worlds it was trained in.
   */
  readonly purpose?: string;
  readonly memory?: Allocator;
  readonly team?: Team;
  /** How the team shares the work. `pieces` ≥ team.size cuts finer than there are ranks; results do not depend on it. */
  readonly cut?: Cut;
  readonly pieces?: number;
  /** With `cut: "rows"`: rows migrate between pieces by measured load. Default: pieces keep the rows they begin with. */
  readonly migration?: Migration | undefined;
  /** Run a rank's pieces from the last to the first: a phase that looks at other rows then shows. Default false. */
  readonly backwards?: boolean;
  /** Rows per block of a `total`, on whose multiples row cuts fall. Default BLOCK; results depend on it, and on nothing else about the cut. */
  readonly grain?: number;
  /** Check identities after every phase (and period). Default false. */
  readonly checkIdentities?: boolean;
}

export interface Simulation {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly numWorlds: number;
  readonly horizon: number;
  readonly worlds: readonly AnyWorld[];
  /** Rows of each population, and the most links of each kind. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Every column by "population.column" and every world scalar by "world.name", over all worlds; `period` and `tick` too. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** Items of each column and scalar with an inner axis, by the same names; null: a single value. */
  readonly items: Readonly<Record<string, number | null>>;
  /** Action spaces by "population.action". */
  readonly spaces: Readonly<Record<string, Readonly<Record<string, ResolvedSpace>>>>;
  /** [E] periods since the world's last reset. */
  readonly period: Int32Array;
  readonly phaseNames: readonly string[];
  readonly phases: readonly Phase[];
  /** Restarts every random stream from a seed; columns are untouched. */
  reseed(seed: number): void;
  /** Initial values and start phases of world e. */
  reset(e: number): void;
  /** Runs one phase (not a decision) of world e, past the decisions within. With `cut: "rows"` every rank must call it. */
  runPhase(index: number, e: number): void;
  /** Where each phase stops for decisions within, by its index; null: nobody decides there. */
  readonly stops: readonly (Pick<Stops, "event" | "row"> | null)[];
  /** Runs a phase that has stops from its beginning, or on from where it stopped, to the next decision or its end. With `cut: "worlds"`. */
  advancePhase(index: number, e: number): void;
  /** How the rows of each phase are cut, start phases first, and how many blocks have moved; none with `cut: "worlds"`. */
  readonly partitions: readonly Pick<Partition, "cuts" | "moved" | "load">[];
  /** Closes the period of world e: checks identities, advances time. */
  endPeriod(e: number): void;
}

export function createSimulation(economy: Economy, options: SimulationOptions = {}): Simulation {
  const { numWorlds = 1, seed = 1, memory = plainMemory, team = alone, cut = "worlds" } = options;
  const { pieces = team.size, backwards = false, grain = BLOCK, checkIdentities = false, purpose = "" } = options;
  if (!(Number.isInteger(numWorlds) && numWorlds >= 1))
    throw new Error(`${economy.name}: numWorlds is ${numWorlds}, expected an integer of at least 1.`);
  if (pieces < team.size)
    throw new Error(`${economy.name}: ${pieces} pieces for ${team.size} threads, expected at least one each.`);
  const params = resolveParams(economy, options.params);
  const horizon = countOf(economy.name, params, "horizon", economy.horizon);
  const state = createWorlds(economy, params, numWorlds, memory);
  const { worlds, sizes, items, spaces, period, tick } = state;
  const inspect = createInspector(economy, params, state);

  const balance = createBalance(options.migration);
  const context = {
    economy: economy.name,
    params,
    worlds: state,
    inspect,
    memory,
    team,
    cut,
    pieces,
    backwards,
    grain,
    balance,
  };
  const startNames = Object.keys(economy.start);
  const phaseNames = Object.keys(economy.phases);
  const runnerOf = (name: string, path: string, phase: Phase) => kindOf(phase).runner(context, name, path, phase);
  const starts = startNames.map((name) => runnerOf(name, `start/${name}`, economy.start[name]!));
  const runners = phaseNames.map((name) => runnerOf(name, name, economy.phases[name]!));
  const idle = runners.map((runner) => runner.idle === true);
  const stops = runners.map((runner) => runner.stops ?? null);
  const columns: Record<string, ColumnArray> = { ...state.columns };
  for (const [index, one] of stops.entries())
    for (const [what, column] of Object.entries(one?.columns ?? {})) columns[`${phaseNames[index]}/${what}`] = column;

  const startNumbers = startNames.map((name) => numberOf(`start phase "${name}" of ${economy.name}`));
  const phaseNumbers = phaseNames.map((name) => numberOf(`phase "${name}" of ${economy.name}`));

  const mortal = Object.values(economy.populations).some(({ lives }) => lives !== null);

  /** Whether this rank does what is done once per world. */
  const leads = isLeader(context);
  /** Ranks meet when the leading one has written to world e. */
  const meetIn = (e: number): void => meet(context, () => worldWritten(context, e));
  const reseed = (next: number): void => {
    const seeded = seedStream(next);
    const root: Stream = (purpose === "" ? seeded : seeded.fork(`purpose/${purpose}`)).fork(economy.name);
    for (const runner of [...starts, ...runners]) runner.reseed(root);
  };
  reseed(seed);
  /** An error that a phase threw of itself says where; those of the machinery know already. */
  const located = (error: unknown, what: string, e: number): unknown => {
    if (!(error instanceof Error)) return located(new Error(String(error)), what, e);
    if ("world" in error || error.name === "Abandoned" || error.message.startsWith(economy.name)) return error;
    const where = `economy ${economy.name}, world ${e}, period ${period[e]}`;
    const wrapped = new Error(`${what} failed: ${error.message} (${where}).`, { cause: error });
    return Object.assign(wrapped, { world: e, tick: tick[e] });
  };

  const run = (index: number, e: number, how: () => void): void => {
    begin(phaseNumbers[index]!, e, period[e]!);
    try {
      how();
    } catch (error) {
      throw located(error, `Phase "${phaseNames[index]}"`, e);
    } finally {
      end();
    }
  };
  const checkAfter = (index: number, e: number): void => {
    if (!checkIdentities) return;
    if (leads) inspect.identities(phaseNames[index]!, e);
    meet(context, () => []); // nobody writes while rank 0 adds up
  };

  return {
    economy,
    params,
    numWorlds,
    horizon,
    worlds,
    sizes,
    columns,
    items,
    spaces,
    period,
    phaseNames,
    phases: Object.values(economy.phases),
    reseed,
    reset(e) {
      if (leads) {
        state.clear(e);
        for (const one of stops) one?.clear(e);
      }
      meetIn(e);
      for (let index = 0; index < starts.length; index++) {
        begin(startNumbers[index]!, e, period[e]!);
        try {
          starts[index]!.run(e);
        } catch (error) {
          throw located(error, `Start phase "${startNames[index]}"`, e);
        } finally {
          end();
        }
      }
      if (!mortal) return;
      if (leads) state.vacate(e);
      meetIn(e);
    },
    runPhase(index, e) {
      if (!idle[index]) run(index, e, () => runners[index]!.run(e));
      checkAfter(index, e);
    },
    stops,
    partitions: balance.partitions,
    advancePhase(index, e) {
      const phase = stops[index]!;
      run(index, e, () => phase.advance(e));
      if (phase.event[e] === 0) checkAfter(index, e);
    },
    endPeriod(e) {
      if (leads) {
        if (checkIdentities) inspect.identities(null, e);
        if (mortal) state.vacate(e);
        period[e] = period[e]! + 1;
        tick[e] = tick[e]! + 1;
      }
      meet(context, () => [...worldWritten(context, e), ...(balance.due ? balance.measured() : [])]);
      balance.endPeriod();
    },
  };
}
