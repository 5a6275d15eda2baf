// The vectorised environment over an economy: E worlds stepped together from decision to decision, with automatic reset.
//
// E worlds, N agents, F features, D action dimensions (one per action of the decision, in declaration order)
//
// Everything is by decision, under its key (decisions.ts): a learner sees one decision as one policy. Signals are per agent (signals.ts).
//
// Where rows decide at events, a step stops each world before its next event that asks for a decision, each at an instant of its own, and one row of a world acts. Worlds that have come to
// the end of the phase, or to another decision's event, wait until it is their turn; all go on to the next phase together.
//
// Reset is same-step: when an episode ends, `finalObs` holds its last observation and `obs` the first of the next one. Reaching the horizon
// truncates (the future still has value: bootstrap from finalObs); `end` terminates (it has none).

import { alone, plainMemory } from "../core/cut.ts";
import type { AnyParamValues } from "../core/params.ts";
import { clockOf, type Decision, decisionsOf } from "../economy/decisions.ts";
import type { Economy } from "../economy/economy.ts";
import type { AnyRows, AnyWorld } from "../economy/population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "../economy/simulation.ts";
import type { ResolvedSpace } from "../economy/spaces.ts";
import type { AnyObservation, Mask } from "../economy/structure.ts";
import { log } from "../math/index.ts";
import { createOutcomes, type OutcomeRecorder, type Outcomes } from "./outcomes.ts";
import { apart, type Signals, together } from "./signals.ts";

export interface ActionDimension {
  /** The action's, with an inner axis followed by the item: "portfolio/0". */
  readonly name: string;
  /** The column that it is written to, item `item` of `items` of each row. */
  readonly column: string;
  readonly item: number;
  readonly items: number;
  readonly space: ResolvedSpace;
}

export interface PopulationSpec {
  /** Whose decision it is. */
  readonly population: string;
  /** N */
  readonly size: number;
  /** [E, N] the row of the world's columns that each agent is, where an environment shows a part of a population. Default: agent i is row i. */
  readonly rows?: Int32Array;
  /** F, with names in order. */
  readonly features: readonly string[];
  /** [F] whether a feature matters within the period only and the potential accounts for it. */
  readonly transient: readonly boolean[];
  /** D; a population whose dimensions are all boxes takes Float32Array actions, otherwise Int32Array indices. */
  readonly actions: readonly ActionDimension[];
  readonly continuous: boolean;
  /** Where λ_i is observed, and how it is scaled there: λ_i = center + scale · obs; null if behaviour costs nothing. */
  readonly informationCost?: { readonly feature: number; readonly center: number; readonly scale: number } | null;
  /** Whether the economy says which choices make sense: then batches have masks. Default false. */
  readonly masked?: boolean;
  /** Whether agents of a world decide apart: each when its own flags (`who`, `lives`) say so. Default false: all together. */
  readonly apart?: boolean;
}

/** Buffers of one decision; the environment owns them and overwrites them at the next step. */
export interface PopulationBatch {
  readonly obs: Float32Array; // [E, N, F]
  /** Last observation of an agent whose episode was truncated or whose world ended on this step; elsewhere stale. */
  readonly finalObs: Float32Array; // [E, N, F]
  /** [E, N, Σ choices over dimensions] 1 where a choice makes sense now; null where the economy declares no mask. */
  readonly actionMask: Uint8Array | null;
  /** The same with the last observation of an episode. */
  readonly finalActionMask: Uint8Array | null;
  /** Since the agent's previous decision, where it decides now or has ended; elsewhere stale. */
  readonly rewards: Float32Array; // [E, N]
  /** Whether the agent decides now. */
  readonly acting: Uint8Array; // [E, N]
  /** Whether the agent's life or its world's episode ended since the agent's previous decision, and how; told whether or not it decides now. */
  readonly terminated: Uint8Array; // [E, N]
  readonly truncated: Uint8Array; // [E, N]
  /** What decisions led to and would have led to; null unless asked for. */
  readonly outcomes: Outcomes | null;
  /** What those who decide do; filled by the caller, [E, N, D] indices or reals. Rows that do not decide are left alone. */
  readonly actions: Int32Array | Float32Array;
}

