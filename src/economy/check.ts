// What every economy must survive: random unmasked actions, its own identities, any cut of its work, a second time.
// Ships with the package, so that users run the same checks as maintainers.

import { type Stream, seedStream } from "../random/index.ts";
import { alone } from "./cut.ts";
import type { Economy } from "./define.ts";
import { type ParamSettings, resolveParams } from "./params.ts";
import type { AnyRows } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";
import { isUnknown, NO_THEORY } from "./truth.ts";

export interface Check {
  readonly name: string;
  readonly pass: boolean;
  readonly detail: string;
}

export interface CheckOptions {
  readonly params?: ParamSettings;
  readonly seeds?: readonly number[];
  /** Periods per seed; crosses at least one reset when the horizon is shorter. */
  readonly periods?: number;
  readonly numWorlds?: number;
}

export function checkEconomy(economy: Economy, options: CheckOptions = {}): Check[] {
  const { seeds = [1, 2, 3], periods = 100, numWorlds = 2, params = {} } = options;
  const checks: Check[] = [];
  const attempt = (name: string, body: () => string): void => {
    try {
      checks.push({ name, pass: true, detail: body() });
    } catch (error) {
      checks.push({ name, pass: false, detail: error instanceof Error ? error.message : String(error) });
    }
  };

  attempt("parameters resolve", () => `${Object.keys(resolveParams(economy, params)).length} parameters`);
  attempt("everything declared is documented", () => {
    const blank = undocumented(economy);
    if (blank.length > 0) throw new Error(`No unit or doc: ${blank.join(", ")}.`);
    return "units, docs, source and summary are there";
  });
  attempt("phases survive random, unmasked actions and identities hold after each", () => {
    for (const seed of seeds) play(economy, { params, seed, numWorlds, checkIdentities: true }, periods);
    const names = Object.keys(economy.identities);
    return `${seeds.length} seeds × ${numWorlds} worlds × ${periods} periods; identities: ${names.join(", ") || "none declared"}`;
  });
  attempt("the same seed gives the same bytes", () => {
    const twice = [0, 1].map(() => fingerprint(play(economy, { params, seed: seeds[0]!, numWorlds }, periods)));
    if (twice[0] !== twice[1])
      throw new Error(
        "Two runs of one seed differ: a phase uses something other than its draws, columns and parameters.",
      );
    return `fingerprint ${twice[0]}`;
  });
  attempt("cutting the rows into 1, 2 and 7 pieces changes nothing", () => {
    const prints = [1, 2, 7].map((pieces) => {
      const cut = { numWorlds: 1, cut: "rows", pieces, team: alone, grain: 16, backwards: true } as const;
      return fingerprint(play(economy, { params: small(economy, params), seed: seeds[0]!, ...cut }, periods));
    });
    if (new Set(prints).size > 1)
      throw new Error(
        "The cuts differ: an `each` phase writes or reads other rows than its own, or a sum is taken outside `total`.",
      );
    return `fingerprint ${prints[0]}`;
  });
  if (Object.keys(economy.payoffs).length > 0)
    attempt("the payoffs declared are what is earned, also by whoever chooses otherwise", () => {
      const compared = comparePayoffs(economy, { params, seed: seeds[0]! }, Math.min(periods, 30));
      return `${compared} choices tried in periods that were played again`;
    });
  attempt("theory is finite", () => {
    const truth = economy.truth?.(resolveParams(economy, params)) ?? {};
    for (const [name, value] of Object.entries(truth))
      if (!isUnknown(value) && ![value].flat().every(Number.isFinite))
        throw new Error(
          `truth.${name} is ${value}. Where theory does not apply, return unknown("reason") in its place.`,
        );
    const names = Object.entries(truth).map(([name, value]) =>
      isUnknown(value) ? `${name} (${NO_THEORY}: ${value.unknown})` : name,
    );
    return names.join(", ") || "none declared";
  });
  return checks;
}

/** Plays random actions: grids and codes uniformly over their choices, boxes uniformly between their bounds. */
function play(economy: Economy, options: SimulationOptions & { readonly grain?: number }, periods: number): Simulation {
  const simulation = createSimulation(economy, options);
  const rng = seedStream(options.seed ?? 1).fork("check");
  const streams = new Map<string, Stream>();
  for (const [population, spaces] of Object.entries(simulation.spaces))
    for (const action of Object.keys(spaces))
      streams.set(`${population}.${action}`, rng.fork(`${population}.${action}`));
  for (let e = 0; e < simulation.numWorlds; e++) simulation.reset(e);
  for (let period = 0; period < periods; period++)
    for (let e = 0; e < simulation.numWorlds; e++) {
      simulation.phases.forEach((phase, index) => {
        if (phase.kind === "decide") decideAtRandom(simulation, phase.population, e, period, streams);
        else simulation.runPhase(index, e);
      });
      simulation.endPeriod(e);
      const ended = economy.end?.(simulation.worlds[e]!, simulation.params) ?? false;
      // Not after the last period: a world that was just reset would look the same whatever came before.
      if (period + 1 < periods && (ended || simulation.period[e]! >= simulation.horizon)) simulation.reset(e);
    }
  return simulation;
}

