// Run directories. The driver for Node lives in ./files.ts and is imported from there, so that this page loads in a
// browser.
export type { Checkpoint } from "./checkpoint.ts";
export { canonicalJson, hashOf, type Json } from "./json.ts";
export type { MetricRow } from "./log.ts";
export { memoryStore } from "./memory.ts";
export {
  csvMetadata,
  PANEL_FORMATS,
  type PanelColumn,
  type PanelFormat,
  type PanelSource,
  type PanelWriter,
  panelWriter,
} from "./panel.ts";
export {
  checkFiles,
  createRun,
  discardRun,
  type FileCheck,
  type Machine,
  type Manifest,
  type ManifestInput,
  type Outcome,
  openRun,
  type Resumed,
  type RunOptions,
  type RunReader,
  type RunStatus,
  type RunWriter,
  resumeRun,
  type Sources,
} from "./run.ts";
export { decodeSafetensors, encodeSafetensors, type Tensor, type TensorData, type TensorFile } from "./safetensors.ts";
export type { Store } from "./store.ts";