export interface VectorEnv {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly numEnvs: number; // E
  /** By decision: the population's name where it has no other decision, else the name of the phase. */
  readonly spec: Readonly<Record<string, PopulationSpec>>;
  readonly batch: Readonly<Record<string, PopulationBatch>>;
  /** The decision at each place of `position.cursor`: the phase's index, and beyond the phases for the second and further decisions at events of one phase; null where there is none. */
  readonly decisionAt: readonly (string | null)[];
  /** [E] the world ended on this step: no future value. */
  readonly terminated: Uint8Array;
  /** [E] we stopped watching on this step: bootstrap from finalObs. */
  readonly truncated: Uint8Array;
  readonly simulation: Simulation;
  /** Worlds that this rank steps. Results do not depend on who steps which. */
  readonly localWorlds: readonly number[];
  /** The most worlds that any rank steps; the same on every rank. */
  readonly mostLanes: number;
  reset(seed: number): void;
  /** Runs to the next decision with the actions in `batch`. */
  step(): void;
  /** Writes `obs` anew from the columns, for worlds that were changed by hand: of whoever acts, or of one decision whether or not anybody takes it. */
  observe(decision?: string): void;
  /** Everything the environment must remember, by name: live views, for checkpoints. With `position`, complete. */
  readonly state: Readonly<Record<string, ArrayBufferView>>;
  /** Called for world e at the end of each of its periods, before any reset; for metrics and recording. */
  onPeriod: ((e: number) => void) | null;
  /** Where the phase program stands, and periods since `reset`; with `state`, all there is to remember. */
  readonly position: { readonly cursor: number; readonly tick: number };
  /** Continues from a remembered position, after `state` was copied back and the streams of `seed` are wanted again. */
  resume(seed: number, position: { readonly cursor: number; readonly tick: number }): void;
}

export interface VectorEnvOptions extends Omit<SimulationOptions, "cut" | "numWorlds"> {
  readonly numEnvs: number;
  /** Keep outcomes and the counterfactuals that the economy declares. Default false. */
  readonly outcomes?: boolean;
}

/** Worlds [from, to) of piece `piece` of `pieces`. */
export function worldCut(numEnvs: number, pieces: number, piece: number): [from: number, to: number] {
  return [Math.floor((numEnvs * piece) / pieces), Math.floor((numEnvs * (piece + 1)) / pieces)];
}

