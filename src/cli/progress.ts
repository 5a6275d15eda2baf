// The live line on stderr: where training stands against theory. Only on a terminal.
import type { Progress } from "../engine/run.ts";
import type { MetricRow } from "../store/index.ts";
import { duration, shown } from "./common.ts";
import { plain } from "./terminal.ts";

export interface ProgressLine {
  update(progress: Progress): void;
  end(): void;
}

/** Whole numbers, but for what is slow: two digits. */
export const rate = (perSecond: number): string =>
  shown(perSecond < 10 ? Number(perSecond.toPrecision(2)) : Math.round(perSecond));

/** `watched`: the economy's first figure that has a theory line, if any. */
export function progressLine(
  label: string,
  watched: {
    readonly value: (row: MetricRow) => number | undefined;
    readonly name: string;
    readonly theory: number | null;
  } | null,
): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { update() {}, end() {} };
  return {
    update({ step, totalSteps, seconds, stepsPerSecond, row }) {
      const share = step / totalSteps;
      const value = watched?.value(row);
      const against = watched?.theory == null ? "" : ` against ${shown(watched.theory)}`;
      const left = stepsPerSecond > 0 ? duration((totalSteps - step) / stepsPerSecond) : "–";
      const percent = `${Math.floor(share * 100)} %`;
      const figures = [`${rate(stepsPerSecond)} steps/s`, `${left} left`];
      // What matters most fits 80 columns; a wider terminal gets the name, the bar and the time as well.
      const width = (stderr.columns || 120) - 1;
      const short = value === undefined ? "" : `${shown(value)}${against}`;
      const long = value === undefined ? "" : `${watched!.name} ${short}`;
      const narrow = [percent, short, ...figures].filter((part) => part !== "").join("  ");
      const bar = "█".repeat(Math.floor(share * 20)).padEnd(20, "░");
      const wide = [`${label} ${bar} ${percent}`, long, ...figures, duration(seconds)]
        .filter((part) => part !== "")
        .join("  ");
      const named = [label, percent, long, ...figures].filter((part) => part !== "").join("  ");
      const text = [wide, named, narrow].find((line) => line.length <= width) ?? narrow.slice(0, width);
      stderr.write(`\r\x1b[2K${plain(text)}`);
    },
    end() {
      stderr.write("\r\x1b[2K");
    },
  };
}
