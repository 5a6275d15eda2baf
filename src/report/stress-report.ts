// A stress test as sentences, as JSON and as a page, with the network of its worst period drawn.
import type { Economy } from "../economy/index.ts";
import type { ScenarioOutcome, Snapshot, StressOptions } from "../experiment/stress.ts";
import { cos, sin } from "../math/index.ts";
import type { ReportInput, ReportPicture } from "./contents.ts";
import { escapeHtml, shown } from "./format.ts";
import { renderReport } from "./report.ts";

export interface StressContext extends Omit<StressOptions, "scenarios" | "onScenario" | "policies" | "sampled"> {
  readonly outcomes: readonly ScenarioOutcome[];
  /** The parameter of the horizontal axis, where scenarios are a grid of one. */
  readonly axis: string | null;
  /** Whether agents play what they learned. */
  readonly learned: boolean;
  readonly command: string;
  readonly version: string;
  readonly seconds: number;
}

const percent = (share: number): string => `${shown(Number((100 * share).toPrecision(3)))} %`;
const rounded = (x: number): string => shown(Number(x.toPrecision(4)));
const severest = (outcomes: readonly ScenarioOutcome[]): ScenarioOutcome =>
  outcomes.reduce((a, b) => (b.expectedShortfall > a.expectedShortfall ? b : a));
const lossOf = ({ loss, lessIsWorse, statistic }: StressContext): string =>
  `${lessIsWorse ? "−" : ""}${loss}, ${statistic === "worst" ? "worst period" : "mean over periods"}`;

/** In order of importance, a sentence or two each. */
export function stressFindings(context: StressContext): string[] {
  const { outcomes, level, economy } = context;
  const worst = severest(outcomes);
  const findings = [
    `Severest is ${worst.label}: in the worst ${percent(1 - level)} of worlds the loss (${lossOf(context)}) is ${rounded(worst.expectedShortfall)} in the mean, ${rounded(worst.mean)} over all worlds.`,
  ];
  const mildest = outcomes.reduce((a, b) => (b.expectedShortfall < a.expectedShortfall ? b : a));
  if (mildest !== worst)
    findings.push(`Mildest is ${mildest.label}, with ${rounded(mildest.expectedShortfall)} there.`);
  if (context.fails && worst.anyFailure !== null) {
    const who = context.fails.population;
    findings.push(
      worst.first.length === 0
        ? `Nobody of ${who} fails in ${worst.label}.`
        : `In ${worst.label} somebody of ${who} fails in ${percent(worst.anyFailure)} of worlds, ${percent(worst.failures ?? 0)} of them in the mean. First to fail is most often ${who} ${worst.first[0]!.row}, in ${percent(worst.first[0]!.share)} of worlds.`,
    );
  }
  const [link] = worst.carried;
  if (context.carries)
    findings.push(
      link === undefined
        ? `No link of ${context.carries.links} carries any ${context.carries.column} in ${worst.label}.`
        : `Most ${context.carries.column} is carried from ${link.source} to ${link.target}: ${rounded(link.amount)}${unitOf(economy, context)} in the mean of a world.`,
    );
  if (context.learned) findings.push("Agents play what they learned before; they do not learn from these scenarios.");
  return findings;
}

/** With a space before it; "" where there is none to name. */
function unitOf({ links }: Economy, { carries }: StressContext): string {
  const unit = carries ? (links[carries.links]!.state[carries.column]?.unit ?? "1") : "1";
  return unit === "1" ? "" : ` ${unit}`;
}

/** As printed and as in the page. */
export function stressColumns({ level, fails }: StressContext): string[] {
  const tail = `${rounded(100 * level)} %`;
  return ["scenario", "mean loss", `VaR ${tail}`, `ES ${tail}`, ...(fails ? ["worlds with failures", "fail"] : [])];
}

export const stressRows = ({ outcomes, fails }: StressContext): string[][] =>
  outcomes.map((one) => [
    one.label,
    rounded(one.mean),
    rounded(one.valueAtRisk),
    rounded(one.expectedShortfall),
    ...(fails ? [percent(one.anyFailure ?? 0), percent(one.failures ?? 0)] : []),
  ]);

export function stressDocument(context: StressContext): Record<string, unknown> {
  const { economy, outcomes, axis: _axis, command, version, seconds, ...asked } = context;
  return { ...asked, economy: economy.name, command, version, seconds, outcomes, findings: stressFindings(context) };
}

