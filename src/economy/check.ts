// What every economy must survive: random unmasked actions, its own identities, any cut of its work, a second time.
// Ships with the package, so that users run the same checks as maintainers.

import { alone } from "../core/cut.ts";
import { closest, suggest } from "../core/errors.ts";
import { type ParamSettings, resolveParams } from "../core/params.ts";
import { RECORD, refuseOther } from "../core/shape.ts";
import { type Stream, seedStream } from "../random/index.ts";
import type { ColumnArray } from "./columns.ts";
import { decisionsOf } from "./decisions.ts";
import type { Economy } from "./economy.ts";
import { kindOf, type Phases, withinAll } from "./phases/index.ts";
import type { AnyRows } from "./population.ts";
import { begin, end, numberOf } from "./running.ts";
import { forbiddenIn, sealPhases } from "./sealed.ts";
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
  /** Called with the name of each check before it is made. */
  readonly onBegin?: (name: string) => void;
  /** Called with each check when it is made. */
  readonly onCheck?: (check: Check) => void;
}

export function checkEconomy(economy: Economy, options: CheckOptions = {}): Check[] {
  const unseal = sealPhases();
  try {
    return checksOf(economy, options);
  } finally {
    unseal();
  }
}

function checksOf(economy: Economy, options: CheckOptions): Check[] {
  const { seeds = [1, 2, 3], periods = 100, numWorlds = 2, params = {}, onBegin, onCheck } = options;
  const checks: Check[] = [];
  const attempt = (name: string, body: () => string): void => {
    onBegin?.(name);
    let check: Check;
    try {
      check = { name, pass: true, detail: body() };
    } catch (error) {
      check = { name, pass: false, detail: error instanceof Error ? error.message : String(error) };
    }
    checks.push(check);
    onCheck?.(check);
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
  attempt("no phase asks for chance, the clock or the environment", () => {
    const functions = functionsOf(economy);
    for (const [where, f] of functions) {
      const forbidden = forbiddenIn(f);
      if (forbidden !== null) throw new Error(`${where}: ${forbidden}.`);
    }
    return `${functions.length} functions read; while phases run, these throw`;
  });
  const straight = (since = 0): string =>
    printOf(play(economy, { params, seed: seeds[0]!, numWorlds }, periods), since);
  attempt("the same seed gives the same bytes", () => {
    const twice = [straight(), straight()];
    if (twice[0] !== twice[1])
      throw new Error(
        "Two runs of one seed differ: a phase uses something other than its draws, columns and parameters.",
      );
    return `fingerprint ${twice[0]}`;
  });
  attempt("stopped and continued from its columns, a run goes on the same", () => {
    const until = Math.floor(periods / 2);
    const whole = straight(until);
    const stopped = play(economy, { params, seed: seeds[0]!, numWorlds }, until, { last: false });
    play(economy, { params, seed: seeds[0]! + 1, numWorlds }, periods); // another run between, whatever it leaves behind
    const from = { period: until, columns: stopped.simulation.columns };
    const continued = printOf(play(economy, { params, seed: seeds[0]!, numWorlds }, periods, { from }));
    if (whole !== continued)
      throw new Error(
        `Continued after ${until} periods, in another order of worlds, it differs: a phase keeps something outside the columns, in a closure or a variable of the module.`,
      );
    return `stopped after ${until} periods`;
  });
  attempt("cutting the rows into 1, 2 and 7 pieces changes nothing", () => {
    const prints = [1, 2, 7].map((pieces) => {
      const cut = { numWorlds: 1, cut: "rows", pieces, team: alone, grain: 1, backwards: true } as const;
      return printOf(play(economy, { params: small(economy, params), seed: seeds[0]!, ...cut }, periods));
    });
    if (new Set(prints).size > 1)
      throw new Error(
        "The cuts differ: an `each` phase writes or reads other rows than its own, or a sum is taken outside `total`.",
      );
    return `fingerprint ${prints[0]}`;
  });
  attempt("phases read and write what they declare", () => {
    const cut = { numWorlds: 1, cut: "rows", pieces: 7, team: alone, grain: 1, backwards: true } as const;
    play(guarded(economy), { params: small(economy, params, 15), seed: seeds[0]!, ...cut }, Math.min(periods, 20));
    const looked = [...withinAll(economy.start), ...withinAll(economy.phases)].filter(
      ([, { kind }]) => kind !== "decide",
    );
    return `${looked.length} phases`;
  });
  attempt("metrics, identities and their like leave the world as it is", () => {
    const looked = lookAround(economy, { params, seed: seeds[0]!, numWorlds: 1 }, Math.min(periods, 20));
    return `${looked.size} functions, called after each period`;
  });
  attempt("whoever decides is rewarded", () => {
    const deciding = [...new Set(decisionsOf(economy).map(({ population }) => population))];
    const unpaid = deciding.filter((population) => !economy.reward[population]);
    if (unpaid.length > 0)
      throw new Error(
        `No reward: ${unpaid.join(", ")}. Name the column that each is rewarded by, reward: { ${unpaid[0]}: { column: "…", doc: "…" } }; nobody learns without.`,
      );
    return deciding.join(", ") || "nobody decides";
  });
  if (Object.keys(economy.payoffs).length > 0)
    attempt("the payoffs declared are what is earned, also by whoever chooses otherwise", () => {
      const compared = comparePayoffs(economy, { params, seed: seeds[0]! }, Math.min(periods, 30));
      return `${compared} choices tried in periods that were played again`;
    });
  attempt("theory is finite", () => {
    const p = resolveParams(economy, params);
    const truth = economy.truth === null ? {} : economy.truth(p);
    refuseOther("what truth returns", truth, RECORD);
    // What truth returns may depend on parameters, so a name of nothing is a mistake only where it is near one that nothing names.
    const bare = Object.keys(truth).filter((name) => !Object.hasOwn(economy.truthDocs, name));
    for (const name of Object.keys(economy.truthDocs)) {
      const near = Object.hasOwn(truth, name) ? "" : closest(name, bare);
      if (near !== "") throw new Error(`truthDocs names "${name}", which truth does not return.${near}`);
    }
    for (const { title, theory } of economy.figures)
      if (theory !== undefined && !Object.hasOwn(truth, theory))
        throw new Error(
          `The theory of figure "${title}" names "${theory}", which truth does not return.${suggest(theory, Object.keys(truth))}`,
        );
    for (const figure of economy.figures) {
      const points = "metric" in figure ? figure.path?.(p) : (figure.law ?? figure.density)?.(p);
      if (points === undefined || isUnknown(points)) continue;
      const wrong = points.findIndex(
        ([x, y], k) => !Number.isFinite(x) || !Number.isFinite(y) || (k > 0 && x <= points[k - 1]![0]),
      );
      if (wrong >= 0 || points.length === 0)
        throw new Error(
          `Theory of figure "${figure.title}" has ${wrong < 0 ? "no point" : `[${points[wrong]!.join(", ")}] as its point ${wrong}`}, expected finite points in ascending order. Where theory does not apply, return unknown("reason").`,
        );
    }
    for (const [name, value] of Object.entries(truth))
      if (!isUnknown(value) && ![value].flat().every(Number.isFinite))
        throw new Error(
          `truth.${name} is ${value}. Where theory does not apply, return unknown("reason") in its place.`,
        );
    const again = economy.truth?.(p) ?? {};
    for (const [name, value] of Object.entries(truth))
      if (JSON.stringify(again[name]) !== JSON.stringify(value))
        throw new Error(`truth.${name} is ${value} and, asked again, ${again[name]}.`);
    const names = Object.entries(truth).map(([name, value]) =>
      isUnknown(value) ? `${name} (${NO_THEORY}: ${value.unknown})` : name,
    );
    return names.join(", ") || "none declared";
  });
  return checks;
}

/** The same economy, whose phases are refused what they have not declared. */
function guarded(economy: Economy): Economy {
  const all = (phases: Phases): Phases =>
    Object.fromEntries(
      Object.entries(phases).map(([name, phase]) => [name, kindOf(phase).guarded(phase, economy.links)]),
    );
  return { ...economy, start: all(economy.start), phases: all(economy.phases) };
}

interface Course {
  /** Goes on from period `period` with these columns, worlds in the opposite order. */
  readonly from?: { readonly period: number; readonly columns: Readonly<Record<string, ColumnArray>> };
  /** Whether the last period is the end of the play: a world is then not reset after it, as it would look the same whatever came before. Default true. */
  readonly last?: boolean;
  /** At the end of each period of world e. */
  readonly visit?: (simulation: Simulation, e: number) => void;
}

interface Played {
  readonly simulation: Simulation;
  /** Of a world at the end of each of its episodes, before the reset, and at the end of the play. */
  readonly prints: readonly { readonly period: number; readonly e: number; readonly print: number }[];
}

/** Plays random actions: grids and codes uniformly over their choices, boxes uniformly between their bounds. */
function play(
  economy: Economy,
  options: SimulationOptions,
  periods: number,
  { from, last = true, visit }: Course = {},
): Played {
  const simulation = createSimulation(economy, options);
  const prints: Played["prints"][number][] = [];
  const act = randomActions(simulation, seedStream(options.seed ?? 1).fork("check"));
  const order = Array.from({ length: simulation.numWorlds }, (_, e) => e);
  if (from) {
    order.reverse();
    for (const [name, column] of Object.entries(from.columns)) simulation.columns[name]!.set(column as never);
  } else for (const e of order) simulation.reset(e);
  for (let period = from?.period ?? 0; period < periods; period++)
    for (const e of order) {
      simulation.phases.forEach((phase, index) => {
        act(index, e, period);
        if (phase.kind !== "decide") simulation.runPhase(index, e);
      });
      visit?.(simulation, e);
      const ended = economy.end?.(simulation.worlds[e]!, simulation.params) ?? false;
      simulation.endPeriod(e);
      const over = ended || simulation.period[e]! >= simulation.horizon;
      if (over || period + 1 === periods) prints.push({ period, e, print: fingerprint(simulation, e) });
      if (over && (period + 1 < periods || !last)) simulation.reset(e);
    }
  return { simulation, prints };
}

/** One fingerprint for all the worlds' ends of episodes, and of the play, from a period on. */
function printOf({ prints }: Played, since = 0): string {
  const kept = prints.filter(({ period }) => period >= since);
  const text = kept.sort((a, b) => a.period - b.period || a.e - b.e).map(({ print }) => print);
  return fnv(new TextEncoder().encode(text.join(" ")))
    .toString(16)
    .padStart(8, "0");
}

/** Plays each period again with one row's choice changed, and holds its reward against the payoff declared for that choice. */
function comparePayoffs(economy: Economy, options: SimulationOptions, periods: number): number {
  const simulation = createSimulation(economy, options);
  const act = randomActions(simulation, seedStream(options.seed ?? 1).fork("check/payoffs"));
  const world = simulation.worlds[0]!;
  const columns = Object.values(simulation.columns);
  /** One period of random actions, but for row i of a population, which plays a joint choice of its own. */
  const playPeriod = (period: number, deviation?: { population: string; i: number; choice: number }): void => {
    simulation.phases.forEach((phase, index) => {
      act(index, 0, period);
      if (phase.kind !== "decide") {
        simulation.runPhase(index, 0);
        return;
      }
      if (phase.population !== deviation?.population) return;
      let rest = deviation.choice;
      for (const [action, { values, count }] of Object.entries(simulation.spaces[phase.population]!).reverse()) {
        const column = (world[phase.population] as AnyRows)[action] as Float64Array;
        const M = simulation.items[`${phase.population}.${action}`] ?? 1;
        for (let m = M - 1; m >= 0; m--) {
          column[deviation.i * M + m] = values[rest % count]!;
          rest = Math.floor(rest / count);
        }
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
      const i = period % rows.size;
      const payoffs = new Float64Array(choicesOf(simulation, population));
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

/**
 * Sets the actions of those who decide at a phase, by its index: grids and codes uniformly over their choices, boxes uniformly between their bounds. Where rows decide at events of the phase,
 * each chooses once for all of them.
 */
function randomActions(simulation: Simulation, rng: Stream): (index: number, e: number, period: number) => void {
  const decisions = decisionsOf(simulation.economy);
  const taken = simulation.phaseNames.map((name) => decisions.filter(({ phase }) => phase === name));
  const streams = new Map<string, Stream>();
  for (const [population, spaces] of Object.entries(simulation.spaces))
    for (const action of Object.keys(spaces))
      streams.set(`${population}.${action}`, rng.fork(`${population}.${action}`));
  return (index, e, period) => {
    for (const { population, choices, flags, event } of taken[index]!) {
      const rows = simulation.worlds[e]![population] as AnyRows;
      const wanted = event === null ? flags.map((flag) => rows[flag] as Int32Array) : [];
      for (const action of choices) {
        const space = simulation.spaces[population]![action]!;
        const column = rows[action] as Float64Array;
        const items = column.length / rows.size;
        const stream = streams.get(`${population}.${action}`)!;
        for (let i = 0; i < column.length; i++) {
          if (wanted.some((flag) => flag[Math.floor(i / items)] === 0)) continue;
          column[i] =
            space.kind === "box"
              ? space.low + stream.uniformAt(e, period, i) * (space.high - space.low)
              : space.values[stream.integerAt(e, period, i, space.count)]!;
        }
      }
    }
  };
}

/** Calls everything that may only look, after each period, and compares the columns before and after. Returns the names of what was called. */
function lookAround(economy: Economy, options: SimulationOptions, periods: number): Set<string> {
  const looked = new Set<string>();
  play(economy, options, periods, {
    visit(simulation, e) {
      const w = simulation.worlds[e]!;
      const p = simulation.params;
      let before = fingerprint(simulation, e);
      const look = (name: string, f: () => unknown): unknown => {
        looked.add(name);
        begin(numberOf(`${name} of ${economy.name}`), e, simulation.period[e]!);
        let value: unknown;
        try {
          value = f();
        } catch (error) {
          throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
        } finally {
          end();
        }
        const after = fingerprint(simulation, e);
        if (after !== before)
          throw new Error(`${name} writes the world (world ${e}, period ${simulation.period[e]}); it may only look.`);
        before = after;
        return value;
      };
      for (const [name, { of }] of Object.entries(economy.metrics)) {
        const value = look(`metrics.${name}`, () => of(w, p));
        if (typeof value !== "number") throw new Error(`metrics.${name} is ${value}, expected a number.`);
      }
      for (const [name, { of }] of Object.entries(economy.identities)) look(`identities.${name}`, () => of(w, p));
      if (economy.end) look("end", () => economy.end!(w, p));
      for (const [population, features] of Object.entries(economy.observe))
        for (const [name, { center = 0, scale = 1 }] of Object.entries(features))
          for (const [what, given] of Object.entries({ center, scale })) {
            if (typeof given !== "function") continue;
            const value = look(`observe.${population}.${name}`, () => given(p));
            if (!Number.isFinite(value) || (what === "scale" && value === 0))
              throw new Error(
                `observe.${population}.${name}: ${what} is ${value}, expected a finite number${what === "scale" ? " other than 0" : ""}.`,
              );
          }
      for (const [population, masks] of Object.entries(economy.mask)) {
        const rows = w[population] as AnyRows;
        for (const [action, { allows }] of Object.entries(masks))
          look(`mask.${population}.${action}`, () => {
            const M = simulation.items[`${population}.${action}`] ?? 1;
            for (let i = 0; i < Math.min(rows.size, 20); i++)
              for (const choice of simulation.spaces[population]![action]!.values)
                for (let m = 0; m < M; m++) allows(rows, i, choice, w, p, m);
          });
      }
      for (const [population, potential] of Object.entries(economy.potential)) {
        const rows = w[population] as AnyRows;
        look(`potential.${population}`, () => {
          for (let i = 0; i < Math.min(rows.size, 20); i++) potential(rows, i, w, p);
        });
      }
      for (const [population, payoffs] of Object.entries(economy.payoffs)) {
        const rows = w[population] as AnyRows;
        const out = new Float64Array(choicesOf(simulation, population));
        look(`payoffs.${population}`, () => {
          for (let i = 0; i < Math.min(rows.size, 20); i++) payoffs(out, rows, i, w, p);
        });
      }
    },
  });
  return looked;
}

/** Joint choices of a population's actions. */
function choicesOf(simulation: Simulation, population: string): number {
  let choices = 1;
  for (const [action, { count }] of Object.entries(simulation.spaces[population]!))
    for (let m = simulation.items[`${population}.${action}`] ?? 1; m > 0; m--) choices *= count;
  return choices;
}

/** Everything that an economy computes with, by where it stands. */
function functionsOf(economy: Economy): [where: string, f: (...args: never[]) => unknown][] {
  const found: [string, (...args: never[]) => unknown][] = [];
  const visit = (where: string, value: unknown, depth: number): void => {
    if (typeof value === "function") found.push([where, value as (...args: never[]) => unknown]);
    else if (typeof value === "object" && value !== null && depth < 7)
      for (const [key, inner] of Object.entries(value)) visit(`${where}.${key}`, inner, depth + 1);
  };
  const { start, phases, derive, observe, mask, potential, payoffs, end, metrics, identities, truth } = economy;
  const looked = { start, phases, derive, observe, mask, potential, payoffs, end, metrics, identities, truth };
  for (const [key, value] of Object.entries(looked)) visit(key, value, 0);
  return found;
}

/** Large populations made small enough to be quick, where that gives an economy that can be played. What was set or is derived stays. */
function small(economy: Economy, params: ParamSettings, most = 151): ParamSettings {
  const settings: Record<string, unknown> = { ...params };
  for (const { size } of Object.values(economy.populations)) {
    if (typeof size !== "string" || Object.hasOwn(params, size)) continue;
    const declared = economy.params[size];
    if (declared?.kind === "number" && declared.value !== null)
      settings[size] = Math.max(declared.min, Math.min(declared.value, most));
  }
  try {
    createSimulation(economy, { params: settings }).reset(0); // its start may refuse settings, too
    return settings;
  } catch {
    return params;
  }
}

/** Of a world's columns: a quick way to see that two states are not the same. */
function fingerprint({ columns, numWorlds }: Simulation, e: number): number {
  let hash = FNV;
  for (const name of Object.keys(columns).sort()) {
    const column = columns[name]!;
    const bytes = column.byteLength / numWorlds;
    hash = fnv(new Uint8Array(column.buffer, column.byteOffset + e * bytes, bytes), hash);
  }
  return hash;
}

const FNV = 0x811c9dc5;
/** FNV-1a. */
function fnv(bytes: Uint8Array, hash = FNV): number {
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

function undocumented(economy: Economy): string[] {
  const blank: string[] = [];
  if (economy.source === "") blank.push("source");
  if (economy.summary === "") blank.push("summary");
  for (const [name, { unit, symbol, doc }] of Object.entries(economy.params))
    if (doc === "" && symbol === "" && (unit === "1" || unit === "")) blank.push(`params.${name}`);
  for (const [name, phase] of withinAll(economy.phases)) if (phase.doc === "") blank.push(`phase ${name}`);
  for (const [population, { state, actions }] of Object.entries(economy.populations))
    for (const [name, column] of [...Object.entries(state), ...Object.entries(actions)])
      if (column.unit === "1" && column.doc === "") blank.push(`${population}.${name}`);
  for (const [name, { state }] of Object.entries(economy.links))
    for (const [column, { unit, doc }] of Object.entries(state))
      if (unit === "1" && doc === "") blank.push(`${name}.${column}`);
  for (const [name, column] of Object.entries(economy.world))
    if (column.unit === "1" && column.doc === "") blank.push(`world.${name}`);
  for (const [population, observed] of Object.entries(economy.observe))
    for (const [name, { doc }] of Object.entries(observed)) if (doc === "") blank.push(`observe.${population}.${name}`);
  for (const { key, population, observe } of decisionsOf(economy))
    for (const [name, { doc }] of Object.entries(observe))
      if (doc === "" && observe[name] !== economy.observe[population]?.[name]) blank.push(`observe of ${key}.${name}`);
  return blank;
}
