// report.html: one run as a page that needs nothing else, to read, to send, to keep beside the paper.
//
// In order: what was run, how many claims hold, each claim against theory, the figures, the learning curves, the
// resolved configuration, the command that made it, and how to read it. Everything but the curves themselves is plain
// HTML, readable without scripts; a content security policy forbids the page any network access.
// Not here: reading files. The caller gives uPlot's text in `assets`, so this module also works in a browser.
import { sha256 } from "@noble/hashes/sha2.js";
import { comparisonData, curveData, figureData, isMeasured } from "./chart-data.ts";
import { type ChartData, type ChartLine, drawCharts } from "./charts.ts";
import type {
  ReportClaim,
  ReportComparison,
  ReportCurve,
  ReportFigure,
  ReportInput,
  ReportPicture,
  ReportTable,
} from "./contents.ts";
import { escapeHtml, formatNumber, scriptJson } from "./format.ts";
import { style } from "./style.ts";

export function renderReport(input: ReportInput): string {
  const figures = input.figures.map((figure) => ({ ...figure, chart: figureData(figure) }));
  const comparisons = (input.comparisons ?? []).map((one) => ({ ...one, chart: comparisonData(one) }));
  const curves = input.curves.map((curve) => ({ ...curve, chart: curveData(curve) }));
  const drawn = [...figures, ...comparisons, ...curves].flatMap(({ chart }) => (isMeasured(chart) ? [chart] : []));
  const place = ({ chart }: { readonly chart: ChartData }) => drawn.indexOf(chart);
  const html = [
    ...figures.map((figure) => [place(figure), figure.title, figureHtml(figure, place(figure))] as const),
    ...comparisons.map((one) => [place(one), one.title, comparisonHtml(one, place(one))] as const),
  ];
  const curvesHtml = curves.map((curve) => [place(curve), curve.name, curveHtml(curve, place(curve))] as const);
  const script = `(${String(drawCharts)})(uPlot, ${String(formatNumber)});`;
  const scripts = [input.assets.uplotJs, script].map(scriptText);
  const styles = [input.assets.uplotCss.replace(/<\//g, "<\\/"), style];

  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${sources(styles)}; script-src ${sources(scripts)}; base-uri 'none'; form-action 'none'">
<meta name="generator" content="walras">
<title>${escapeHtml(input.title)}</title>
${styles.map((text) => `<style>${text}</style>`).join("\n")}
</head>
<body>
<main>
<header>
<h1>${escapeHtml(input.title)}</h1>
${input.description ? `<p class="lede">${escapeHtml(input.description)}</p>` : ""}
${verdict(input)}
${failure(input, drawn.length > 0)}
</header>
${claimsSection(input.claims)}
${(input.tables ?? []).map(tableSection).join("\n")}
${(input.pictures ?? []).map(pictureSection).join("\n")}
<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
${drawn.length === 0 ? emptyState(input.status) : html.length === 0 ? `<p class="soft">This run defines no figures of its own.</p>` : ""}
${drawn.length > 0 ? `${grid("figures", html)}${unmeasured(html)}` : ""}
</section>
${
  drawn.length > 0 && curves.length > 0
    ? `<section aria-labelledby="curves">
<h2 id="curves">${escapeHtml(input.curvesTitle ?? "Learning curves")}</h2>
${grid("curves", curvesHtml)}${unmeasured(curvesHtml)}
</section>`
    : ""
}
${configSection(input.config)}
${provenance(input)}
${reading(input, drawn.length > 0)}
</main>
<script type="application/json" id="charts">${scriptJson(drawn)}</script>
${scripts.map((text) => `<script>${text}</script>`).join("\n")}
</body>
</html>
`;
}

type Drawable = readonly [place: number, name: string, html: string];

function grid(kind: "figures" | "curves", charts: readonly Drawable[]): string {
  const shown = charts.filter(([place]) => place >= 0);
  return shown.length === 0 ? "" : `<div class="${kind}">${shown.map(([, , html]) => html).join("\n")}</div>`;
}

/** Charts without a measurement are named, not drawn. */
function unmeasured(charts: readonly Drawable[]): string {
  const names = charts.flatMap(([place, name]) => (place < 0 ? [escapeHtml(name)] : []));
  return names.length === 0 ? "" : `<p class="soft unmeasured">Not measured: ${names.join("; ")}.</p>`;
}

/** Hashes by which the content security policy knows the page's own scripts and styles from any other. */
const sources = (texts: readonly string[]): string =>
  texts.map((text) => `'sha256-${base64(sha256(new TextEncoder().encode(text)))}'`).join(" ");

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

function verdict(input: ReportInput): string {
  const { claims, status, findings = [] } = input;
  const judged = claims.filter(({ verdict }) => verdict !== "not judged");
  const holding = judged.filter(({ verdict }) => verdict === "pass");
  const open = claims.length - judged.length;
  const kind =
    status === "failed" ? "fails" : judged.length === 0 ? "" : holding.length < judged.length ? "fails" : "holds";
  const headline =
    input.headline ??
    (judged.length > 0
      ? `${holding.length} of ${judged.length} ${judged.length === 1 ? "claim holds" : "claims hold"}`
      : claims.length > 0
        ? "No claim could be judged"
        : {
            complete: "No claims were stated for this run",
            failed: "The run failed",
            running: "The run is still going on",
            interrupted: "The run was interrupted",
          }[status]);
  const unjudged = claims.length === 0 && status !== "complete";
  const state = {
    complete: "The run is complete.",
    failed: unjudged ? "No claim was judged." : "The run failed.",
    running: `${unjudged ? "No claim is judged yet" : "The run is still going on"}: these are the values so far.`,
    interrupted: `${unjudged ? "No claim was judged" : "The run was interrupted"}: these are the values until then.`,
  }[status];
  return `<div class="verdict ${kind}"><strong>${escapeHtml(headline)}</strong>
<span class="soft">${state}${judged.length > 0 && open > 0 ? ` ${open} not judged.` : ""}</span></div>
${findings.length > 0 ? `<ul class="findings">${findings.map((text) => `<li>${escapeHtml(text)}</li>`).join("\n")}</ul>` : ""}`;
}

function failure({ status, error }: ReportInput, drawn: boolean): string {
  if (status !== "failed" && !error) return "";
  return `<section class="failure" aria-labelledby="failure"><h2 id="failure">✗ What went wrong</h2>
<pre>${escapeHtml(error ?? "No message was recorded.")}</pre>
${drawn ? `<p class="soft">What was measured until then is below.</p>` : ""}</section>`;
}

function claimsSection(claims: readonly ReportClaim[]): string {
  if (claims.length === 0) return "";
  const columns: Column[] = [
    { name: "Item" },
    { name: "Claim", look: "claim" },
    { name: "Theory", look: "number" },
    { name: banded(claims) ? "Ours [low, high]" : "Ours", look: "number" },
    { name: "Unit", look: "unit" },
    { name: "Verdict", look: "verdict-cell" },
    { name: "Note", look: "note" },
  ];
  const rows = claims.map(({ item, claim, theory, ours, low, high, unit, verdict, reason, note }) => [
    escapeHtml(item),
    escapeHtml(claim),
    formatNumber(theory),
    formatNumber(ours) +
      (low === null || high === null ? "" : `<small>[${formatNumber(low)}, ${formatNumber(high)}]</small>`),
    escapeHtml(unit),
    mark(verdict),
    escapeHtml([reason, note].filter(Boolean).join("; ")),
  ]);
  return `<section aria-labelledby="claims">
<h2 id="claims">Claim, theory, ours</h2>
${dataTable("Claim, theory, ours", columns, rows)}
</section>`;
}

const banded = (claims: readonly ReportClaim[]): boolean =>
  claims.some(({ low, high }) => low !== null && high !== null);

function tableSection({ title, columns, rows, note }: ReportTable, k: number): string {
  const looks = columns.map(({ name, number }) => ({ name, ...(number && { look: "number" }) }));
  return `<section aria-labelledby="table-${k}">
<h2 id="table-${k}">${escapeHtml(title)}</h2>
${dataTable(
  title,
  looks,
  rows.map((row) => row.map(escapeHtml)),
)}
${note ? `<p class="soft under">${escapeHtml(note)}</p>` : ""}
</section>`;
}

const pictureSection = ({ title, svg, caption }: ReportPicture, k: number): string =>
  `<section aria-labelledby="picture-${k}">
<h2 id="picture-${k}">${escapeHtml(title)}</h2>
<figure class="network">${svg}<figcaption><p>${escapeHtml(caption)}</p></figcaption></figure>
</section>`;

interface Column {
  readonly name: string;
  /** Class of its cells. */
  readonly look?: string;
}

/** Cells are markup. On a narrow screen each row becomes a card whose lines say their column; the roles keep it a table to those who listen. */
function dataTable(label: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const head = columns.map(
    ({ name, look = "" }) => `<th scope="col" role="columnheader" class="${look}">${escapeHtml(name)}</th>`,
  );
  const cell = (html: string, c: number): string => {
    const { name, look = "" } = columns[c];
    return c === 0
      ? `<th scope="row" role="rowheader" class="${look}">${html}</th>`
      : `<td role="cell" class="${look}" data-label="${escapeHtml(name)}">${html && `<div>${html}</div>`}</td>`;
  };
  const body = rows.map((row) => `<tr role="row">${row.map(cell).join("")}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table role="table">
<thead role="rowgroup"><tr role="row">${head.join("")}</tr></thead>
<tbody role="rowgroup">${body.join("\n")}</tbody></table></div>`;
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

function figureHtml(figure: ReportFigure & { readonly chart: ChartData }, place: number): string {
  const { title, xLabel, caption, agents, everyone, statistic, theory, chart } = figure;
  const [centre] = chart.lines;
  const at = chart.rest;
  const shown = chart.lines.flatMap(({ as, y }) => (as === "agent" ? (y[at] ?? []) : []));
  const item = (name: string, look: string, label: string, value: string) =>
    `<div class="${look}"><dt>${escapeHtml(label)}</dt><dd data-value="${name}">${value}</dd></div>`;
  const band = centre.high.length > 0 ? `${statistic} [5–95 % of agents]` : statistic;
  return `<figure>
${chartHead(title)}
${plotElement(title, place, `summary-${place}`)}
<dl class="legend">
${item("x", "x", xLabel, formatNumber(chart.x[at]))}
${item("line-0", "line-0", band, valueAt(centre, at))}
${agents.length > 0 ? item("agents", "agents", everyone ? `all ${agents.length} agents` : `${agents.length} agents`, range(Math.min(...shown), Math.max(...shown))) : ""}
${theory ? item("theory", "theory", `theory: ${theory.label}`, formatNumber(theory.value)) : ""}
</dl>
<div class="spoken" aria-live="polite"></div>
<figcaption><p class="summary" id="summary-${place}">${escapeHtml(summarise(figure))}</p>
${caption ? `<p>${escapeHtml(caption)}</p>` : ""}</figcaption>
</figure>`;
}

function comparisonHtml(
  { title, caption, band, chart }: ReportComparison & { readonly chart: ChartData },
  place: number,
): string {
  const at = chart.rest;
  const legend = chart.lines.map(
    (line, k) =>
      `<div class="line-${k % 6} ${line.as}"><dt>${escapeHtml(line.label)}</dt><dd data-value="line-${k}">${valueAt(line, at)}</dd></div>`,
  );
  const summary = chart.lines.map(({ label, y }) => {
    const end = y.findLastIndex((value) => value !== null);
    return end < 0 ? `${label}: nothing` : `${label}: ${formatNumber(y[end])} at ${formatNumber(chart.x[end])}`;
  });
  const banded = band && chart.lines.some(({ high }) => high.length > 0) ? ` Band: ${band}.` : "";
  return `<figure>
${chartHead(title)}
${plotElement(title, place, `summary-${place}`)}
<dl class="legend"><div class="x"><dt>${escapeHtml(chart.xLabel)}</dt><dd data-value="x">${formatNumber(chart.x[at])}</dd></div>
${legend.join("\n")}</dl>
<div class="spoken" aria-live="polite"></div>
<figcaption><p class="spoken" id="summary-${place}">${escapeHtml(summary.join("; "))}.</p><p>${escapeHtml(caption + banded)}</p></figcaption>
</figure>`;
}

function curveHtml({ name, doc, chart }: ReportCurve & { readonly chart: ChartData }, place: number): string {
  const at = chart.rest;
  return `<figure>
${chartHead(name)}
<p class="doc" id="curve-${place}">${escapeHtml(doc)}</p>
${plotElement(name, place, `curve-${place}`)}
<dl class="legend"><div class="x"><dt>${escapeHtml(chart.xLabel)}</dt><dd data-value="x">${formatNumber(chart.x[at])}</dd></div>
<div class="line-0"><dt>value</dt><dd data-value="line-0">${valueAt(chart.lines[0], at)}</dd></div></dl>
<div class="spoken" aria-live="polite"></div>
</figure>`;
}

const chartHead = (title: string): string =>
  `<header><h3>${escapeHtml(title)}</h3><button class="reset" type="button" hidden>Show everything</button></header>`;

const range = (low: number | null | undefined, high: number | null | undefined): string =>
  `${formatNumber(low)} to ${formatNumber(high)}`;

function valueAt({ y, low, high }: ChartLine, at: number): string {
  const band = Number.isFinite(y[at]) && high.length > 0 ? ` [${range(low[at], high[at])}]` : "";
  return formatNumber(y[at]) + band;
}

function plotElement(title: string, index: number, describedBy: string): string {
  const label = `Chart of ${title}. Arrow keys read values, plus zooms in, Escape shows everything.`;
  return `<div class="plot" data-chart="${index}" tabindex="0" role="group" aria-label="${escapeHtml(label)}" aria-describedby="${describedBy}"></div>`;
}

/** The chart in one sentence, for those who cannot or need not look at it. */
function summarise({ x, xLabel, low, centre, high, statistic, agents, everyone, unit, theory }: ReportFigure): string {
  const at = centre.findLastIndex((value) => Number.isFinite(value));
  const units = unit && unit !== "1" ? ` ${unit}` : "";
  const subject =
    statistic === "value" ? "the value" : `the ${statistic}${everyone ? ` of ${agents.length} agents` : ""}`;
  const spread =
    high.length > 0 ? `, 90 % of agents between ${formatNumber(low[at])} and ${formatNumber(high[at])}` : "";
  const distance = theory
    ? `; theory says ${formatNumber(theory.value)} (${theory.label}), ${compare(centre[at], theory.value)}`
    : "";
  return `At ${formatNumber(x[at])} ${xLabel} ${subject} is ${formatNumber(centre[at])}${units}${spread}${distance}.`;
}

function compare(ours: number, theory: number): string {
  const gap = ours - theory;
  if (gap === 0) return "the same";
  const ratio = Math.abs(gap / theory);
  const size = ratio <= 1 ? percent(ratio) : formatNumber(Number(Math.abs(gap).toPrecision(2)));
  return `so ours is ${size} ${gap < 0 ? "below" : "above"}`;
}

function percent(ratio: number): string {
  return ratio < 0.0001 ? "less than 0.01 %" : `${formatNumber(Number((100 * ratio).toPrecision(2)))} %`;
}

function configSection(config: ReportInput["config"]): string {
  if (config.length === 0) return "";
  const columns: Column[] = [
    { name: "Setting" },
    { name: "Value" },
    { name: "Unit", look: "unit" },
    { name: "Symbol", look: "unit" },
    { name: "Meaning", look: "note" },
  ];
  const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
  const rows = config.map(({ path, value, unit, symbol, doc }) => [
    code(path),
    code(value),
    ...[unit, symbol, doc].map(escapeHtml),
  ]);
  const count = config.length === 1 ? "1 value" : `${config.length} values`;
  return `<details class="config"${config.length <= 12 ? " open" : ""}>
<summary>Resolved configuration, ${count}</summary>
${dataTable("Resolved configuration", columns, rows)}
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
      "A claim holds when ours is within the bound in its note; over several seeds, when nine in ten are, or as many as the experiment asks for; of a difference, when the test in its note finds it. Theory is a closed form, a numerical solution or a reference computation, which can differ from what the paper reports.",
    banded(claims) &&
      "Brackets behind a claim's value are the 95 % interval of the mean over seeds, unless its note says otherwise.",
    drawn &&
      (comparisons ?? []).some(({ lines }) => lines.some(({ high }) => high.length > 0)) &&
      "In figures over seeds a line is the mean over seeds and the band around it what the caption says.",
    drawn &&
      (comparisons ?? []).some(({ lines }) => lines.some(({ as }) => as === "reference")) &&
      "Dashed lines are what is held against: theory, a paper's figures, data or a limit, as the legend says.",
    drawn &&
      figures.some(({ agents }) => agents.length > 0) &&
      "Thin grey lines are single agents, the same ones throughout; the blue line is the mean or median over the whole population, as its legend says, the shaded band its 5th to 95th percentile.",
    drawn &&
      figures.some(({ theory }) => theory !== null) &&
      "The dashed line across a chart is theory, its value written at its right end.",
    drawn && "Lines join measurements. Where there are few, each is a dot; a dot alone was measured once.",
    drawn &&
      "Hover over a chart, tap it, or focus it and use the arrow keys (with Shift: larger steps) to read values; charts with the same horizontal axis follow. At rest the values are those at the end.",
    drawn && "Drag across a chart or press + to zoom; double-click, Escape or “Show everything” to see it all again.",
    "“–” means not measured, or not stated.",
  ].filter((item) => item !== false);
  return `<section aria-labelledby="reading"><h2 id="reading">How to read this</h2>
<ul class="reading">${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>
<noscript><p>The charts need JavaScript; everything else on this page does not.</p></noscript></section>`;
}

/** Program text that cannot end the script element it stands in. */
function scriptText(text: string): string {
  return text.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}
