// report.html: one run as a page that needs nothing else, to read, to send, to keep beside the paper.
//
// In order: what was run, how many claims hold, each claim against theory, the figures, the learning curves, the
// resolved configuration, the command that made it, and how to read it. Everything but the curves themselves is plain
// HTML, readable without scripts; a content security policy forbids the page any network access.
// Not here: reading files. The caller gives uPlot's text in `assets`, so this module also works in a browser.
import { type ChartData, type ChartLine, drawCharts } from "./charts.ts";
import { escapeHtml, formatNumber, scriptJson } from "./format.ts";
import { style } from "./style.ts";

export interface ReportClaim {
  readonly item: string;
  /** What the paper says, in its words. */
  readonly claim: string;
  readonly theory: number | null;
  readonly ours: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly verdict: "pass" | "fail" | "not judged";
  /** Why it was not judged. */
  readonly reason: string | null;
  readonly note: string;
}

export interface ReportFigure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly xLabel: string;
  /** Ascending. */
  readonly x: readonly number[];
  /** A sample of the population, [agent][point]; may be empty, as may low, median and high. NaN: not measured. */
  readonly agents: readonly (readonly number[])[];
  /** 5th percentile over agents. */
  readonly low: readonly number[];
  readonly median: readonly number[];
  /** 95th percentile over agents. */
  readonly high: readonly number[];
  readonly theory: { readonly label: string; readonly value: number } | null;
  readonly caption: string;
}

/** Lines over seeds, or over anything else, beside each other and beside theory; each has points of its own. */
export interface ReportComparison {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly {
    readonly label: string;
    readonly as: ChartLine["as"];
    /** Ascending. */
    readonly x: readonly number[];
    readonly y: readonly number[];
    /** A band; empty for none. */
    readonly low: readonly number[];
    readonly high: readonly number[];
  }[];
  readonly caption: string;
}

export interface ReportCurve {
  readonly name: string;
  readonly doc: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A band; none unless given. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** "training episode" unless given. */
  readonly xLabel?: string;
}

