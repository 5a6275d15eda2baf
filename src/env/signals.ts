// Who decides now, whose episode ended, and what each has earned since its previous decision.
//
// E worlds, N agents. Where all agents of a world decide together they have one signal per world, which is written to all of them. Where they decide apart, each has its
// own: an agent's rewards accrue from its decision to its next one or to the end of its life or episode, whichever comes first; what comes before its first
// decision belongs to nobody. An end is told at the next turn of the decision, whether or not the agent decides there.
//
// A period's reward is the column's value at the period's end. Of a decision at an event, in the midst of the period, what the column has gained since the events began or since the
// agent's previous decision among them has been earned before; the rest of the period's reward comes after. So all that is told adds up to the columns at the ends of periods.
import type { Allocator } from "../core/cut.ts";

export interface Signals {
  readonly acting: Uint8Array; // [E, N]
  readonly terminated: Uint8Array; // [E, N]
  readonly truncated: Uint8Array; // [E, N]
  readonly rewards: Float32Array; // [E, N]
  /** What a checkpoint keeps, by name. */
  readonly state: Readonly<Record<string, Uint8Array | Float64Array>>;
  /** World e begins with `reset`. */
  begin(e: number): void;
  /** At the end of a period, with the reward of each row. */
  accrue(e: number, rewards: Float64Array): void;
  /** Those who no longer live have ended. Before an episode's end is told. */
  bury(e: number): void;
  /** The episode of world e ended. */
  end(e: number, terminated: boolean): void;
  /** It is this decision's turn in world e; `due`: by its clock. Whether anybody decides. */
  present(e: number, due: boolean): boolean;
  /** It is this decision's turn in world e, where row `row` alone decides at an event. `earned`: the reward of each row as it stands; null: nobody is rewarded. */
  summon(e: number, row: number, earned: Float64Array | null): void;
  /** Events begin in world e. */
  listen(e: number, earned: Float64Array): void;
  /** Another decision's turn. */
  absent(e: number): void;
  /** Those who decide in world e have. */
  decided(e: number): void;
  /** `state` was copied back. */
  restored(): void;
}

interface SignalOptions {
  readonly worlds: number; // E
  readonly size: number; // N
  readonly memory: Allocator;
}

/** One signal per world. */
export function together({ worlds: E, size: N, memory }: SignalOptions): Signals {
  const one = { acting: memory.u8(E), terminated: memory.u8(E), truncated: memory.u8(E) };
  const all = { acting: memory.u8(E * N), terminated: memory.u8(E * N), truncated: memory.u8(E * N) };
  const rewards = memory.f32(E * N);
  const accrued = memory.f64(E * N);
  const set = (each: Uint8Array, everybody: Uint8Array, e: number, value: number): void => {
    if (each[e] === value) return;
    each[e] = value;
    for (let k = e * N; k < (e + 1) * N; k++) everybody[k] = value;
  };
  return {
    ...all,
    rewards,
    state: { ...one, accrued },
    begin(e) {
      accrued.fill(0, e * N, (e + 1) * N);
      set(one.terminated, all.terminated, e, 0);
      set(one.truncated, all.truncated, e, 0);
    },
    accrue(e, earned) {
      for (let i = 0, k = e * N; i < N; i++, k++) accrued[k] = accrued[k]! + earned[i]!;
    },
    bury() {},
    end(e, terminated) {
      set(one.terminated, all.terminated, e, terminated ? 1 : 0);
      set(one.truncated, all.truncated, e, terminated ? 0 : 1);
    },
    present(e, due) {
      set(one.acting, all.acting, e, due ? 1 : 0);
      if (!due) return false;
      for (let k = e * N; k < (e + 1) * N; k++) {
        rewards[k] = accrued[k]!;
        accrued[k] = 0;
      }
      return true;
    },
    summon() {},
    listen() {},
    absent: (e) => set(one.acting, all.acting, e, 0),
    decided(e) {
      if (one.acting[e] === 0) return;
      set(one.terminated, all.terminated, e, 0);
      set(one.truncated, all.truncated, e, 0);
    },
    restored() {
      for (const name of ["acting", "terminated", "truncated"] as const)
        for (let e = 0; e < E; e++) all[name].fill(one[name][e]!, e * N, (e + 1) * N);
    },
  };
}

