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