export function makeVectorEnv(economy: Economy, options: VectorEnvOptions): VectorEnv {
  const { numEnvs, memory = plainMemory, team = alone } = options;
  const simulation = createSimulation(economy, { ...options, numWorlds: numEnvs, cut: "worlds" });
  const { params, worlds, sizes, spaces, phases } = simulation;
  const declared = decisionsOf(economy);
  const decisions = phases.flatMap((phase, index) => {
    const taken = declared.filter((decision) => decision.phase === simulation.phaseNames[index]);
    const asked = phase.kind === "events" ? Object.keys(phase.events) : [];
    return taken.flatMap((decision) => {
      const clock = clockOf(economy, decision, params);
      const place = decision.event === null ? 0 : asked.indexOf(decision.event) + 1;
      return clock === "never" ? [] : [{ ...decision, index, clock, place }];
    });
  });
  if (decisions.length === 0)
    throw new Error(`Economy "${economy.name}" has no decision, so it cannot be an environment; simulate it instead.`);
  const pieces = options.pieces ?? team.size;
  const localWorldsOf = (rank: number): number[] => {
    const worlds: number[] = [];
    for (let piece = rank; piece < pieces; piece += team.size)
      for (let [e, end] = worldCut(numEnvs, pieces, piece); e < end; e++) worlds.push(e);
    return worlds;
  };
  const localWorlds = localWorldsOf(team.rank);
  const mostLanes = Math.max(...Array.from({ length: team.size }, (_, rank) => localWorldsOf(rank).length));

  const spec: Record<string, PopulationSpec> = {};
  const batch: Record<string, PopulationBatch> = {};
  const signals: Record<string, Signals> = {};
  const observers: Record<string, Observer> = {};
  const maskers: Record<string, Masker> = {};
  const recorders: Record<string, OutcomeRecorder> = {};
  const decoders: Record<string, (e: number) => void> = {};
  for (const { key, population, phase, event, choices: chosen, observe, mask: masks, flags, lives } of decisions) {
    const n = sizes[population]!;
    const observed = Object.entries(observe);
    const itemsOf = ({ column, world }: AnyObservation) =>
      simulation.items[column === undefined ? `world.${world}` : `${population}.${column}`] ?? null;
    const features = observed.flatMap(([name, observed]) => featureNames(name, observed, n, itemsOf(observed)));
    const actions = chosen.flatMap((column): ActionDimension[] => {
      const space = spaces[population]![column]!;
      const items = simulation.items[`${population}.${column}`] ?? null;
      if (items === null) return [{ name: column, column, item: 0, items: 1, space }];
      return Array.from({ length: items }, (_, item) => ({ name: `${column}/${item}`, column, item, items, space }));
    });
    const continuous = actions.every(({ space }) => space.kind === "box");
    if (!continuous && actions.some(({ space }) => space.kind === "box"))
      throw new Error(
        `${economy.name}: ${population} mixes boxes with grids or codes; make every action one or the other.`,
      );
    if (actions.length === 0) throw new Error(`${economy.name}: ${population} decides but declares no actions.`);
    const transient = observed.flatMap(([name, one]) =>
      featureNames(name, one, n, itemsOf(one)).map(() => one.transient ?? false),
    );
    const informationCost = costFeature(economy, population, observe, features, params);
    const masked = Object.keys(masks).length > 0;
    const isApart = flags.length > 0 || event !== null;
    spec[key] = {
      population,
      size: n,
      features,
      transient,
      actions,
      continuous,
      informationCost,
      ...(masked && { masked }),
      ...(isApart && { apart: true }),
    };
    const columnOf = (name: string) => worlds.map((w) => (w[population] as AnyRows)[name] as Uint8Array | Int32Array);
    const alive = lives === null ? null : columnOf(lives);
    const perWorld = flags.map(columnOf);
    const signal = isApart
      ? apart({
          worlds: numEnvs,
          size: n,
          memory,
          alive,
          flags: worlds.map((_, e) => perWorld.map((one) => one[e]!)),
          atEvents: event !== null,
        })
      : together({ worlds: numEnvs, size: n, memory });
    signals[key] = signal;
    const { acting, rewards } = signal;
    if (masked) maskers[key] = createMasker(economy.name, key, spec[key], masks, params);
    const observer = createObserver(
      observed.map(([, one]) => ({ observed: one, items: itemsOf(one) })),
      lives,
      params,
    );
    if (options.outcomes && (isApart || key !== population))
      throw new Error(
        `${economy.name}: outcomes are kept where a population takes one decision together, and phase "${phase}" is taken ${event !== null ? "by one of them at an event" : isApart ? "by some of them" : "besides others"}. Use a learner without counterfactuals.`,
      );
    const recorder = options.outcomes
      ? createOutcomes(
          economy,
          population,
          params,
          worlds,
          memory,
          { features: features.length, choices: actions.reduce((count, { space }) => count * space.count, 1) },
          observer,
        )
      : null;
    if (recorder) recorders[key] = recorder;
    const choices = masked ? numEnvs * n * actions.reduce((sum, { space }) => sum + space.count, 0) : 0;
    batch[key] = {
      outcomes: recorder?.outcomes ?? null,
      obs: memory.f32(numEnvs * n * features.length),
      finalObs: memory.f32(numEnvs * n * features.length),
      actionMask: masked ? memory.u8(choices) : null,
      finalActionMask: masked ? memory.u8(choices) : null,
      rewards,
      acting,
      terminated: signal.terminated,
      truncated: signal.truncated,
      actions: continuous ? memory.f32(numEnvs * n * actions.length) : memory.i32(numEnvs * n * actions.length),
    };
    observers[key] = observer;
    decoders[key] = createDecoder(economy.name, worlds, key, spec[key], batch[key].actions, isApart ? acting : null);
  }
  const terminated = memory.u8(numEnvs);
  const truncated = memory.u8(numEnvs);
  const period = simulation.period;
  const first = decisions[0]!.index;

  const rowsOf = (key: string, e: number): AnyRows => worlds[e]![spec[key]!.population] as AnyRows;
  /** What the agents of world e see, [E, N, F]. */
  const look = (key: string, out: Float32Array, e: number): void =>
    observers[key]!(worlds[e]!, out, e * spec[key]!.size, rowsOf(key, e));

  const due = (decision: (typeof decisions)[number], e: number): boolean =>
    decision.clock === "episode" ? period[e] === 0 : period[e]! % (decision.clock as number) === 0;

  /** What a period asks of each decision, looked up once: worlds are many and small. */
  const takers = decisions.map((decision) => {
    const { key, population } = decision;
    const reward = economy.reward[population];
    return {
      decision,
      key,
      /** Where the phase stops for decisions at its events; null: the phase is the decision. */
      stops: decision.event === null ? null : simulation.stops[decision.index]!,
      size: sizes[population]!,
      batch: batch[key]!,
      signal: signals[key]!,
      masker: maskers[key] ?? null,
      recorder: recorders[key] ?? null,
      rewards: reward ? worlds.map((w) => (w[population] as AnyRows)[reward.column] as Float64Array) : null,
    };
  });
  type Taker = (typeof takers)[number];
  /** Where the environment can stand: at the phase of each decision, and beyond the phases for the second and further decisions at events of one phase. */
  const takerAt: (Taker | undefined)[] = phases.map((_, index) =>
    takers.find(({ decision }) => decision.index === index),
  );
  for (const taker of takers) if (!takerAt.includes(taker)) takerAt.push(taker);
  const places = new Map(takers.map((taker) => [taker, takerAt.indexOf(taker)]));

  function endPeriod(e: number): boolean {
    for (const { signal, rewards, recorder } of takers) {
      if (rewards) signal.accrue(e, rewards[e]!);
      recorder?.accrue(e);
    }
    env.onPeriod?.(e);
    const ended = economy.end?.(worlds[e]!, params) ?? false;
    simulation.endPeriod(e);
    for (const { signal } of takers) signal.bury(e);
    terminated[e] = ended ? 1 : 0;
    truncated[e] = !ended && period[e]! >= simulation.horizon ? 1 : 0;
    if (!terminated[e] && !truncated[e]) return false;
    for (let index = 0; index < first; index++) simulation.runPhase(index, e);
    for (const key in batch) {
      const { finalObs, finalActionMask } = batch[key]!;
      look(key, finalObs, e);
      signals[key]!.end(e, ended);
      maskers[key]?.(worlds[e]!, finalActionMask!, e, signals[key]!.truncated);
      recorders[key]?.capture(e);
    }
    simulation.columns.tick[e]++; // the next episode draws anew: what finalObs showed is not how it begins
    simulation.reset(e);
    return true;
  }

  /** From just after phase `from` to phase `to`, of the next decision. Every world stops at the same phase. */
  function advance(e: number, from: number, to: number): void {
    if (to > from) {
      for (let index = from + 1; index < to; index++) simulation.runPhase(index, e);
    } else {
      for (let index = from + 1; index < phases.length; index++) simulation.runPhase(index, e);
      endPeriod(e);
      for (let index = 0; index < to; index++) simulation.runPhase(index, e);
    }
    arrive(e, to);
  }

  /** World e comes to phase `index`, of a decision; where that is one of events, to the first of them that waits for a decision. */
  function arrive(e: number, index: number): void {
    if (takerAt[index]!.stops === null) return;
    for (const { decision, signal, rewards } of takers)
      if (rewards && decision.index === index) signal.listen(e, rewards[e]!);
    simulation.advancePhase(index, e);
  }

  /** Whose turn it is at the phase of a decision, in all worlds: of those at its events in turn, one that some world waits for, after `before`; undefined: none does. */
  function turnAt(index: number, before: Taker | null): Taker | undefined {
    const first = takerAt[index]!;
    if (first.stops === null) return before === null ? first : undefined;
    team.barrier();
    const waits = new Set(first.stops.event);
    team.barrier(); // all have looked before anybody goes on
    const here = takers.filter(({ decision }) => decision.index === index);
    const from = before === null ? 0 : here.indexOf(before) + 1;
    return [...here.slice(from), ...here.slice(0, from)].find(({ decision }) => waits.has(decision.place));
  }

  /** From a decision that has been taken, or passed over, to the next one. */
  function moveOn(from: Taker): Taker {
    const { index, place } = from.decision;
    if (from.stops) {
      for (const e of localWorlds) if (from.stops.event[e] === place) simulation.advancePhase(index, e);
      const next = turnAt(index, from);
      if (next) {
        for (const e of localWorlds) present(e, next);
        return next;
      }
    }
    const to = nextPhase[index]!;
    if (to <= index) tick++;
    const next = takerAt[to]!;
    for (const e of localWorlds) {
      advance(e, index, to);
      if (next.stops === null) present(e, next);
    }
    return next.stops === null ? next : presentEvents(to);
  }

  function presentEvents(index: number): Taker {
    const turn = turnAt(index, null) ?? takerAt[index]!;
    for (const e of localWorlds) present(e, turn);
    return turn;
  }

  function present(e: number, turn: Taker): void {
    for (const taker of takers) if (taker !== turn) taker.signal.absent(e);
    const { key, size, signal, masker, recorder, stops, rewards, batch: b } = turn;
    if (stops) {
      if (stops.event[e] !== turn.decision.place) {
        signal.absent(e);
        return;
      }
      signal.summon(e, stops.row[e]!, rewards && rewards[e]!);
    } else if (!signal.present(e, due(turn.decision, e))) return;
    look(key, b.obs, e);
    masker?.(worlds[e]!, b.actionMask!, e, b.acting);
    if (!recorder) return;
    if (!b.terminated[e * size] && !b.truncated[e * size]) recorder.capture(e);
    recorder.present(e);
  }

  for (const { clock, phase } of decisions) {
    if (clock === "episode") continue;
    if (!(typeof clock === "number" && Number.isInteger(clock) && clock >= 1))
      throw new Error(
        `${economy.name}: phase "${phase}" decides every ${clock} periods, expected an integer of at least 1, "episode" or "never".`,
      );
  }

  /** The phase of the next decision after each phase; after the last one that of the first. */
  const nextPhase = phases.map((_, index) => (decisions.find((d) => d.index > index) ?? decisions[0]!).index);

  let cursor = first;
  let tick = 0;
  const state: Record<string, ArrayBufferView> = { terminated, truncated };
  for (const [name, column] of Object.entries(simulation.columns)) state[`columns/${name}`] = column;
  for (const key in batch) {
    const { outcomes: _, ...buffers } = batch[key]!;
    const { accrued, read, told, ...flags } = signals[key]!.state;
    for (const [name, buffer] of Object.entries({ ...buffers, ...flags }))
      if (buffer) state[`batch/${key}/${name}`] = buffer;
    for (const [name, buffer] of Object.entries(recorders[key]?.state ?? {})) state[`outcomes/${key}/${name}`] = buffer;
    for (const [name, sums] of Object.entries({ accrued, read, told })) if (sums) state[`${name}/${key}`] = sums;
  }

  const env: VectorEnv = {
    state,
    observe(only) {
      for (const e of localWorlds)
        for (const key in batch)
          if (only === undefined ? someAct(env, key, e) : key === only) {
            look(key, batch[key]!.obs, e);
            maskers[key]?.(worlds[e]!, batch[key]!.actionMask!, e, null);
          }
    },
    economy,
    params,
    numEnvs,
    spec,
    batch,
    decisionAt: takerAt.map((taker) => taker?.key ?? null),
    terminated,
    truncated,
    simulation,
    localWorlds,
    mostLanes,
    onPeriod: null,
    get position() {
      return { cursor, tick };
    },
    resume(seed, position) {
      simulation.reseed(seed);
      ({ cursor, tick } = position);
      if (team.rank === 0) for (const key in signals) signals[key]!.restored();
    },
    reset(seed) {
      simulation.reseed(seed);
      cursor = first;
      tick = 0;
      for (const e of localWorlds) {
        terminated[e] = truncated[e] = 0;
        for (const key in signals) signals[key]!.begin(e);
        simulation.columns["tick"]![e] = 0;
        simulation.reset(e);
        for (let index = 0; index < first; index++) simulation.runPhase(index, e);
        arrive(e, first);
      }
      cursor = places.get(presentEvents(first))!;
    },
    step() {
      const { key, signal } = takerAt[cursor]!;
      for (const e of localWorlds) {
        terminated[e] = truncated[e] = 0;
        if (someAct(env, key, e)) decoders[key]!(e);
        signal.decided(e);
      }
      let turn = moveOn(takerAt[cursor]!);
      // A decision that nobody takes now (every = 100, say) is passed over.
      for (const since = tick; !anyActing(turn); turn = moveOn(turn))
        if (tick - since > mostIdle)
          throw new Error(
            `${economy.name}: nobody has decided for ${mostIdle} periods. Who decides is said by ${decisions.map(({ phase, event, flags }) => `phase "${phase}" (${[...(event === null ? [] : [`event ${event}`]), ...flags].join(", ") || "its clock"})`).join(", ")}; let somebody.`,
          );
      cursor = places.get(turn)!;
    },
  };
  const mostIdle = 2 * simulation.horizon + 1; // an episode and the beginning of the next

  // `end` and `who` can set worlds apart, and a rank may have none; so every rank asks all worlds, or ranks would stop at different decisions.
  function anyActing({ key, stops, decision: { clock, flags } }: Taker): boolean {
    if (clock === 1 && flags.length === 0 && stops === null) return true;
    team.barrier();
    const some = batch[key]!.acting.includes(1);
    team.barrier(); // all have looked before anybody goes on
    return some;
  }

  return env;
}

