// The live line on stderr: where training stands against theory. Only on a terminal.
import type { Progress } from "../engine/run.ts";
import { duration, shown } from "./common.ts";

export interface ProgressLine {
  update(progress: Progress): void;
  end(): void;
}

/** `watched`: the economy's first figure that has a theory line, if any. */
export function progressLine(
  label: string,
  watched: { readonly metric: string; readonly name: string; readonly theory: number | null } | null,
): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { update() {}, end() {} };
  return {
    update({ step, totalSteps, seconds, stepsPerSecond, row }) {
      const share = step / totalSteps;
      const bar = "█".repeat(Math.floor(share * 20)).padEnd(20, "░");
      const value = watched ? row[watched.metric] : undefined;
      const against = watched?.theory == null ? "" : ` against ${shown(watched.theory)}`;
      const price = value === undefined ? "" : `  ${watched!.name} ${shown(value)}${against}`;
      const left = stepsPerSecond > 0 ? duration((totalSteps - step) / stepsPerSecond) : "–";
      const text = `${label} ${bar} ${Math.floor(share * 100)} %${price}  ${shown(Math.round(stepsPerSecond))} world-periods/s  ${duration(seconds)}, ${left} left`;
      stderr.write(`\r\x1b[2K${text.slice(0, Math.max(20, (stderr.columns || 120) - 1))}`);
    },
    end() {
      stderr.write("\r\x1b[2K");
    },
  };
}
