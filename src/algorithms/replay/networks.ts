// Networks of groups of agents: parameters, Adam, and what computes the shards of their minibatches.
import { createAdam, type ParamLayout, type rangeOf } from "../../nn/index.ts";
import type { TrainContext } from "../algorithm.ts";
import type { Frame } from "./frame.ts";
import { SHARDS } from "./shards.ts";

export interface NetworksOptions<Part extends string, Shard> {
  readonly layout: ParamLayout;
  /** Parts of θ that learn, each with an Adam of its own. */
  readonly parts: Readonly<Record<Part, ReturnType<typeof rangeOf>>>;
  /** Of the whole gradient of a part. */
  readonly maxGradNorm?: number;
  /** What computes a shard of group g, with gradients to `grads`. */
  shard(theta: Float32Array, grads: Float32Array, g: number): Shard;
}

export function createNetworks<const Part extends string, Shard>(
  { arena }: Pick<TrainContext<unknown>, "arena">,
  { groups, named, nameOf, shards: { average, rows } }: Pick<Frame, "groups" | "named" | "nameOf" | "shards">,
  { layout, parts, maxGradNorm, shard }: NetworksOptions<Part, Shard>,
) {
  const names = Object.keys(parts) as Part[];
  const trained = Math.max(...names.map((part) => parts[part].to));
  const steps = named("steps", arena.i32(groups));
  return Array.from({ length: groups }, (_, g) => {
    const theta = named(nameOf("theta", g), arena.f32(layout.size));
    const grads = arena.f32(trained);
    const adams = names.map((part) => {
      const { from, to } = parts[part];
      const options = { arena, params: theta.subarray(from, to), grads: grads.subarray(from, to) };
      const adam = createAdam({ ...options, ...(maxGradNorm !== undefined && { maxGradNorm }) });
      const name = names.length > 1 ? `adam/${part}` : "adam";
      named(nameOf(`${name}/m`, g), adam.m);
      named(nameOf(`${name}/v`, g), adam.v);
      return adam;
    });
    const shards = Array.from({ length: SHARDS }, () => {
      const grads = arena.f32(layout.size);
      return { ...shard(theta, grads, g), grads };
    });
    return {
      theta,
      shards,
      /** Of the rows of the last minibatch, [B]. */
      errors: arena.f32(SHARDS * rows),
      /** Adam's steps with the mean gradient of the shards, of parts that have a rate; the number of steps so far, and the norm of the last part's gradient. */
      step(rates: Readonly<Partial<Record<Part, number>>>): { readonly steps: number; readonly norm: number } {
        average(grads, shards);
        let norm = 0;
        for (const [k, part] of names.entries()) {
          const rate = rates[part];
          if (rate === undefined) continue;
          const adam = adams[k]!;
          adam.learningRate = rate;
          adam.steps = steps[g]!; // before a resumption another rank may have taken them
          norm = adam.step();
        }
        steps[g] = steps[g]! + 1;
        return { steps: steps[g]!, norm };
      },
    };
  });
}
