// Putting a snapshot's arrays back where they live.
import type { Arrays } from "../algorithm.ts";

/** Copies saved arrays over live ones; the error names what is missing or of another length. */
export function restore(live: Arrays, saved: Arrays): void {
  for (const [name, view] of Object.entries(live)) {
    const from = saved[name];
    if (!from)
      throw new Error(`The checkpoint has no "${name}". It was written for another economy or version; rerun.`);
    if (from.byteLength !== view.byteLength)
      throw new Error(
        `The checkpoint's "${name}" has ${from.byteLength} bytes, expected ${view.byteLength}. Use the settings it was written with.`,
      );
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(
      new Uint8Array(from.buffer, from.byteOffset, from.byteLength),
    );
  }
}
