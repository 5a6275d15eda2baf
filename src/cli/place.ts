// Directories that results are written to: what may not be overwritten, and what could not be written.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkWritable } from "../store/files.ts";

/** What a directory of each verb holds, by its document; all have a report.html beside it. */
const KINDS: Readonly<Record<string, string>> = {
  "run.json": "a run",
  "calibration.json": "a calibration",
  "counterfactual.json": "a counterfactual",
  "stress.json": "a stress test",
};

/** Refuses a directory that holds another verb's results, or that nothing could be written to, before any work is done. `own`: the verb's own document. */
export function checkPlace(directory: string, own: string): void {
  if (directory === "") throw new Error("--out: got an empty name, expected a directory.");
  for (const [document, kind] of Object.entries(KINDS))
    if (document !== own && existsSync(join(directory, document)))
      throw new Error(`${directory} holds ${kind}, whose report would be overwritten; choose another --out.`);
  checkWritable(directory);
}