/** Whether any agent of world e takes a decision now. */
export function someAct({ spec, batch }: Pick<VectorEnv, "spec" | "batch">, key: string, e: number): boolean {
  const { size: N, apart } = spec[key]!;
  const { acting } = batch[key]!;
  if (!apart) return acting[e * N] === 1;
  for (let k = e * N; k < (e + 1) * N; k++) if (acting[k]) return true;
  return false;
}

const scaleOf = (
  value: number | ((p: AnyParamValues) => number) | undefined,
  otherwise: number,
  p: AnyParamValues,
): number => (value === undefined ? otherwise : typeof value === "number" ? value : value(p));

function costFeature(
  economy: Economy,
  population: string,
  observe: Decision["observe"],
  features: readonly string[],
  p: AnyParamValues,
): NonNullable<PopulationSpec["informationCost"]> | null {
  const name = economy.informationCost[population];
  if (name === undefined) return null;
  const { center, scale } = observe[name]!;
  return { feature: features.indexOf(name), center: scaleOf(center, 0, p), scale: scaleOf(scale, 1, p) };
}

/** One name, or one for each row that is seen and each of its items: "price/0/1". */
function featureNames(name: string, { of }: AnyObservation, n: number, items: number | null): string[] {
  const rows = of === "everyone" ? Array.from({ length: n }, (_, j) => `${name}/${j}`) : [name];
  return items === null ? rows : rows.flatMap((row) => Array.from({ length: items }, (_, m) => `${row}/${m}`));
}