export function renderStress(context: StressContext, assets: ReportInput["assets"]): string {
  const { economy, outcomes, fails, carries, level, worlds, periods, seed, axis } = context;
  const worst = severest(outcomes);
  const columns = stressColumns(context).map((name, k) => ({ name, number: k > 0 }));
  const tables = [
    {
      title: "Severity",
      columns,
      rows: stressRows(context),
      note: `Loss: ${lossOf(context)}. All scenarios meet the same draws.`,
    },
    ...(fails && worst.first.length > 0
      ? [
          {
            title: `Who fails first in ${worst.label}`,
            columns: [{ name: fails.population }, { name: "share of worlds", number: true }],
            rows: worst.first.slice(0, 10).map(({ row, share }) => [String(row), percent(share)]),
            note: "Those who fail together share a world.",
          },
        ]
      : []),
    ...(carries && worst.carried.length > 0
      ? [
          {
            title: `Which links carry it in ${worst.label}`,
            columns: [
              { name: "from" },
              { name: "to" },
              { name: `${carries.column}${unitOf(economy, context) && `,${unitOf(economy, context)}`}`, number: true },
            ],
            rows: worst.carried
              .slice(0, 10)
              .map(({ source, target, amount }) => [String(source), String(target), rounded(amount)]),
            note: "Summed over periods, mean over worlds.",
          },
        ]
      : []),
  ];
  const xs = outcomes.map((one, k) => (axis === null ? k + 1 : Number(one.set[axis])));
  const line = (label: string, of: (one: ScenarioOutcome) => number) => {
    const points = outcomes.map((one, k) => [xs[k]!, of(one)] as const).sort(([a], [b]) => a - b);
    return { label, as: "line" as const, x: points.map(([x]) => x), y: points.map(([, y]) => y), low: [], high: [] };
  };
  const sorted = [...worst.losses].sort((a, b) => a - b);
  const picture = fails && carries ? [networkPicture(worst.worst, worst.label, context)] : [];
  return renderReport({
    title: `Stress of ${economy.name}`,
    description: economy.summary,
    command: context.command,
    status: "complete",
    headline: `${outcomes.length} scenarios, ${worlds} worlds of ${periods} periods each`,
    findings: stressFindings(context),
    claims: [],
    tables,
    pictures: picture,
    figures: [],
    comparisons: [
      {
        title: "Severity by scenario",
        xLabel: axis ?? "scenario, in the order of the table",
        yLabel: `loss: ${lossOf(context)}`,
        lines: [
          line(`ES ${rounded(100 * level)} %`, (one) => one.expectedShortfall),
          line(`VaR ${rounded(100 * level)} %`, (one) => one.valueAtRisk),
          line("mean", (one) => one.mean),
        ],
        caption: "Mean over all worlds, the quantile, and the mean beyond it.",
      },
      {
        title: `Losses of all worlds in ${worst.label}`,
        xLabel: "share of worlds",
        yLabel: `loss: ${lossOf(context)}`,
        lines: [
          {
            label: "loss",
            as: "line",
            x: sorted.map((_, k) => (k + 0.5) / sorted.length),
            y: sorted,
            low: [],
            high: [],
          },
        ],
        caption: "From the mildest world to the severest: the right end is the tail.",
      },
    ],
    curves: [],
    config: Object.entries(context.params).map(([path, value]) => ({
      path,
      value: String(value),
      unit: economy.params[path]?.unit ?? "",
      symbol: economy.params[path]?.symbol ?? "",
      doc: economy.params[path]?.doc ?? "",
    })),
    facts: [
      { label: "Seed", value: String(seed) },
      { label: "Versions", value: `walras ${context.version}` },
    ],
    assets,
  });
}

const MOST_DRAWN = 120;
const [SIZE, MARGIN] = [640, 40];

/** Rows on a circle, in their order; links that carried anything as lines as wide as they carried much; who failed filled, with the order of failing. */
function networkPicture(snapshot: Snapshot, label: string, { fails, carries }: StressContext): ReportPicture {
  const { failed, links, world, period } = snapshot;
  const n = Math.min(failed.length, MOST_DRAWN);
  const radius = (SIZE - 2 * MARGIN) / 2;
  const place = (i: number): readonly [number, number] => {
    const angle = (2 * Math.PI * i) / n - Math.PI / 2;
    return [SIZE / 2 + radius * cos(angle), SIZE / 2 + radius * sin(angle)];
  };
  const drawn = links.filter(({ source, target }) => source < n && target < n);
  const most = drawn.reduce((most, { carried }) => Math.max(most, carried), 0);
  const number = (x: number): string => x.toFixed(1);
  const lines = [...drawn]
    .sort((a, b) => a.carried - b.carried)
    .map(({ source, target, carried }) => {
      const [[x1, y1], [x2, y2]] = [place(source), place(target)];
      const look = carried > 0 ? "carries" : "idle";
      const width = carried > 0 ? 0.8 + (5 * carried) / most : 0.4;
      return `<line class="${look}" x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}" stroke-width="${number(width)}"><title>${source} to ${target}: ${rounded(carried)}</title></line>`;
    });
  const dot = Math.max(4, Math.min(15, (2.2 * radius) / n));
  const nodes = Array.from({ length: n }, (_, i) => {
    const [x, y] = place(i);
    const order = failed[i]!;
    const said = order > 0 ? `${i} fails, order ${order}` : `${i} stands`;
    return `<g class="${order > 0 ? "fallen" : "standing"}"><circle cx="${number(x)}" cy="${number(y)}" r="${number(dot)}"><title>${said}</title></circle>${
      dot >= 7 ? `<text x="${number(x)}" y="${number(y)}">${order > 0 ? `${i}·${order}` : i}</text>` : ""
    }</g>`;
  });
  const count = failed.filter((order) => order > 0).length;
  const cut = failed.length > n ? ` The first ${n} of ${failed.length} are drawn.` : "";
  return {
    title: `The worst period of ${label}`,
    svg: `<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="${escapeHtml(`Network of ${failed.length}, of whom ${count} fail`)}"><g>${lines.join("")}</g>${nodes.join("")}</svg>`,
    caption: `World ${world}, period ${period}: ${count} of ${failed.length} ${fails?.population ?? ""} have failed, filled, with the order of failing behind the dot. Lines are ${carries?.links ?? "links"}, as wide as the ${carries?.column ?? "amount"} that they carry; thin: none.${cut}`,
  };
}
