// The vectorised environment over an economy: E worlds stepped together from decision to decision, with automatic reset.
//
// E worlds, N agents, F features, D action dimensions (one per declared action, in declaration order)
//
// Reset is same-step: when an episode ends, `finalObs` holds its last observation and `obs` the first of the next one. Reaching the horizon
// truncates (the future still has value: bootstrap from finalObs); `end` terminates (it has none).

import { alone, plainMemory } from "../economy/cut.ts";
import type { AnyObservation, Economy } from "../economy/define.ts";
import type { AnyParamValues } from "../economy/params.ts";
import type { DecidePhase } from "../economy/phases/index.ts";
import type { AnyRows, AnyWorld } from "../economy/population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "../economy/simulation.ts";
import type { ResolvedSpace } from "../economy/spaces.ts";
import { log } from "../math/index.ts";
import { createOutcomes, type OutcomeRecorder, type Outcomes } from "./outcomes.ts";

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
  /** N */
  readonly size: number;
  /** Row of the world's columns that agent 0 is; another than 0 where an environment shows a part of a population. Default 0. */
  readonly firstRow?: number;
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
}

/** Buffers of one population; the environment owns them and overwrites them at the next step. */
export interface PopulationBatch {
  readonly obs: Float32Array; // [E, N, F]
  /** Last observation of an episode that ended on this step; elsewhere stale. */
  readonly finalObs: Float32Array; // [E, N, F]
  /** [E, N, Σ choices over dimensions] 1 where a choice makes sense now; null where the economy declares no mask. */
  readonly actionMask: Uint8Array | null;
  /** The same with the last observation of an episode. */
  readonly finalActionMask: Uint8Array | null;
  /** Since this population's previous decision. */
  readonly rewards: Float32Array; // [E, N]
  /** Whether this population decides now. */
  readonly acting: Uint8Array; // [E]
  /** Whether an episode ended since this population's previous decision, and how. */
  readonly terminated: Uint8Array; // [E]
  readonly truncated: Uint8Array; // [E]
  /** What decisions led to and would have led to; null unless asked for. */
  readonly outcomes: Outcomes | null;
  /** What the population does next; filled by the caller, [E, N, D] indices or reals. */
  readonly actions: Int32Array | Float32Array;
}