type Observer = (w: AnyWorld, out: Float32Array, row: number, rows: AnyRows) => void;

/** Writes rows × features, each (x − center)/scale, or of log x, from `rows` and the scalars of their world; where `lives` says that a row is dead, 0. */
function createObserver(
  declared: readonly { readonly observed: AnyObservation; readonly items: number | null }[],
  lives: string | null,
  p: AnyParamValues,
): Observer {
  const observe = createLivingObserver(declared, p);
  if (lives === null) return observe;
  const F = (n: number) =>
    declared.reduce((sum, { observed: { of }, items }) => sum + (of === "everyone" ? n : 1) * (items ?? 1), 0);
  return (w, out, row, rows) => {
    observe(w, out, row, rows);
    const n = rows.size;
    const width = F(n);
    const alive = rows[lives] as Uint8Array;
    for (let i = 0; i < n; i++) {
      const at = (row + i) * width;
      if (!alive[i]) {
        out.fill(0, at, at + width);
        continue;
      }
      let first = at;
      for (const { observed, items } of declared) {
        const M = items ?? 1;
        if (observed.of === "everyone")
          for (let j = 0; j < n; j++)
            if (!alive[j === 0 ? i : j <= i ? j - 1 : j]) out.fill(0, first + j * M, first + (j + 1) * M);
        first += (observed.of === "everyone" ? n : 1) * M;
      }
    }
  };
}