/** Plays each period again with one row's choice changed, and holds its reward against the payoff declared for that choice. */
function comparePayoffs(economy: Economy, options: SimulationOptions, periods: number): number {
  const simulation = createSimulation(economy, options);
  const rng = seedStream(options.seed ?? 1).fork("check/payoffs");
  const streams = new Map<string, Stream>();
  for (const [population, spaces] of Object.entries(simulation.spaces))
    for (const action of Object.keys(spaces))
      streams.set(`${population}.${action}`, rng.fork(`${population}.${action}`));
  const world = simulation.worlds[0]!;
  const columns = Object.values(simulation.columns);
  /** One period of random actions, but for row i of a population, which plays a joint choice of its own. */
  const playPeriod = (period: number, deviation?: { population: string; i: number; choice: number }): void => {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind !== "decide") {
        simulation.runPhase(index, 0);
        return;
      }
      decideAtRandom(simulation, phase.population, 0, period, streams);
      if (phase.population !== deviation?.population) return;
      let rest = deviation.choice;
      for (const [action, { values, count }] of Object.entries(simulation.spaces[phase.population]!).reverse()) {
        (world[phase.population] as AnyRows as Record<string, Float64Array>)[action]![deviation.i] =
          values[rest % count]!;
        rest = Math.floor(rest / count);
      }
    });
  };
  let compared = 0;
  simulation.reset(0);
  for (let period = 0; period < periods; period++) {
    const before = columns.map((column) => column.slice());
    const restore = (): void => {
      for (let c = 0; c < columns.length; c++) columns[c]!.set(before[c] as never);
    };
    for (const [population, payoffsOf] of Object.entries(economy.payoffs)) {
      restore();
      playPeriod(period);
      const rows = world[population] as AnyRows;
      const spaces = Object.values(simulation.spaces[population]!);
      const i = period % rows.size;
      const payoffs = new Float64Array(spaces.reduce((product, { count }) => product * count, 1));
      payoffsOf(payoffs, rows, i, world, simulation.params);
      const tried = Math.min(payoffs.length, 8);
      for (let k = 0; k < tried; k++) {
        const choice = (Math.floor((k * payoffs.length) / tried) + period) % payoffs.length;
        restore();
        playPeriod(period, { population, i, choice });
        const earned = (rows[economy.reward[population]!.column] as Float64Array)[i]!;
        if (!(Math.abs(earned - payoffs[choice]!) <= 1e-9 * Math.max(1, Math.abs(earned))))
          throw new Error(
            `Period ${period}: ${population}[${i}] would earn ${payoffs[choice]} by its choice ${choice} according to payoffs.${population}, and earns ${earned}.`,
          );
        compared++;
      }
    }
    restore();
    playPeriod(period);
    simulation.endPeriod(0);
    if (simulation.period[0]! >= simulation.horizon) simulation.reset(0);
  }
  return compared;
}

function decideAtRandom(
  simulation: Simulation,
  population: string,
  e: number,
  period: number,
  streams: Map<string, Stream>,
): void {
  const rows = simulation.worlds[e]![population] as AnyRows;
  for (const [action, space] of Object.entries(simulation.spaces[population]!)) {
    const column = rows[action] as Float64Array;
    const stream = streams.get(`${population}.${action}`)!;
    for (let i = 0; i < rows.size; i++)
      column[i] =
        space.kind === "box"
          ? space.low + stream.uniformAt(e, period, i) * (space.high - space.low)
          : space.values[stream.integerAt(e, period, i, space.count)]!;
  }
}

/** A population large enough to be cut, small enough to be quick. */
function small(economy: Economy, params: ParamSettings): ParamSettings {
  const settings: Record<string, unknown> = { ...params };
  for (const { size } of Object.values(economy.populations)) {
    if (typeof size !== "string") continue;
    const declared = economy.params[size];
    if (declared?.kind === "number") settings[size] = Math.max(declared.min, Math.min(declared.max, 151));
  }
  return settings;
}

/** FNV-1a over every column's bytes: a quick way to see that two states are not the same. */
function fingerprint(simulation: Simulation): string {
  let hash = 0x811c9dc5;
  for (const name of Object.keys(simulation.columns).sort()) {
    const column = simulation.columns[name]!;
    for (const byte of new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
      hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function undocumented(economy: Economy): string[] {
  const blank: string[] = [];
  if (economy.source === "") blank.push("source");
  if (economy.summary === "") blank.push("summary");
  for (const [name, { unit, symbol, doc }] of Object.entries(economy.params))
    if (doc === "" && symbol === "" && (unit === "1" || unit === "")) blank.push(`params.${name}`);
  for (const [name, phase] of Object.entries(economy.phases)) if (phase.doc === "") blank.push(`phase ${name}`);
  for (const [population, { state, actions }] of Object.entries(economy.populations))
    for (const [name, column] of [...Object.entries(state), ...Object.entries(actions)])
      if (column.unit === "1" && column.doc === "") blank.push(`${population}.${name}`);
  for (const [name, column] of Object.entries(economy.world))
    if (column.unit === "1" && column.doc === "") blank.push(`world.${name}`);
  for (const [population, observed] of Object.entries(economy.observe))
    for (const [name, { doc }] of Object.entries(observed)) if (doc === "") blank.push(`observe.${population}.${name}`);
  return blank;
}