export interface ReportInput {
  readonly title: string;
  readonly description: string;
  readonly command: string;
  readonly status: "complete" | "failed" | "running" | "interrupted";
  readonly error?: string | undefined;
  readonly claims: readonly ReportClaim[];
  readonly figures: readonly ReportFigure[];
  readonly comparisons?: readonly ReportComparison[];
  readonly curves: readonly ReportCurve[];
  readonly config: readonly {
    readonly path: string;
    readonly value: string;
    readonly unit: string;
    readonly symbol: string;
    readonly doc: string;
  }[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The text of uplot/dist/uPlot.iife.min.js and uPlot.min.css. */
  readonly assets: { readonly uplotJs: string; readonly uplotCss: string };
}

const MAX_POINTS = 2000; // per line, more than any screen shows

export function renderReport(input: ReportInput): string {
  const figures = input.figures.map((figure) => ({ ...figure, chart: figureData(figure) }));
  const comparisons = (input.comparisons ?? []).map((one) => ({ ...one, chart: comparisonData(one) }));
  const curves = input.curves.map((curve) => ({ ...curve, chart: curveData(curve) }));
  const drawable = [...figures, ...comparisons, ...curves].filter(({ chart }) => chart.x.length > 0);
  const indexOf = (chart: ChartData) => drawable.findIndex((drawn) => drawn.chart === chart);

  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="generator" content="walras">
<title>${escapeHtml(input.title)}</title>
<style>${input.assets.uplotCss.replace(/<\//g, "<\\/")}</style>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(input.title)}</h1>
${input.description ? `<p class="lede">${escapeHtml(input.description)}</p>` : ""}
${verdict(input)}
${failure(input)}
</header>
${claimsSection(input.claims)}
<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
${drawable.length === 0 ? emptyState(input.status) : ""}
${
  drawable.length > 0 && figures.length + comparisons.length > 0
    ? `<div class="figures">${[
        ...figures.map((figure) => figureHtml(figure, indexOf(figure.chart))),
        ...comparisons.map((one) => comparisonHtml(one, indexOf(one.chart))),
      ].join("\n")}</div>`
    : ""
}
${drawable.length > 0 && figures.length + comparisons.length === 0 ? `<p class="soft">This run defines no figures of its own.</p>` : ""}
</section>
${
  drawable.length > 0 && curves.length > 0
    ? `<section aria-labelledby="curves">
<h2 id="curves">Learning curves</h2>
<div class="curves">${curves.map((curve) => curveHtml(curve, indexOf(curve.chart))).join("\n")}</div>
</section>`
    : ""
}
${configSection(input.config)}
${provenance(input)}
${reading(input, drawable.length > 0)}
</main>
<script type="application/json" id="charts">${scriptJson(drawable.map(({ chart }) => chart))}</script>
<script>${scriptText(input.assets.uplotJs)}</script>
<script>(${scriptText(String(drawCharts))})(uPlot, ${scriptText(String(formatNumber))});</script>
</body>
</html>
`;
}

function verdict({ claims, status }: ReportInput): string {
  const judged = claims.filter(({ verdict }) => verdict !== "not judged");
  const holding = judged.filter(({ verdict }) => verdict === "pass");
  const open = claims.length - judged.length;
  const kind =
    status === "failed" ? "fails" : judged.length === 0 ? "" : holding.length < judged.length ? "fails" : "holds";
  const headline =
    judged.length > 0
      ? `${holding.length} of ${judged.length} ${judged.length === 1 ? "claim holds" : "claims hold"}`
      : claims.length > 0
        ? "No claim could be judged"
        : "No claims were stated for this run";
  const state = {
    complete: "The run is complete.",
    failed: "The run failed.",
    running: "The run is still going on: these are the values so far.",
    interrupted: "The run was interrupted: these are the values until then.",
  }[status];
  return `<div class="verdict ${kind}"><strong>${headline}</strong>
<span class="soft">${state}${judged.length > 0 && open > 0 ? ` ${open} not judged.` : ""}</span></div>`;
}

function failure({ status, error }: ReportInput): string {
  if (status !== "failed" && !error) return "";
  return `<section class="failure" aria-labelledby="failure"><h2 id="failure">✗ What went wrong</h2>
<pre>${escapeHtml(error ?? "No message was recorded.")}</pre>
<p class="soft">What was measured until then is below.</p></section>`;
}

function claimsSection(claims: readonly ReportClaim[]): string {
  if (claims.length === 0) return "";
  const row = ({ item, claim, theory, ours, low, high, unit, verdict, reason, note }: ReportClaim) => {
    const interval =
      low === null || high === null ? "" : `<small>[${formatNumber(low)}, ${formatNumber(high)}]</small>`;
    return `<tr><th scope="row">${escapeHtml(item)}</th><td class="claim">${escapeHtml(claim)}</td>
<td class="number">${formatNumber(theory)}</td><td class="number">${formatNumber(ours)}${interval}</td>
<td class="unit">${escapeHtml(unit)}</td><td>${mark(verdict)}</td><td class="note">${escapeHtml([reason, note].filter(Boolean).join("; "))}</td></tr>`;
  };
  return `<section aria-labelledby="claims">
<h2 id="claims">Claim, theory, ours</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="claims"><table>
<thead><tr><th scope="col">Item</th><th scope="col">The paper’s claim</th><th scope="col" class="number">Theory</th>
<th scope="col" class="number">Ours [low, high]</th><th scope="col">Unit</th><th scope="col">Verdict</th>
<th scope="col">Note</th></tr></thead>
<tbody>${claims.map(row).join("\n")}</tbody></table></div>
</section>`;
}

const mark = (verdict: ReportClaim["verdict"]): string =>
  ({
    pass: `<span class="pass">✓ holds</span>`,
    fail: `<span class="fail">✗ fails</span>`,
    "not judged": `<span class="open">– not judged</span>`,
  })[verdict];

function emptyState(status: ReportInput["status"]): string {
  const hint = {
    running: "The first rows have not been written yet; make the report again later.",
    complete: "The run ended before its first logging step. Log more often, or run for longer.",
    failed: "The run failed before its first logging step.",
    interrupted: "The run was interrupted before its first logging step; resume it to go on.",
  }[status];
  return `<div class="empty"><p>No rows were logged, so there is nothing to draw. ${hint}</p></div>`;
}

function figureHtml(figure: ReportFigure & { readonly chart: ChartData }, index: number): string {
  const { title, caption, theory, chart } = figure;
  const body =
    index < 0 ? `<div class="empty"><p>No values were logged for this figure.</p></div>` : plot(figure, index);
  const label = theory ? `<p>Theory: ${escapeHtml(theory.label)}.</p>` : "";
  return `<figure>
<header><h3>${escapeHtml(title)}</h3><button class="reset" type="button" hidden>Show everything</button></header>
${body}
<figcaption>${chart.x.length > 0 ? `<p class="summary" id="summary-${index}">${escapeHtml(summarise(figure))}</p>` : ""}
${caption ? `<p>${escapeHtml(caption)}</p>` : ""}${label}</figcaption>
</figure>`;
}

function plot(
  { title, xLabel, agents, theory, chart }: ReportFigure & { readonly chart: ChartData },
  index: number,
): string {
  const last = chart.x.length - 1;
  const sample = chart.agents.flatMap((agent) => agent[last] ?? []);
  const range = (a: number | null, b: number | null) => `${formatNumber(a)} to ${formatNumber(b)}`;
  const item = (name: string, label: string, value: string) =>
    `<div class="${name}"><dt>${escapeHtml(label)}</dt><dd data-value="${name}">${value}</dd></div>`;
  const count = agents.length === 1 ? "one agent" : `${agents.length} agents`;
  const sampled = sample.length === 0 ? "–" : range(Math.min(...sample), Math.max(...sample));
  return `${plotElement(title, index, `summary-${index}`)}
<dl class="legend">
${item("x", xLabel, formatNumber(chart.x[last]))}
${chart.median.length > 0 ? item("median", "median", formatNumber(chart.median[last])) : ""}
${chart.high.length > 0 ? item("band", "5–95 % of agents", range(chart.low[last], chart.high[last])) : ""}
${agents.length > 0 ? item("agents", count, sampled) : ""}
${theory ? item("theory", "theory", formatNumber(theory.value)) : ""}
</dl>
<div class="spoken" aria-live="polite"></div>`;
}

function comparisonHtml(
  { title, caption, lines, chart }: ReportComparison & { readonly chart: ChartData },
  index: number,
): string {
  const last = chart.rest!;
  const value = (line: ChartLine): string => {
    const band =
      Number.isFinite(line.y[last]) && line.high.length > 0
        ? ` [${formatNumber(line.low[last])} to ${formatNumber(line.high[last])}]`
        : "";
    return formatNumber(line.y[last]) + band;
  };
  const legend = chart.lines!.map(
    (line, k) =>
      `<div class="line-${k % 6} ${line.as}"><dt>${escapeHtml(line.label)}</dt><dd data-value="line-${k}">${value(line)}</dd></div>`,
  );
  const body =
    index < 0
      ? `<div class="empty"><p>No values were measured for this figure.</p></div>`
      : `${plotElement(title, index, `summary-${index}`)}
<dl class="legend"><div class="x"><dt>${escapeHtml(chart.xLabel)}</dt><dd data-value="x">${formatNumber(chart.x[last])}</dd></div>
${legend.join("\n")}</dl>
<div class="spoken" aria-live="polite"></div>`;
  const banded = lines.some(({ high }) => high.length > 0);
  const summary = lines.map(({ label, x, y }) => {
    const at = y.findLastIndex((value) => Number.isFinite(value));
    return at < 0 ? `${label}: nothing` : `${label}: ${formatNumber(y[at])} at ${formatNumber(x[at])}`;
  });
  return `<figure>
<header><h3>${escapeHtml(title)}</h3><button class="reset" type="button" hidden>Show everything</button></header>
${body}
<figcaption><p class="spoken" id="summary-${index}">${escapeHtml(summary.join("; "))}${banded ? "; bands over seeds" : ""}</p><p>${escapeHtml(caption)}</p></figcaption>
</figure>`;
}

function curveHtml({ name, doc, chart }: ReportCurve & { readonly chart: ChartData }, index: number): string {
  const last = chart.x.length - 1;
  const body =
    index < 0
      ? `<div class="empty"><p>No values were logged.</p></div>`
      : `${plotElement(name, index, `curve-${index}`)}
<dl class="legend"><div class="x"><dt>${escapeHtml(chart.xLabel)}</dt><dd data-value="x">${formatNumber(chart.x[last])}</dd></div>
<div class="median"><dt>value</dt><dd data-value="median">${formatNumber(chart.median[last])}</dd></div>
${chart.high.length > 0 ? `<div class="band"><dt>band</dt><dd data-value="band">${formatNumber(chart.low[last])} to ${formatNumber(chart.high[last])}</dd></div>` : ""}</dl>
<div class="spoken" aria-live="polite"></div>`;
  return `<figure>
<header><h3>${escapeHtml(name)}</h3><button class="reset" type="button" hidden>Show everything</button></header>
<p class="doc" id="curve-${index}">${escapeHtml(doc)}</p>
${body}
</figure>`;
}

function plotElement(title: string, index: number, describedBy: string): string {
  const label = `Chart of ${title}. Arrow keys read values, plus zooms in, Escape shows everything.`;
  return `<div class="plot" data-chart="${index}" tabindex="0" role="group" aria-label="${escapeHtml(label)}" aria-describedby="${describedBy}"></div>`;
}

/** The chart in one sentence, for those who cannot or need not look at it. */
function summarise({ x, xLabel, low, median, high, unit, theory, agents }: ReportFigure): string {
  let at = median.length - 1;
  while (at >= 0 && !Number.isFinite(median[at])) at--;
  if (at < 0) {
    return agents.length > 0 ? `${agents.length} sampled agents; no median was logged.` : "No median was logged.";
  }
  const units = unit ? ` ${unit}` : "";
  const spread =
    high.length > 0 ? `, 90 % of agents between ${formatNumber(low[at])} and ${formatNumber(high[at])}` : "";
  const distance = theory ? `; theory says ${formatNumber(theory.value)}, ${compare(median[at], theory.value)}` : "";
  return `At ${xLabel} ${formatNumber(x[at])} the median is ${formatNumber(median[at])}${units}${spread}${distance}.`;
}

function compare(ours: number, theory: number): string {
  const gap = ours - theory;
  if (gap === 0) return "the same";
  const size = theory === 0 ? formatNumber(Math.abs(gap)) : percent(Math.abs(gap / theory));
  return `so ours is ${size} ${gap < 0 ? "below" : "above"}`;
}

function percent(ratio: number): string {
  return ratio < 0.0001 ? "less than 0.01 %" : `${formatNumber(Number((100 * ratio).toPrecision(2)))} %`;
}

function configSection(config: ReportInput["config"]): string {
  if (config.length === 0) return "";
  const row = ({ path, value, unit, symbol, doc }: ReportInput["config"][number]) =>
    `<tr><th scope="row"><code>${escapeHtml(path)}</code></th><td><code>${escapeHtml(value)}</code></td>
<td class="unit">${escapeHtml(unit)}</td><td class="unit">${escapeHtml(symbol)}</td><td class="note">${escapeHtml(doc)}</td></tr>`;
  const count = config.length === 1 ? "1 value" : `${config.length} values`;
  return `<details class="config"${config.length <= 12 ? " open" : ""}>
<summary>Resolved configuration, ${count}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Resolved configuration"><table>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Unit</th><th scope="col">Symbol</th>
<th scope="col">Meaning</th></tr></thead>
<tbody>${config.map(row).join("\n")}</tbody></table></div>
</details>`;
}

function provenance({ command, facts }: ReportInput): string {
  const words = command.split(" ").map((word) => `<span>${escapeHtml(word)}</span>`); // breaks between words only
  const list = facts.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<section aria-labelledby="made">
<h2 id="made">How this was made</h2>
${
  command
    ? `<div class="command"><pre><code>${words.join(" ")}</code></pre><button class="copy" type="button" hidden>Copy</button></div>`
    : ""
}
${facts.length > 0 ? `<dl class="facts">${list.join("\n")}</dl>` : ""}
</section>`;
}

function reading({ claims, figures, comparisons }: ReportInput, drawn: boolean): string {
  const items = [
    claims.length > 0 &&
      "A claim holds when ours lies within the tolerance the experiment states around its target; the brackets are the interval over seeds or agents. Theory is the closed form or numerical solution, which can differ from what the paper reports.",
    drawn &&
      (comparisons ?? []).some(({ lines }) => lines.some(({ high }) => high.length > 0)) &&
      "In figures over seeds a line is the mean over seeds and the band around it what the caption says; dashed lines are theory or the figures of a paper.",
    drawn &&
      figures.length > 0 &&
      "Thin grey lines are single agents, the same ones throughout. The blue line is the median over the whole population, the shaded band its 5th to 95th percentile. The dashed line is theory, its value written at its right end.",
    drawn &&
      "Hover over a chart, tap it, or focus it and use the arrow keys (with Shift: larger steps) to read values; charts with the same horizontal axis follow. At rest the values are those at the end.",
    drawn && "Drag across a chart or press + to zoom; double-click, Escape or “Show everything” to see it all again.",
    "“–” means not measured; gaps in a line are steps without a measurement.",
  ].filter((item) => item !== false);
  return `<section aria-labelledby="reading"><h2 id="reading">How to read this</h2>
<ul class="reading">${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>
<noscript><p>The charts need JavaScript; everything else on this page does not.</p></noscript></section>`;
}

function figureData(figure: ReportFigure): ChartData {
  const { id, x, xLabel, unit, title, agents, low, median, high, theory } = figure;
  const lines: [string, readonly number[]][] = [
    ["low", low],
    ["median", median],
    ["high", high],
  ];
  agents.forEach((agent, i) => void lines.push([`agents[${i}]`, agent]));
  for (const [name, line] of lines) {
    const optional = line.length === 0 && !name.startsWith("agents");
    if (line.length !== x.length && !optional) {
      throw new Error(`figures.${id}.${name}: got ${line.length} points, expected ${x.length}, as many as x has.`);
    }
  }
  const band = low.length > 0 && high.length > 0;
  return {
    xLabel,
    yLabel: unit || title,
    compact: false,
    x: thin(x),
    agents: agents.map(thinned),
    low: band ? thinned(low) : [],
    high: band ? thinned(high) : [],
    median: thinned(median),
    theory: theory?.value ?? null,
  };
}

/** Lines brought onto one axis: every x of any of them, null where a line has no point. */
function comparisonData({ title, xLabel, yLabel, lines }: ReportComparison): ChartData {
  const xs = lines.map(({ label, x, y, low, high }) => {
    for (const [name, line] of Object.entries({ y, low, high }))
      if (line.length !== x.length && !(name !== "y" && line.length === 0))
        throw new Error(
          `${title}, ${label}.${name}: got ${line.length} points, expected ${x.length}, as many as x has.`,
        );
    return thin(x);
  });
  const x = [...new Set(xs.flat())].sort((a, b) => a - b);
  const place = new Map(x.map((value, i) => [value, i]));
  const ends = xs.flatMap((line, k) => (lines[k]!.as === "reference" ? [] : line.slice(-1)));
  return {
    xLabel,
    yLabel,
    compact: false,
    x,
    agents: [],
    low: [],
    high: [],
    median: [],
    theory: null,
    rest: ends.length > 0 ? place.get(Math.max(...ends))! : x.length - 1, // references may go on
    lines: lines.map(({ label, as, y, low, high }, k) => {
      const spread = (values: readonly number[]): (number | null)[] => {
        if (values.length === 0) return [];
        const out: (number | null)[] = Array(x.length).fill(null);
        const points = thinned(values);
        for (const [i, at] of xs[k]!.entries()) out[place.get(at)!] = points[i]!;
        return out;
      };
      return { label, as, y: spread(y), low: spread(low), high: spread(high) };
    }),
  };
}

function curveData({ name, x, y, low = [], high = [], xLabel = "training episode" }: ReportCurve): ChartData {
  for (const [line, values] of Object.entries({ y, low, high }))
    if (values.length !== x.length && !(line !== "y" && values.length === 0))
      throw new Error(`curves.${name}.${line}: got ${values.length} points, expected ${x.length}, as many as x has.`);
  return {
    xLabel,
    yLabel: "",
    compact: true,
    x: thin(x),
    agents: [],
    low: thinned(low),
    high: thinned(high),
    median: thinned(y),
    theory: null,
  };
}

function thinned(line: readonly number[]): (number | null)[] {
  return thin(line).map((value) => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null));
}

/** Every k-th point and the last, so that at most MAX_POINTS remain. */
function thin(line: readonly number[]): readonly number[] {
  const stride = Math.ceil(line.length / (MAX_POINTS - 1));
  return stride <= 1 ? line : line.filter((_, i) => i % stride === 0 || i === line.length - 1);
}

/** Program text that cannot end the script element it stands in. */
function scriptText(text: string): string {
  return text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}