function createLivingObserver(
  declared: readonly { readonly observed: AnyObservation; readonly items: number | null }[],
  p: AnyParamValues,
): Observer {
  const features = declared.map(
    ({ observed: { column, of, world, transform = "identity", center, scale }, items }) => ({
      column,
      items,
      everyone: of === "everyone",
      world,
      logarithm: transform === "log",
      center: scaleOf(center, 0, p),
      inverse: 1 / scaleOf(scale, 1, p),
    }),
  );
  const own = features.reduce((sum, { everyone, items }) => sum + (everyone ? 0 : (items ?? 1)), 0);
  const ofAll = features.reduce((sum, { everyone, items }) => sum + (everyone ? (items ?? 1) : 0), 0);
  return (w, out, row, rows) => {
    const n = rows.size;
    const F = own + ofAll * n;
    let first = row * F;
    for (let f = 0; f < features.length; f++) {
      const { column, items, everyone, world, logarithm, center, inverse } = features[f]!;
      let o = first;
      first += (everyone ? n : 1) * (items ?? 1);
      if (items !== null) {
        const x = (column === undefined ? w[world!] : rows[column]) as Float64Array;
        const seen = everyone ? n : 1;
        for (let i = 0; i < n; i++, o += F)
          for (let j = 0; j < seen; j++) {
            const at = column === undefined ? 0 : (j === 0 ? i : j <= i ? j - 1 : j) * items;
            for (let m = 0; m < items; m++) {
              const value = x[at + m]!;
              out[o + j * items + m] = ((logarithm ? log(value) : value) - center) * inverse;
            }
          }
      } else if (everyone) {
        const x = rows[column!] as Float64Array;
        for (let i = 0; i < n; i++, o += F)
          for (let j = 0; j < n; j++) {
            const value = x[j === 0 ? i : j <= i ? j - 1 : j]!; // own, then the others in order
            out[o + j] = ((logarithm ? log(value) : value) - center) * inverse;
          }
      } else if (column === undefined) {
        const x = w[world!] as number;
        const value = ((logarithm ? log(x) : x) - center) * inverse;
        for (let i = 0; i < n; i++, o += F) out[o] = value;
      } else {
        const x = rows[column] as Float64Array;
        if (logarithm) for (let i = 0; i < n; i++, o += F) out[o] = (log(x[i]!) - center) * inverse;
        else for (let i = 0; i < n; i++, o += F) out[o] = (x[i]! - center) * inverse;
      }
    }
  };
}