export interface VectorEnv {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly numEnvs: number; // E
  readonly spec: Readonly<Record<string, PopulationSpec>>;
  readonly batch: Readonly<Record<string, PopulationBatch>>;
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
  /** Writes `obs` anew from the columns, for worlds that were changed by hand: of whoever acts, or of one population whether or not it does. */
  observe(population?: string): void;
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
  /** Periods between decisions, "episode" or "never": as declared, or what the parameter that was named says. */
  const clockOf = ({ every }: DecidePhase) => (typeof every === "string" ? (params[every] ?? every) : every);
  const decisions = phases.flatMap((phase, index) =>
    phase.kind === "decide" && clockOf(phase) !== "never" ? [{ phase, index, every: clockOf(phase) }] : [],
  );
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
  const accrued: Record<string, Float64Array> = {};
  const observers: Record<string, Observer> = {};
  const maskers: Record<string, Masker> = {};
  const recorders: Record<string, OutcomeRecorder> = {};
  const decoders: Record<string, (e: number) => void> = {};
  for (const population of new Set(decisions.map(({ phase }) => phase.population))) {
    const n = sizes[population]!;
    const declared = Object.entries(economy.observe[population] ?? {});
    const itemsOf = ({ column, world }: AnyObservation) =>
      simulation.items[column === undefined ? `world.${world}` : `${population}.${column}`] ?? null;
    const features = declared.flatMap(([name, observed]) => featureNames(name, observed, n, itemsOf(observed)));
    const actions = Object.entries(spaces[population]!).flatMap(([column, space]): ActionDimension[] => {
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
    const transient = declared.flatMap(([name, observed]) =>
      featureNames(name, observed, n, itemsOf(observed)).map(() => observed.transient ?? false),
    );
    const informationCost = costFeature(economy, population, features, params);
    const masked = Object.keys(economy.mask[population] ?? {}).length > 0;
    spec[population] = {
      size: n,
      features,
      transient,
      actions,
      continuous,
      informationCost,
      ...(masked && { masked }),
    };
    const choices = masked ? numEnvs * n * actions.reduce((sum, { space }) => sum + space.count, 0) : 0;
    if (masked) maskers[population] = createMasker(economy, population, spec[population], params);
    const observer = createObserver(
      declared.map(([, observed]) => ({ observed, items: itemsOf(observed) })),
      params,
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
    if (recorder) recorders[population] = recorder;
    batch[population] = {
      outcomes: recorder?.outcomes ?? null,
      obs: memory.f32(numEnvs * n * features.length),
      finalObs: memory.f32(numEnvs * n * features.length),
      actionMask: masked ? memory.u8(choices) : null,
      finalActionMask: masked ? memory.u8(choices) : null,
      rewards: memory.f32(numEnvs * n),
      acting: memory.u8(numEnvs),
      terminated: memory.u8(numEnvs),
      truncated: memory.u8(numEnvs),
      actions: continuous ? memory.f32(numEnvs * n * actions.length) : memory.i32(numEnvs * n * actions.length),
    };
    accrued[population] = memory.f64(numEnvs * n);
    observers[population] = observer;
    decoders[population] = createDecoder(economy.name, worlds, population, spec[population], batch[population].actions);
  }
  const terminated = memory.u8(numEnvs);
  const truncated = memory.u8(numEnvs);
  const period = simulation.period;
  const first = decisions[0]!.index;

  const acts = (phase: DecidePhase, e: number): boolean => {
    const every = clockOf(phase);
    return every === "episode" ? period[e] === 0 : period[e]! % (every as number) === 0;
  };

  function endPeriod(e: number): boolean {
    for (const population in economy.reward) {
      const sum = accrued[population];
      if (!sum) continue;
      const reward = (worlds[e]![population] as AnyRows)[economy.reward[population]!.column] as Float64Array;
      const n = sizes[population]!;
      for (let i = 0; i < n; i++) sum[e * n + i] = sum[e * n + i]! + reward[i]!;
    }
    for (const population in recorders) recorders[population]!.accrue(e);
    env.onPeriod?.(e);
    const ended = economy.end?.(worlds[e]!, params) ?? false;
    simulation.endPeriod(e);
    terminated[e] = ended ? 1 : 0;
    truncated[e] = !ended && period[e]! >= simulation.horizon ? 1 : 0;
    if (!terminated[e] && !truncated[e]) return false;
    for (let index = 0; index < first; index++) simulation.runPhase(index, e);
    for (const population in batch) {
      const { finalObs, finalActionMask, terminated: t, truncated: u } = batch[population]!;
      observers[population]!(worlds[e]!, finalObs, e * sizes[population]!, worlds[e]![population] as AnyRows);
      maskers[population]?.(worlds[e]!, finalActionMask!, e);
      recorders[population]?.capture(e);
      t[e] = terminated[e]!;
      u[e] = truncated[e]!;
    }
    simulation.columns.tick[e]++; // the next episode draws anew: what finalObs showed is not how it begins
    simulation.reset(e);
    return true;
  }

  /** From just after decision phase `at` to the next decision. Every world stops at the same phase. */
  function advance(e: number, from: number, to: number): void {
    if (to > from) {
      for (let index = from + 1; index < to; index++) simulation.runPhase(index, e);
    } else {
      for (let index = from + 1; index < phases.length; index++) simulation.runPhase(index, e);
      endPeriod(e);
      for (let index = 0; index < to; index++) simulation.runPhase(index, e);
    }
  }

  function present(e: number, index: number): void {
    for (const population in batch) {
      const b = batch[population]!;
      const phase = phases[index] as DecidePhase;
      const now = phase.population === population && acts(phase, e);
      b.acting[e] = now ? 1 : 0;
      if (!now) continue;
      const n = sizes[population]!;
      observers[population]!(worlds[e]!, b.obs, e * n, worlds[e]![population] as AnyRows);
      maskers[population]?.(worlds[e]!, b.actionMask!, e);
      const recorder = recorders[population];
      if (recorder) {
        if (!b.terminated[e] && !b.truncated[e]) recorder.capture(e);
        recorder.present(e);
      }
      const sum = accrued[population]!;
      for (let i = e * n; i < (e + 1) * n; i++) {
        b.rewards[i] = sum[i]!;
        sum[i] = 0;
      }
    }
  }

  for (const { every, index } of decisions) {
    if (every === "episode") continue;
    if (!(typeof every === "number" && Number.isInteger(every) && every >= 1))
      throw new Error(
        `${economy.name}: phase "${simulation.phaseNames[index]}" decides every ${every} periods, expected an integer of at least 1, "episode" or "never".`,
      );
  }

  const nextDecision = (index: number): number =>
    decisions[(decisions.findIndex((d) => d.index === index) + 1) % decisions.length]!.index;

  let cursor = first;
  let tick = 0;
  const state: Record<string, ArrayBufferView> = { terminated, truncated };
  for (const [name, column] of Object.entries(simulation.columns)) state[`columns/${name}`] = column;
  for (const population in batch) {
    const { outcomes: _, ...buffers } = batch[population]!;
    for (const [name, buffer] of Object.entries(buffers)) if (buffer) state[`batch/${population}/${name}`] = buffer;
    for (const [name, buffer] of Object.entries(recorders[population]?.state ?? {}))
      state[`outcomes/${population}/${name}`] = buffer;
    state[`accrued/${population}`] = accrued[population]!;
  }

  const env: VectorEnv = {
    state,
    observe(only) {
      for (const e of localWorlds)
        for (const population in batch)
          if (only === undefined ? batch[population]!.acting[e] : population === only) {
            const { obs, actionMask } = batch[population]!;
            observers[population]!(worlds[e]!, obs, e * sizes[population]!, worlds[e]![population] as AnyRows);
            maskers[population]?.(worlds[e]!, actionMask!, e);
          }
    },
    economy,
    params,
    numEnvs,
    spec,
    batch,
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
    },
    reset(seed) {
      simulation.reseed(seed);
      cursor = first;
      tick = 0;
      for (const e of localWorlds) {
        terminated[e] = truncated[e] = 0;
        for (const population in batch) {
          const n = sizes[population]!;
          accrued[population]!.fill(0, e * n, (e + 1) * n);
          batch[population]!.terminated[e] = batch[population]!.truncated[e] = 0;
        }
        simulation.columns["tick"]![e] = 0;
        simulation.reset(e);
        for (let index = 0; index < first; index++) simulation.runPhase(index, e);
        present(e, first);
      }
    },
    step() {
      const at = cursor;
      const decided = (phases[at] as DecidePhase).population;
      let to = nextDecision(at);
      if (to <= at) tick++;
      for (const e of localWorlds) {
        const b = batch[decided]!;
        terminated[e] = truncated[e] = 0;
        if (b.acting[e]) {
          decoders[decided]!(e);
          b.terminated[e] = b.truncated[e] = 0;
        }
        advance(e, at, to);
        present(e, to);
      }
      // A decision that no world takes now (every = 100, say) is passed over.
      while (!anyActing(to)) {
        const next = nextDecision(to);
        if (next <= to) tick++;
        for (const e of localWorlds) {
          advance(e, to, next);
          present(e, next);
        }
        to = next;
      }
      cursor = to;
    },
  };

  // `end` can set worlds apart, and a rank may have none; so every rank asks all worlds, or ranks would stop at different decisions.
  function anyActing(index: number): boolean {
    const phase = phases[index] as DecidePhase;
    if (clockOf(phase) === 1) return true;
    team.barrier();
    const some = batch[phase.population]!.acting.includes(1);
    team.barrier(); // all have looked before anybody goes on
    return some;
  }

  return env;
}

const scaleOf = (
  value: number | ((p: AnyParamValues) => number) | undefined,
  otherwise: number,
  p: AnyParamValues,
): number => (value === undefined ? otherwise : typeof value === "number" ? value : value(p));

function costFeature(
  economy: Economy,
  population: string,
  features: readonly string[],
  p: AnyParamValues,
): NonNullable<PopulationSpec["informationCost"]> | null {
  const name = economy.informationCost[population];
  if (name === undefined) return null;
  const { center, scale } = economy.observe[population]![name]!;
  return { feature: features.indexOf(name), center: scaleOf(center, 0, p), scale: scaleOf(scale, 1, p) };
}

/** One name, or one for each row that is seen and each of its items: "price/0/1". */
function featureNames(name: string, { of }: AnyObservation, n: number, items: number | null): string[] {
  const rows = of === "everyone" ? Array.from({ length: n }, (_, j) => `${name}/${j}`) : [name];
  return items === null ? rows : rows.flatMap((row) => Array.from({ length: items }, (_, m) => `${row}/${m}`));
}

type Observer = (w: AnyWorld, out: Float32Array, row: number, rows: AnyRows) => void;

/** Writes rows × features, each (x − center)/scale, or of log x, from `rows` and the scalars of their world. */
function createObserver(
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

type Masker = (w: AnyWorld, out: Uint8Array, e: number) => void;

/** Writes which choices make sense to the rows of a world; dimensions without a mask allow everything. */
function createMasker(
  economy: Economy,
  population: string,
  { size, actions }: PopulationSpec,
  p: AnyParamValues,
): Masker {
  const masks = actions.map(({ name, column, item, space }) => ({
    name,
    item,
    values: space.values,
    mask: economy.mask[population]![column],
  }));
  const choices = actions.reduce((sum, { space }) => sum + space.count, 0);
  return (w, out, e) => {
    const rows = w[population] as AnyRows;
    let first = e * size * choices;
    for (const { name, item, values, mask } of masks) {
      for (let i = 0, at = first; i < size; i++, at += choices) {
        let some = mask === undefined;
        for (let a = 0; a < values.length; a++) {
          const allowed = mask === undefined || mask.allows(rows, i, values[a]!, w, p, item);
          out[at + a] = allowed ? 1 : 0;
          some ||= allowed;
        }
        if (!some)
          throw new Error(
            `${economy.name}: mask.${population}.${name} allows row ${i} of world ${e} nothing; one choice at least must make sense.`,
          );
      }
      first += values.length;
    }
  };
}

/** Turns raw actions [E, N, D] into the quantities that phases read. Reals are clipped; an index out of range is an error, as is NaN. */
function createDecoder(
  economy: string,
  worlds: readonly AnyWorld[],
  population: string,
  { size, actions, continuous }: PopulationSpec,
  raw: Int32Array | Float32Array,
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
          const real = raw[a]!;
          if (Number.isNaN(real))
            throw new Error(
              `${economy}: action ${population}.${name}[${i}] of world ${e} is NaN, expected a real number.`,
            );
          out[i * items + item] = Math.min(high, Math.max(low, real));
        }
      else
        for (let i = 0; i < size; i++, a += D) {
          const index = raw[a]!;
          if (!(index >= 0 && index < count))
            throw new Error(
              `${economy}: action ${population}.${name}[${i}] of world ${e} is ${index}, expected an integer from 0 to ${count - 1}.`,
            );
          out[i * items + item] = values[index]!;
        }
    }
  };
}
