// A period of an economy as a map of numbers: x′ = F(x), where x are those of its columns that a metric depends on.
//
// Everything else (other columns, links, clocks) is as a warm-up left it, and each call draws the same random numbers: with luck in the economy F is the map of one
// period's draws. Those who decide follow rules that are given.
//
// D numbers

import { suggest } from "../core/errors.ts";
import { clockOf, decisionsOf } from "../economy/decisions.ts";
import { createSimulation, type Economy, type Simulation } from "../economy/index.ts";
import { log } from "../math/index.ts";
import type { Dynamics } from "./equilibria.ts";

/** What those who decide do, by "population.action": a number for all, or the column whose values they take, of the world or of their own population. */
export type Rules = Readonly<Record<string, number | string>>;

export interface PeriodMapOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Default 1. */
  readonly seed?: number;
  readonly rules?: Rules;
  /** Default: the economy's first. */
  readonly metric?: string;
  /** Columns whose numbers are the state, such as "world.price". Default: all that the metric depends on. */
  readonly state?: readonly string[];
  /** Periods played first. Default 500. */
  readonly warmUp?: number;
  /** More numbers than these are no state: `unmapped` says so. Default 60. */
  readonly most?: number;
}

export interface PeriodMap {
  readonly metric: string;
  /** [D] Such as "world.price" or "firms.stock[3]". */
  readonly names: readonly string[];
  /** Why D is 0; null: it is not. */
  readonly unmapped: string | null;
  /** Whether other draws lead elsewhere. */
  readonly noisy: boolean;
  /** NaN where a period fails or a number is not finite. */
  readonly dynamics: Dynamics;
  /** [D] Where the economy stands: after the warm-up, or after the last period that was played on. */
  state(): Float64Array;
  /** The metric there. */
  value(): number;
  /** The metric a period after a state; NaN where the period fails. */
  valueAfter(x: ArrayLike<number>): number;
  /** Plays on by a period. */
  advance(): void;
  /**
   * Lyapunov exponents per period, the largest first, as many as asked for or as there are numbers: growth of small differences under the same draws, over `periods`
   * that are played on. −Infinity: differences vanish at once.
   */
  exponents(count: number, periods: number): Float64Array;
}

/** Of 1 + |x|: what a number is moved by to see what depends on it. */
const NUDGE = 1e-4;
/** Likewise, between trajectories. */
const APART = 1e-8;
/** Periods in which whole numbers must not change. */
const WATCHED = 10;

interface Slot {
  readonly name: string;
  readonly column: Float64Array;
  readonly i: number;
}

