// Numbers and text for people. `formatNumber` also runs inside the report's page, so it refers to nothing outside itself.

/** Five significant digits, a true minus sign, thin spaces between thousands; "–" for what was not measured. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-4 && size < 1e9);
  const digits = plain
    ? String(Number(size.toPrecision(size >= 1e4 ? 9 : 5)))
    : size.toExponential(3).replace(/\.?0+e/, "e");
  const [whole, ...fraction] = digits.split(".");
  const grouped = whole.length > 4 && plain ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return (value < 0 ? "−" : "") + [grouped.replace("Infinity", "∞"), ...fraction].join(".").replace("e-", "e−");
}

/** Six significant digits, as people read them; of a list, each. */
export function shown(value: number | readonly number[] | null | undefined): string {
  if (typeof value === "object" && value !== null) return value.map(shown).join(", ");
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return String(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(6))) : value.toExponential(3);
}

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: { [character: string]: string } = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** JSON that cannot end the script element it stands in. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
