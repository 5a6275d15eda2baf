// Who decides now, whose episode ended, and what each has earned since its previous decision.
//
// E worlds, N agents. Where all agents of a world decide together they have one signal per world, which is written to all of them. Where they decide apart, each has its
// own: an agent's rewards accrue from its decision to its next one or to the end of its life or episode, whichever comes first; what comes before its first
// decision belongs to nobody. An end is told at the next turn of the decision, whether or not the agent decides there.
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

/** One signal per agent. `flags`: of each world, columns that must not be 0 where an agent is to decide; `alive`: of each world, the column that says who lives. */
export function apart({
  worlds: E,
  size: N,
  memory,
  flags,
  alive,
}: SignalOptions & {
  readonly flags: readonly (readonly Flags[])[];
  readonly alive: readonly Flags[] | null;
}): Signals {
  const acting = memory.u8(E * N);
  const terminated = memory.u8(E * N);
  const truncated = memory.u8(E * N);
  const awaiting = memory.u8(E * N); // has decided, and what follows is still to come
  const rewards = memory.f32(E * N);
  const accrued = memory.f64(E * N);
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
    state: { acting, terminated, truncated, awaiting, accrued },
    begin(e) {
      for (const array of [accrued, terminated, truncated, awaiting]) array.fill(0, e * N, (e + 1) * N);
    },
    accrue(e, earned) {
      for (let i = 0, k = e * N; i < N; i++, k++) if (awaiting[k]) accrued[k] = accrued[k]! + earned[i]!;
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
