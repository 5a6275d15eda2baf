// All parameters of a set of graphs as one flat vector θ with named slices, so that an optimiser step, a target update, a copy
// or a checkpoint is one call. Slices follow the order of declaration, without gaps.
import type { Stream } from "../random/index.ts";
import type { ParamSpec } from "./graph.ts";

export interface ParamSlice extends ParamSpec {
  /** Elements from … to − 1 of the flat vector. */
  readonly from: number;
  readonly to: number;
}

export interface ParamLayout {
  readonly size: number;
  readonly slices: readonly ParamSlice[];
}

/** The union of the graphs' parameters, in order of first declaration. Graphs that share a θ must be compiled with one layout. */
export function layoutOf(...graphs: readonly { readonly params: readonly ParamSpec[] }[]): ParamLayout {
  const slices = new Map<string, ParamSlice>();
  let size = 0;
  for (const { params } of graphs) {
    for (const spec of params) {
      const [rows, cols] = spec.shape;
      const known = slices.get(spec.name);
      if (!known) {
        slices.set(spec.name, { ...spec, from: size, to: size + rows * cols });
        size += rows * cols;
      } else if (known.shape[0] !== rows || known.shape[1] !== cols) {
        throw new Error(
          `Parameter "${spec.name}" has shape [${known.shape}] in one graph and [${spec.shape}] in another. ` +
            "Give one of them another name, or make them agree.",
        );
      }
    }
  }
  return { size, slices: [...slices.values()] };
}

/** The contiguous range of the parameters whose names start with `prefix`, for an optimiser or a target of their own. */
export function rangeOf(layout: ParamLayout, prefix: string): { from: number; to: number } {
  const matching = layout.slices.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) {
    throw new Error(`No parameter starts with "${prefix}": there are ${layout.slices.map((s) => s.name).join(", ")}.`);
  }
  for (let i = 1; i < matching.length; i++) {
    if (matching[i].from !== matching[i - 1].to) {
      throw new Error(
        `Parameters "${prefix}…" are not contiguous: ${matching[i - 1].name} ends at ${matching[i - 1].to}, ` +
          `${matching[i].name} starts at ${matching[i].from}. Declare them one after the other.`,
      );
    }
  }
  return { from: matching[0].from, to: matching[matching.length - 1].to };
}

/** Draws every slice from `stream.fork(name)`. */
export function initialise(params: Float32Array, layout: ParamLayout, stream: Stream): void {
  if (params.length !== layout.size) {
    throw new Error(`initialise: got ${params.length} parameters, expected the layout's ${layout.size}.`);
  }
  for (const { name, shape, init, from, to } of layout.slices)
    init(params.subarray(from, to), shape, stream.fork(name));
}
