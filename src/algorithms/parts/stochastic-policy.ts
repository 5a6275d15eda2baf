// Policies that draw: a squashed normal for boxes, a softmax per dimension for choices; and how both are played.
//
// N agents, F features, D action dimensions, K columns of an action (D for boxes, Σ choices otherwise)
import type { PopulationSpec } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/arena.ts";
import {
  add,
  type CompileOptions,
  categorical,
  compile,
  matrix,
  mul,
  type Param,
  type ParamLayout,
  sampleCategorical,
  sliceCols,
  squashedGaussian,
  type Tensor,
  tanh,
  trace,
} from "../../nn/index.ts";
import type { Policy } from "../algorithm.ts";
import { branchesOf, columnsOf, maskInput } from "./choices.ts";
import { restore } from "./restore.ts";

type T = Tensor<"f32">;
/** [rows, outputs] of the observations. */
export type Network = (par: Param, obs: T, outputs: number) => T;

/** For boxes: u = center + e^logStd noise, a = tanh u. */
export function squashedNormal(par: Param, obs: T, network: Network, spec: PopulationSpec) {
  const D = spec.actions.length;
  const out = network(par, obs, 2 * D);
  const center = sliceCols(out, 0, D);
  const logStd = add(mul(tanh(sliceCols(out, D, 2 * D)), 3.5), -1.5); // from −5 to 2, smoothly
  return { center, ...squashedGaussian(center, logStd) };
}

/** For choices: one softmax per dimension; `mask` [rows, K] is read where choices are masked. */
export const softmaxes = (par: Param, obs: T, network: Network, spec: PopulationSpec, mask: T) =>
  categorical(network(par, obs, columnsOf(spec)), { branches: branchesOf(spec), ...(spec.masked && { mask }) });

export interface Actor {
  readonly obs: Float32Array; // [rows, F], to be filled
  readonly mask: Float32Array; // [rows, K], to be filled where choices are masked
  /** Actions [rows, D] drawn with `noise`, normal for boxes and uniform for choices; the mode without. In (−1, 1) for boxes. */
  act(actions: Float32Array, noise: Float64Array | null): void;
}

export function createActor(spec: PopulationSpec, network: Network, rows: number, options: CompileOptions): Actor {
  const D = spec.actions.length;
  const inputs = { obs: matrix(rows, spec.features.length), noise: matrix(rows, D), mask: maskInput(spec, rows) };
  if (spec.continuous) {
    const graph = trace(inputs, ({ obs, noise }, par) => {
      const { center, sample } = squashedNormal(par, obs, network, spec);
      return { outputs: { mode: tanh(center), drawn: sample(noise).action } };
    });
    const { inputs: into, outputs, run } = compile(graph, options);
    return {
      obs: into.obs,
      mask: into.mask,
      act(actions, noise) {
        if (noise) into.noise.set(noise);
        run();
        actions.set(noise ? outputs.drawn : outputs.mode);
      },
    };
  }
  const graph = trace(inputs, ({ obs, mask }, par) => ({
    outputs: { probs: softmaxes(par, obs, network, spec, mask).probs },
  }));
  const { inputs: into, outputs, run } = compile(graph, options);
  const branches = branchesOf(spec);
  const choices = new Int32Array(rows * D);
  return {
    obs: into.obs,
    mask: into.mask,
    act(actions, noise) {
      run();
      if (noise) sampleCategorical(choices, outputs.probs, noise, branches);
      else
        for (let i = 0, from = 0; i < rows * D; i++) {
          const probs = outputs.probs.subarray(from, (from += branches[i % D]!));
          choices[i] = probs.indexOf(Math.max(...probs));
        }
      actions.set(choices);
    },
  };
}

/** Writes what the economy takes: choices as they are, (−1, 1) stretched to the box. */
export function fillActions(
  out: Int32Array | Float32Array,
  from: number,
  actions: Float32Array,
  spec: PopulationSpec,
): void {
  const D = spec.actions.length;
  for (let i = 0; i < actions.length; i++) {
    const { kind, low, high } = spec.actions[i % D]!.space;
    out[from + i] = kind === "box" ? low + ((actions[i]! + 1) / 2) * (high - low) : actions[i]!;
  }
}

export interface ModePlayerOptions {
  readonly network: Network;
  /** Of the saved parameters, which may hold more than the policy. */
  readonly layout: ParamLayout;
  /** Agents per network: all of them, or one. */
  readonly groupSize: number;
  /** Name of the g-th network's parameters among a snapshot's arrays. */
  nameOf(g: number): string;
}

/** Plays the mode of what was learned. */
export function createModePlayer(spec: PopulationSpec, options: ModePlayerOptions): Policy {
  const { network, layout, groupSize, nameOf } = options;
  const groups = spec.size / groupSize;
  const arena = createArena({ bytes: (64 << 20) + 4 * (layout.size * groups + spec.size * (layout.size / 8 + 4096)) });
  const thetas = Array.from({ length: groups }, () => arena.f32(layout.size));
  const actors = thetas.map((params) => createActor(spec, network, groupSize, { arena, params, layout }));
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = columnsOf(spec);
  const mode = new Float32Array(spec.size * D);
  return {
    load(arrays) {
      restore(Object.fromEntries(thetas.map((theta, g) => [nameOf(g), theta])), arrays);
    },
    act(actions, obs, rows, mask = null) {
      if (rows > spec.size) throw new Error(`policy: got ${rows} rows, expected at most ${spec.size}.`);
      for (let g = 0, from = 0; from < rows; g++, from += groupSize) {
        const actor = actors[g]!;
        const to = Math.min(from + groupSize, rows);
        actor.obs.set(obs.subarray(from * F, to * F));
        actor.mask.fill(1);
        if (spec.masked && mask) actor.mask.set(mask.subarray(from * K, to * K));
        actor.act(mode.subarray(from * D, (from + groupSize) * D), null);
      }
      fillActions(actions, 0, mode.subarray(0, rows * D), spec);
    },
  };
}
