// Which numeric backend serves: the one asked for, or the kernels, with one line that says why.
import { Option } from "commander";
import { onnxAvailable } from "../nn/backends/onnx.ts";
import { type BackendName, backendNames } from "../nn/index.ts";
import type { Target } from "./catalog.ts";
import { say } from "./terminal.ts";

export const backendOption = (): Option =>
  new Option("--backend <name>", "what computes losses; results differ in their last digits between backends")
    .choices(backendNames)
    .default("wasm");

export function chooseBackend({ name, experiment }: Target, asked: BackendName): BackendName {
  const reason = asked === "wasm" ? null : whyNot(experiment.algorithm);
  if (reason === null) return asked;
  say(`walras: ${name} runs with --backend wasm instead of ${asked}: ${reason}`);
  return "wasm";
}

/** A run goes on with what it was begun with, or not at all. */
export function requireBackend(directory: string, begun: BackendName): void {
  const available = begun === "onnx" ? onnxAvailable() : { ok: true as const };
  if (!available.ok)
    throw new Error(
      `${directory} was computed with ${begun}, and the rest would not be what it would have been. ${available.reason}`,
    );
}

function whyNot(algorithm: Target["experiment"]["algorithm"]): string | null {
  if (!algorithm) return "nobody learns in it.";
  if (!algorithm.backends?.includes("onnx"))
    return `${algorithm.name} has no losses of networks that it could compute.`;
  const available = onnxAvailable();
  return available.ok ? null : available.reason;
}
