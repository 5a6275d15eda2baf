// Acting with actors (actor.ts): drawn while training, the most likely afterwards.
//
// E worlds, N agents, F features, D action dimensions; G groups of agents that share networks: all agents, or each one alone
import type { PopulationSpec } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/arena.ts";
import { compile, layoutOf, matrix, type ParamLayout, trace } from "../../nn/index.ts";
import type { Stream } from "../../random/index.ts";
import type { Policy, TrainContext } from "../algorithm.ts";
import { choicesOf, maskInput } from "../parts/choices.ts";
import { createMoments, normalise } from "../parts/moments.ts";
import { restore } from "../parts/restore.ts";
import { type ActorOptions, actor, createDrawing } from "./actor.ts";
import { createInforming } from "./information.ts";
import { memoryInput, type RecurrenceOptions, recall, widthOf } from "./recurrence.ts";
import type { Rollout } from "./rollout.ts";

export interface ActingOptions extends ActorOptions, RecurrenceOptions {
  readonly normalizeObs: boolean;
  readonly independent: boolean;
  readonly averageFrom: number;
}

/** Rows that a forward pass takes at once. */
export const CHUNK = 1024;

const graph = (spec: PopulationSpec, c: ActorOptions & RecurrenceOptions, rows: number) =>
  trace(
    { obs: matrix(rows, spec.features.length), memory: memoryInput(c, rows), mask: maskInput(spec, rows) },
    ({ obs, memory, mask }, par) => {
      const remembered = recall(par, obs, memory, null, c);
      return { outputs: { ...actor(par, remembered, spec, c, mask).outputs, remembered } };
    },
  );

/** Where group g's parameters are kept. */
export const thetaName = (population: string, c: { readonly independent: boolean }, g: number): string =>
  `${population}/theta${c.independent ? `/${g}` : ""}`;

/** Where the mean of parameters is kept that lie at `theta`, and whether there is one. */
export const averageName = (theta: string): string => `${theta}/average`;
export const isAveraged = (c: { readonly averageFrom: number }): boolean => c.averageFrom < 1;

/** Draws actions for this rank's cohorts that decide; `thetas` one per group. An agent's draws do not depend on who else decides. */
export function createActing(
  { env, arena, team }: TrainContext<unknown>,
  population: string,
  spec: PopulationSpec,
  c: ActorOptions & RecurrenceOptions,
  { rollout, thetas, layout }: { rollout: Rollout; thetas: readonly Float32Array[]; layout: ParamLayout },
): (stream: Stream, turn: number) => void {
  const N = spec.size;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const H = widthOf(c);
  const { cohorts } = rollout;
  const M = cohorts.members;
  const groupSize = N / thetas.length;
  const sharing = cohorts.sharing(groupSize);
  const most = Math.min(CHUNK, env.mostLanes * groupSize);
  // Ranks act at the same time, so each has executables of its own.
  const actors = Array.from({ length: team.size }, () =>
    thetas.map((params) => compile(graph(spec, c, most), { arena, params, layout })),
  )[team.rank];
  const played = env.batch[population].actions;
  const drawing = createDrawing(spec, c, most);
  const informed = rollout.information ? createInforming(spec) : null;
  const drawn = new Float64Array(env.mostLanes * N * D);
  const noise = new Float64Array(most * D);

  return (stream, turn) => {
    const deciding = rollout.look();
    deciding.forEach((cohort, k) => {
      const out = drawn.subarray(k * M * D, (k + 1) * M * D);
      const at = { lane: cohorts.worldOf(cohort), period: turn, from: cohorts.agentOf(cohort) * D };
      stream[spec.continuous ? "normal" : "uniform"](out, at);
    });
    for (let g = 0; g < thetas.length; g++) {
      // Places among those who decide
      const places = [...deciding.keys()];
      const own = M < N && groupSize < N ? places.filter((k) => cohorts.agentOf(deciding[k]) === g) : places;
      const rows = own.length * sharing;
      for (let from = 0; from < rows; from += most) choose(deciding, own, g, from, Math.min(most, rows - from));
    }
    rollout.decided();
  };

  /** For `rows` agents of group g, `from` on, counted over the cohorts at `places` of those who decide. */
  function choose(deciding: readonly number[], places: readonly number[], g: number, from: number, rows: number): void {
    const { inputs, outputs, run } = actors[g];
    const { obs, mask, memory, carried, actions, logProb, information } = rollout;
    const first = M < N ? 0 : g * groupSize;
    for (let r = 0; r < rows; r++) {
      const place = places[Math.floor((from + r) / sharing)];
      const i = first + ((from + r) % sharing);
      const at = rollout.slotOf(deciding[place]) * M + i;
      for (let f = 0; f < F; f++) inputs.obs[r * F + f] = obs[at * F + f];
      if (memory) for (let j = 0; j < H; j++) inputs.memory[r * H + j] = memory[at * H + j];
      const allowed = (rollout.rowOf(deciding[place]) * M + i) * K;
      if (mask) for (let k = 0; k < K; k++) inputs.mask[r * K + k] = mask[allowed + k];
      for (let d = 0; d < D; d++) noise[r * D + d] = drawn[(place * M + i) * D + d];
    }
    run();
    drawing.draw(outputs, noise, rows);
    for (let r = 0; r < rows; r++) {
      const cohort = deciding[places[Math.floor((from + r) / sharing)]];
      const i = first + ((from + r) % sharing);
      const row = rollout.rowOf(cohort) * M + i;
      logProb[row] = drawing.logProb[r];
      if (carried) for (let j = 0; j < H; j++) carried[(cohort * M + i) * H + j] = outputs.remembered[r * H + j];
      if (information && informed) information.nats[row] = informed(outputs, r);
      for (let d = 0; d < D; d++) {
        actions[row * D + d] = drawing.actions[r * D + d];
        played[(cohort * M + i) * D + d] = drawing.played(r * D + d);
      }
    }
  }
}

