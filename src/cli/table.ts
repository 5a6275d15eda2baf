// Tables in a terminal: as wide as they need to be, or as narrow as the terminal asks.

/** Columns of a terminal; without one, as many as COLUMNS says, or any number. */
const terminalWidth = (): number =>
  process.stdout.isTTY ? process.stdout.columns || 80 : Number(process.env["COLUMNS"]) || Number.POSITIVE_INFINITY;

const GAP = 2;
/** Text is not wrapped into less than this; rows become blocks instead. */
const LEAST = 12;

/**
 * Columns padded to their widest cell, numbers to the right. Where they do not fit, text is wrapped inside its column, and where that does not help
 * every row becomes a block of its own.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = terminalWidth(),
): string {
  const numeric = header.map((_, c) => rows.every((row) => /^[–−+-]?[\d.]*(e[+-]?\d+)?%?$/.test(row[c]!)));
  const natural = header.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)));
  const widths = fitted(natural, numeric, header, width);
  return widths === null ? blocks(header, rows, width) : grid(header, rows, numeric, widths);
}

function grid(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
  widths: readonly number[],
): string {
  const line = (cells: readonly string[]): string => {
    const wrapped = cells.map((cell, c) => wrap(cell, widths[c]!));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, l) =>
      wrapped
        .map((lines, c) => (numeric[c] ? (lines[l] ?? "").padStart(widths[c]!) : (lines[l] ?? "").padEnd(widths[c]!)))
        .join(" ".repeat(GAP))
        .trimEnd(),
    ).join("\n");
  };
  return [line(header), line(widths.map((w) => "─".repeat(w))), ...rows.map(line)].join("\n");
}

/** Widths that fit: the widest text gives way first, numbers and the first column never. Null: there is no room. */
function fitted(
  natural: readonly number[],
  numeric: readonly boolean[],
  header: readonly string[],
  width: number,
): number[] | null {
  const widths = [...natural];
  const least = (c: number): number =>
    numeric[c] ? natural[c]! : Math.min(natural[c]!, Math.max(LEAST, header[c]!.length));
  const total = (): number => widths.reduce((sum, w) => sum + w, 0) + GAP * (widths.length - 1);
  while (total() > width) {
    const able = widths.map((_, c) => c).filter((c) => widths[c]! > least(c));
    if (able.length === 0) return null;
    widths[able.reduce((widest, c) => (widths[c]! > widths[widest]! ? c : widest))]! -= 1;
  }
  return widths;
}

/** One block per row: its first cell, then a line for each other cell that says something. */
function blocks(header: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const label = Math.max(...header.map((name) => name.length));
  const room = Math.max(LEAST, width - label - 2 * GAP);
  const block = ([first, ...rest]: readonly string[]): string =>
    [
      ...wrap(first!, Math.max(LEAST, width)),
      ...rest.flatMap((cell, c) =>
        cell === ""
          ? []
          : wrap(cell, room).map(
              (text, l) =>
                `${" ".repeat(GAP)}${(l === 0 ? header[c + 1]! : "").padEnd(label)}${" ".repeat(GAP)}${text}`,
            ),
      ),
    ].join("\n");
  return rows.map(block).join("\n");
}

/** Lines of at most `width` characters, broken at spaces where there are any. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > 0 ? space : width;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
