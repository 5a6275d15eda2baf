// What computes losses and their gradients: the WebAssembly kernels, or onnxruntime-node where a run asks for it.
// Only losses: networks that act, and Adam, are the kernels' everywhere. Backends agree to about seven digits, not to the bit.
import { type CompileOptions, compile, type Executable } from "./backends/wasm.ts";
import type { Graph, InputSpecs, Tensors } from "./graph.ts";

export const backendNames = ["wasm", "onnx"] as const;
export type BackendName = (typeof backendNames)[number];

export interface Backend {
  readonly name: BackendName;
  compile<I extends InputSpecs, O extends Tensors>(graph: Graph<I, O>, options: CompileOptions): Executable<I, O>;
}

export const wasmBackend: Backend = { name: "wasm", compile };