type Flags = Uint8Array | Int32Array;

/**
 * One signal per agent. `flags`: of each world, columns that must not be 0 where an agent is to decide; `alive`: of each world, the column that says who lives; `atEvents`: agents decide one
 * at a time in the midst of a period.
 */
export function apart({
  worlds: E,
  size: N,
  memory,
  flags,
  alive,
  atEvents = false,
}: SignalOptions & {
  readonly atEvents?: boolean;
  readonly flags: readonly (readonly Flags[])[];
  readonly alive: readonly Flags[] | null;
}): Signals {
  const acting = memory.u8(E * N);
  const terminated = memory.u8(E * N);
  const truncated = memory.u8(E * N);
  const awaiting = memory.u8(E * N); // has decided, and what follows is still to come
  const rewards = memory.f32(E * N);
  const accrued = memory.f64(E * N);
  // Of a period with events: the reward column when it was last looked at, and what of the period's reward was earned by then.
  const read = memory.f64(atEvents ? E * N : 0);
  const told = memory.f64(atEvents ? E * N : 0);
  const close = (k: number, how: Uint8Array): void => {
    how[k] = 1;
    awaiting[k] = 0;
    rewards[k] = accrued[k]!;
    accrued[k] = 0;
  };
  return {
    acting,
    terminated,
    truncated,
    rewards,
    state: { acting, terminated, truncated, awaiting, accrued, ...(atEvents && { read, told }) },
    begin(e) {
      for (const array of [accrued, terminated, truncated, awaiting, read, told])
        if (array.length > 0) array.fill(0, e * N, (e + 1) * N);
    },
    accrue(e, earned) {
      for (let i = 0, k = e * N; i < N; i++, k++) {
        if (awaiting[k]) accrued[k] = accrued[k]! + (atEvents ? earned[i]! - told[k]! : earned[i]!);
        if (atEvents) told[k] = 0;
      }
    },
    bury(e) {
      if (!alive) return;
      const lives = alive[e]!;
      for (let i = 0, k = e * N; i < N; i++, k++) if (awaiting[k] && !lives[i]) close(k, terminated);
    },
    end(e, forGood) {
      for (let k = e * N; k < (e + 1) * N; k++) if (awaiting[k]) close(k, forGood ? terminated : truncated);
    },
    present(e, due) {
      let some = false;
      const wanted = flags[e]!;
      for (let i = 0, k = e * N; i < N; i++, k++) {
        let now = due;
        for (const flag of wanted) now &&= flag[i] !== 0;
        acting[k] = now ? 1 : 0;
        if (!now) continue;
        some = true;
        if (terminated[k] || truncated[k]) continue; // its rewards were told apart when it ended
        rewards[k] = accrued[k]!;
        accrued[k] = 0;
      }
      return some;
    },
    listen(e, earned) {
      read.set(earned, e * N);
      told.fill(0, e * N, (e + 1) * N);
    },
    summon(e, row, earned) {
      acting.fill(0, e * N, (e + 1) * N);
      const k = e * N + row;
      acting[k] = 1;
      if (earned) {
        const gain = earned[row]! - read[k]!;
        read[k] = earned[row]!;
        told[k] = told[k]! + gain;
        if (awaiting[k]) accrued[k] = accrued[k]! + gain;
      }
      if (terminated[k] || truncated[k]) return; // its rewards were told apart when it ended
      rewards[k] = accrued[k]!;
      accrued[k] = 0;
    },
    absent: (e) => void acting.fill(0, e * N, (e + 1) * N),
    decided(e) {
      for (let k = e * N; k < (e + 1) * N; k++) {
        terminated[k] = truncated[k] = 0;
        if (acting[k]) awaiting[k] = 1;
      }
    },
    restored() {},
  };
}