/** Throws where somebody decides without a rule, and on names that do not exist. */
export function periodMap(economy: Economy, options: PeriodMapOptions = {}): PeriodMap {
  const { params = {}, seed = 1, rules = {}, warmUp = 500, most = 60 } = options;
  const { metric = Object.keys(economy.metrics)[0] ?? "" } = options;
  const measured = economy.metrics[metric];
  if (!measured) throw new Error(unknownName(`${economy.name} has no metric`, metric, Object.keys(economy.metrics)));
  const simulation = createSimulation(economy, { params: params as Record<string, number>, seed });
  const played = player(economy, simulation, rules);
  const value = (): number => measured.of(simulation.worlds[0]!, simulation.params);
  simulation.reset(0);
  for (let t = 0; t < warmUp; t++) played();

  const columns = Object.values(simulation.columns);
  const kept = columns.map((column) => column.slice());
  const keep = (): void => {
    for (const [c, column] of columns.entries()) kept[c]!.set(column as never);
  };
  const restore = (): void => {
    for (const [c, column] of columns.entries()) column.set(kept[c] as never);
  };
  keep();

  /** The numbers and the metric a period after the kept state with these numbers; null where that fails. */
  const image = (slots: readonly Slot[], x: ArrayLike<number>): Float64Array | null => {
    restore();
    for (const [d, { column, i }] of slots.entries()) column[i] = x[d]!;
    try {
      played();
      const next = Float64Array.of(...slots.map(({ column, i }) => column[i]!), value());
      return next.every(Number.isFinite) ? next : null;
    } catch {
      return null;
    } finally {
      restore();
    }
  };
  const at = (slots: readonly Slot[]): Float64Array => Float64Array.from(slots, ({ column, i }) => column[i]!);

  const bears = new Map<Float64Array, boolean>();
  /** Whether a period bears that a column's numbers are nudged: positions in a list, for one, must be whole. */
  const borne = ({ column }: Slot): boolean => {
    const known = bears.get(column);
    if (known !== undefined) return known;
    const own = Array.from(column, (_, i) => ({ name: "", column, i }));
    restore();
    const found =
      image(
        own,
        column.map((x) => x + APART * (1 + Math.abs(x))),
      ) !== null;
    bears.set(column, found);
    return found;
  };

  const candidates = slotsOf(economy, simulation, options.state);
  const turning = turningOf(simulation, played);
  restore();
  let state: readonly Slot[] = [];
  let unmapped: string | null = null;
  if (candidates.length > most) unmapped = `${candidates.length} numbers may matter to ${metric}, more than ${most}`;
  else if (turning !== null) unmapped = `${turning} holds whole numbers that change, and they have no derivatives`;
  else {
    state = options.state
      ? candidates
      : ancestors(
          candidates,
          [0, 1, 2].map((t) => {
            for (let k = 0; k < t; k++) played();
            keep();
            return influences(candidates, at(candidates), image);
          }),
        );
    if (state.length === 0) unmapped = `the next ${metric} depends on none of its columns`;
  }
  const free = state.length > 0 ? state : moving(candidates, played).filter(borne);
  restore();
  const mine = image(free, at(free));
  simulation.reseed(seed + 1);
  const others = image(free, at(free));
  simulation.reseed(seed);
  const noisy = mine?.some((v, d) => v !== others?.[d]) ?? false;

  return {
    metric,
    names: state.map(({ name }) => name),
    unmapped,
    noisy,
    dynamics: {
      kind: "map",
      at(x, out) {
        const next = image(state, x);
        if (next === null) out.fill(Number.NaN);
        else out.set(next.subarray(0, state.length));
      },
    },
    state: () => at(state),
    value,
    valueAfter: (x) => image(state, x)?.[state.length] ?? Number.NaN,
    advance() {
      played();
      keep();
    },
    exponents(count, periods) {
      const D = free.length;
      const unit = at(free).map((x) => 1 + Math.abs(x));
      const V = Array.from({ length: Math.min(count, D) }, (_, k) => direction(D, k));
      orthonormalise(V);
      const sums = new Float64Array(V.length);
      for (let t = 0; t < periods; t++) {
        const x = at(free);
        const beside = V.map((v) =>
          image(
            free,
            v.map((part, d) => x[d]! + APART * part * unit[d]!),
          ),
        );
        played();
        keep();
        const next = at(free);
        for (const [k, y] of beside.entries())
          for (let d = 0; d < D; d++) V[k]![d] = y === null ? Number.NaN : (y[d]! - next[d]!) / (APART * unit[d]!);
        for (const [k, size] of orthonormalise(V).entries())
          sums[k] = sums[k]! + (size > 0 ? log(size) : size === 0 ? Number.NEGATIVE_INFINITY : Number.NaN);
      }
      return sums.map((sum) => sum / periods);
    },
  };
}

/** A period by the rules. */
function player(economy: Economy, simulation: Simulation, rules: Rules): () => void {
  const { columns, phases, phaseNames, params, period } = simulation;
  const decisions = decisionsOf(economy).filter((one) => clockOf(economy, one, params) !== "never");
  const within = decisions.find(({ event }) => event !== null);
  if (within)
    throw new Error(
      `${economy.name}: ${within.population} decide in the midst of phase "${within.phase}", which no rule can stand for.`,
    );
  const wanted = decisions.flatMap(({ population, choices }) => choices.map((action) => `${population}.${action}`));
  for (const name of Object.keys(rules))
    if (!wanted.includes(name)) throw new Error(unknownName(`${economy.name}: nobody decides on`, name, wanted));
  const missing = wanted.find((name) => rules[name] === undefined);
  if (missing !== undefined)
    throw new Error(
      `${economy.name}: ${missing} is decided on, and no rule says how. Give it a number or a column, such as "${missing}=0" or "${missing}=world.${Object.keys(economy.world)[0] ?? "price"}".`,
    );
  const acts = phaseNames.map((name) =>
    decisions
      .filter(({ phase }) => phase === name)
      .map((decision) => {
        const clock = clockOf(economy, decision, params);
        const copies = decision.choices.map((action) => {
          const own = `${decision.population}.${action}`;
          return copier(economy, columns, own, rules[own]!);
        });
        const due = (): boolean => (clock === "episode" ? period[0] === 0 : period[0]! % Number(clock) === 0);
        return () => {
          if (due()) for (const copy of copies) copy();
        };
      }),
  );
  return () => {
    for (let index = 0; index < phases.length; index++) {
      for (const act of acts[index]!) act();
      simulation.runPhase(index, 0);
    }
    simulation.endPeriod(0);
  };
}

function copier(economy: Economy, columns: Simulation["columns"], own: string, rule: number | string): () => void {
  const to = columns[own]!;
  if (typeof rule === "number") return () => to.fill(rule);
  const from = columns[rule];
  const [population] = own.split(".");
  const fits =
    from !== undefined &&
    (rule.startsWith("world.") ? from.length === 1 : rule.startsWith(`${population}.`) && from.length === to.length);
  if (!fits) {
    const known = Object.keys(columns).filter((name) => name.startsWith("world.") || name.startsWith(`${population}.`));
    throw new Error(
      unknownName(
        `${economy.name}: the rule of ${own} names a column that does not exist or has another length,`,
        rule,
        known,
      ),
    );
  }
  return rule.startsWith("world.") ? () => to.fill(from[0]!) : () => to.set(from as never);
}