/** Plays the most likely choice, or the middle of the normal; or draws. `layout`: of the parameters it was trained with. */
export function actorPolicy(population: string, spec: PopulationSpec, c: ActingOptions, layout: ParamLayout): Policy {
  const groupSize = c.independent ? 1 : spec.size;
  const groups = spec.size / groupSize;
  const most = Math.min(CHUNK, groupSize);
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const H = widthOf(c);
  const memories = new Map<number, Float32Array>(); // [N, H] by world
  const memoryOf = (world: number): Float32Array => {
    const memory = memories.get(world) ?? new Float32Array(spec.size * H);
    memories.set(world, memory);
    return memory;
  };
  const width = Math.max(F, D, ...layoutOf(graph(spec, c, 1)).slices.map(({ shape }) => shape[1]));
  const arena = createArena({
    bytes: (16 << 20) + groups * (4 * layout.size + 16 * most * (width + 64) * (c.recurrent ? 4 : 1)),
  });
  const thetas = Array.from({ length: groups }, () => arena.f32(layout.size));
  const actors = thetas.map((params) => compile(graph(spec, c, most), { arena, params, layout }));
  const { running } = createMoments(arena, F, 1);
  const drawing = createDrawing(spec, c, most);
  const noise = new Float64Array(spec.size * D);
  const places = new Int32Array(spec.size);
  const drawn = new Float64Array(most * D);
  function play(
    actions: Int32Array | Float32Array,
    obs: Float32Array,
    rows: number,
    draws: Float64Array | null,
    mask: Uint8Array | null,
    world: number,
    who: Uint8Array | null,
  ): void {
    if (rows > spec.size) throw new Error(`Policy of ${population}: got ${rows} rows, expected at most ${spec.size}.`);
    const memory = c.recurrent ? memoryOf(world) : null;
    if (who && !memory && groups === 1) {
      playSome(actions, obs, draws, mask, deciding(who, rows));
      return;
    }
    for (let from = 0; from < rows; from += most) {
      const { inputs, outputs, run } = actors[Math.floor(from / groupSize)];
      const n = Math.min(most, rows - from);
      const x = obs.subarray(from * F, (from + n) * F);
      if (c.normalizeObs) normalise(running, inputs.obs, x);
      else inputs.obs.set(x);
      if (spec.masked) {
        inputs.mask.fill(1);
        if (mask) inputs.mask.set(mask.subarray(from * K, (from + n) * K));
      }
      if (memory) inputs.memory.set(memory.subarray(from * H, (from + n) * H));
      run();
      for (let r = 0; memory && r < n; r++)
        if (!who || who[from + r]) memory.set(outputs.remembered.subarray(r * H, (r + 1) * H), (from + r) * H);
      if (draws) drawing.draw(outputs, draws.subarray(from * D, (from + n) * D), n);
      else drawing.mode(outputs, n);
      for (let a = 0; a < n * D; a++) actions[from * D + a] = drawing.played(a);
    }
  }

  /** Rows that decide, in a scratch of their own. */
  function deciding(who: Uint8Array, rows: number): Int32Array {
    let n = 0;
    for (let i = 0; i < rows; i++) if (who[i]) places[n++] = i;
    return places.subarray(0, n);
  }

  /** The same of some rows, by a single network without a memory. */
  function playSome(
    actions: Int32Array | Float32Array,
    obs: Float32Array,
    draws: Float64Array | null,
    mask: Uint8Array | null,
    some: Int32Array,
  ): void {
    const { inputs, outputs, run } = actors[0];
    for (let from = 0; from < some.length; from += most) {
      const n = Math.min(most, some.length - from);
      for (let r = 0; r < n; r++) {
        const i = some[from + r];
        for (let f = 0; f < F; f++) inputs.obs[r * F + f] = obs[i * F + f];
        if (spec.masked) for (let k = 0; k < K; k++) inputs.mask[r * K + k] = mask ? mask[i * K + k] : 1;
        if (draws) for (let d = 0; d < D; d++) drawn[r * D + d] = draws[i * D + d];
      }
      if (c.normalizeObs) normalise(running, inputs.obs, inputs.obs);
      run();
      if (draws) drawing.draw(outputs, drawn, n);
      else drawing.mode(outputs, n);
      for (let r = 0; r < n; r++)
        for (let d = 0; d < D; d++) actions[some[from + r] * D + d] = drawing.played(r * D + d);
    }
  }

  return {
    load(arrays) {
      thetas.forEach((theta, g) => {
        const place = thetaName(population, c, g);
        restore({ [isAveraged(c) ? averageName(place) : place]: theta }, arrays);
      });
      restore({ [`${population}/rollout/seen`]: running }, arrays);
    },
    ...(c.recurrent && {
      reset(world?: number, row?: number) {
        for (const [known, memory] of memories)
          if (world === undefined || world === known)
            if (row === undefined) memory.fill(0);
            else memory.fill(0, row * H, (row + 1) * H);
      },
    }),
    act(actions, obs, rows, mask = null, world = 0, who = null) {
      play(actions, obs, rows, null, mask, world, who);
    },
    sample(actions, obs, rows, stream, at, mask = null, who = null) {
      const draws = noise.subarray(0, rows * D);
      stream[spec.continuous ? "normal" : "uniform"](draws, { ...at, from: 0 });
      play(actions, obs, rows, draws, mask, at.lane, who);
    },
  };
}