/** `which` [E, N]: rows that want a mask, the others may do anything; null: all. */
type Masker = (w: AnyWorld, out: Uint8Array, e: number, which: Uint8Array | null) => void;

/** Writes which choices make sense to the rows of a world; dimensions without a mask allow everything. */
function createMasker(
  economy: string,
  key: string,
  { population, size, actions, apart = false }: PopulationSpec,
  declared: Readonly<Record<string, Mask>>,
  p: AnyParamValues,
): Masker {
  const masks = actions.map(({ name, column, item, space }) => ({
    name,
    item,
    values: space.values,
    mask: declared[column],
  }));
  const choices = actions.reduce((sum, { space }) => sum + space.count, 0);
  return (w, out, e, which) => {
    const rows = w[population] as AnyRows;
    let first = e * size * choices;
    for (const { name, item, values, mask } of masks) {
      for (let i = 0, at = first; i < size; i++, at += choices) {
        const free = mask === undefined || (apart && which !== null && !which[e * size + i]);
        let some = free;
        for (let a = 0; a < values.length; a++) {
          const allowed = free || mask.allows(rows, i, values[a]!, w, p, item);
          out[at + a] = allowed ? 1 : 0;
          some ||= allowed;
        }
        if (!some)
          throw new Error(
            `${economy}: mask.${key}.${name} allows row ${i} of world ${e} nothing; one choice at least must make sense.`,
          );
      }
      first += values.length;
    }
  };
}

/**
 * Turns raw actions [E, N, D] into the quantities that phases read. Reals are clipped; an index out of range is an error, as is NaN. `acting` [E, N]: the rows that are
 * read; null: all.
 */
function createDecoder(
  economy: string,
  worlds: readonly AnyWorld[],
  key: string,
  { population, size, actions, continuous }: PopulationSpec,
  raw: Int32Array | Float32Array,
  acting: Uint8Array | null,
): (e: number) => void {
  const D = actions.length;
  return (e) => {
    const rows = worlds[e]![population] as AnyRows;
    for (let d = 0; d < D; d++) {
      const { name, column, item, items, space } = actions[d]!;
      const out = rows[column] as Float64Array | Int32Array;
      const { low, high, count, values } = space;
      let a = e * size * D + d;
      if (continuous)
        for (let i = 0; i < size; i++, a += D) {
          if (acting && !acting[e * size + i]) continue;
          const real = raw[a]!;
          if (Number.isNaN(real))
            throw new Error(`${economy}: action ${key}.${name}[${i}] of world ${e} is NaN, expected a real number.`);
          out[i * items + item] = Math.min(high, Math.max(low, real));
        }
      else
        for (let i = 0; i < size; i++, a += D) {
          if (acting && !acting[e * size + i]) continue;
          const index = raw[a]!;
          if (!(index >= 0 && index < count))
            throw new Error(
              `${economy}: action ${key}.${name}[${i}] of world ${e} is ${index}, expected an integer from 0 to ${count - 1}.`,
            );
          out[i * items + item] = values[index]!;
        }
    }
  };
}