const unknownName = (what: string, name: string, known: readonly string[]): string =>
  `${what} "${name}".${known.length > 0 ? suggest(name, known) : " There are none."}`;

/** Real numbers that may be state: all but actions, or those of the columns that were named. */
function slotsOf(economy: Economy, { columns }: Simulation, named: readonly string[] | undefined): Slot[] {
  const actions = new Set(
    Object.entries(economy.populations).flatMap(([population, { actions }]) =>
      Object.keys(actions).map((action) => `${population}.${action}`),
    ),
  );
  const real = Object.keys(columns).filter((name) => columns[name] instanceof Float64Array && !actions.has(name));
  const unknown = named?.find((name) => !real.includes(name));
  if (unknown !== undefined)
    throw new Error(unknownName(`${economy.name} has no column of real numbers`, unknown, real));
  return (named ?? real).flatMap((name) => {
    const column = columns[name] as Float64Array;
    return Array.from(column, (_, i) => ({ name: column.length === 1 ? name : `${name}[${i}]`, column, i }));
  });
}

/** A column of whole numbers, clocks left out, that changes in the next periods; null: none does. */
function turningOf({ columns }: Simulation, played: () => void): string | null {
  const whole = Object.entries(columns).filter(
    ([name, column]) => !(column instanceof Float64Array) && name !== "period" && name !== "tick",
  );
  const before = whole.map(([, column]) => column.slice());
  for (let t = 0; t < WATCHED; t++) played();
  return whole.find(([, column], c) => column.some((v, i) => v !== before[c]![i]))?.[0] ?? null;
}

/** Numbers that change in the next periods, and are finite: times of next events may not be. */
function moving(slots: readonly Slot[], played: () => void): Slot[] {
  const before = slots.map(({ column, i }) => column[i]!);
  const moved = slots.map(() => false);
  for (let t = 0; t < WATCHED; t++) {
    played();
    for (const [d, { column, i }] of slots.entries()) if (column[i] !== before[d]) moved[d] = true;
  }
  return slots.filter(({ column, i }, d) => moved[d] && Number.isFinite(before[d]) && Number.isFinite(column[i]));
}

interface Influences {
  /** [n] Outputs that change with each number, the metric as output n. */
  readonly on: readonly ReadonlySet<number>[];
  /** [n] Whether a number is what it was before, and moves as it is moved. */
  readonly still: readonly boolean[];
}

function influences(
  slots: readonly Slot[],
  x: Float64Array,
  image: (slots: readonly Slot[], x: Float64Array) => Float64Array | null,
): Influences {
  const base = image(slots, x);
  const still: boolean[] = [];
  const on = slots.map((_, j) => {
    const nudged = x.slice();
    nudged[j] = x[j]! + NUDGE * (1 + Math.abs(x[j]!));
    const next = image(slots, nudged);
    still.push(base?.[j] === x[j] && next?.[j] === nudged[j]);
    return new Set(base && next ? [...next.keys()].filter((i) => next[i] !== base[i]) : slots.keys());
  });
  return { on, still };
}

/** Numbers that the metric depends on, at once or by others, in any of the probes; without those that never change. */
function ancestors(slots: readonly Slot[], probes: readonly Influences[]): Slot[] {
  const n = slots.length;
  const on = slots.map((_, j) => new Set(probes.flatMap((probe) => [...probe.on[j]!])));
  const constant = slots.map(
    (_, j) => probes.every(({ still }) => still[j]) && !on.some((outputs, k) => k !== j && outputs.has(j)),
  );
  const found = new Set([n]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (let j = 0; j < n; j++) if (!constant[j] && [...on[j]!].some((i) => found.has(i))) found.add(j);
  }
  return slots.filter((_, j) => found.has(j));
}

/** One that no symmetry of an economy makes vanish. */
const direction = (D: number, k: number): Float64Array =>
  Float64Array.from({ length: D }, (_, d) => 1 + (((d + 1) * (k + 2) * 7919) % 104_729) / 104_729);

/** Gram–Schmidt in place; what length each had left. One of length 0 begins again along an axis. */
function orthonormalise(V: readonly Float64Array[]): number[] {
  return V.map((v, k) => {
    for (let j = 0; j < k; j++) {
      const along = v.reduce((sum, part, d) => sum + part * V[j]![d]!, 0);
      for (let d = 0; d < v.length; d++) v[d] = v[d]! - along * V[j]![d]!;
    }
    const size = Math.sqrt(v.reduce((sum, part) => sum + part * part, 0));
    if (size > 0) for (let d = 0; d < v.length; d++) v[d] = v[d]! / size;
    else if (size === 0) v[k % v.length] = 1;
    return size;
  });
}
