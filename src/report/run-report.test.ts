import { expect, test } from "vitest";
import { heston } from "../../economies/heston.ts";
import { moneyExchange } from "../../economies/money-exchange.ts";
import { opinions } from "../../economies/opinions.ts";
import { hestonDensity } from "../../economies/theory/heston.ts";
import duopolyTotal from "../../experiments/adage/duopoly-total.ts";
import baseline from "../../experiments/collusion/baseline.ts";
import { bareExperiment, defineSimulation, resolveRun } from "../experiment/experiment.ts";
import type { Manifest } from "../store/index.ts";
import type { ChartData } from "./charts.ts";
import { describeRun, readClaims, readDescription } from "./description.ts";
import { type RunReport, renderRun, renderSeeds } from "./run-report.ts";

const command = "walras run adage/duopoly-total --seed 1";
const description = describeRun(duopolyTotal, resolveRun(duopolyTotal, {}, 1), command);
const assets = { uplotJs: "", uplotCss: "" };
const run: RunReport = {
  description,
  status: "complete",
  error: null,
  claims: [],
  rows: [],
  summary: {},
  facts: [],
  assets,
};
const chartsOf = (html: string) => JSON.parse(/id="charts">(.*?)<\/script>/s.exec(html)![1]) as ChartData[];
const titles = (html: string) => [...html.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title);

test("each figure draws the population it names, against that population's theory", () => {
  const rows = [
    { step: 1, "watch/leader.quantity/0": 4, "watch/follower.quantity/0": 2.5 },
    { step: 2, "watch/leader.quantity/0": 4.52, "watch/follower.quantity/0": 2.23 },
  ];
  const html = renderRun({ ...run, rows });
  expect(html).toContain("the value is 4.52 goods; theory says 4.5 (leader’s optimum), so ours is 0.44 % above.");
  expect(html).toContain("the value is 2.23 goods; theory says 2.25 (best response), so ours is 0.89 % below.");
  expect(html).not.toContain("% of agents");
  const [leader, follower] = chartsOf(html);
  expect([leader.lines[0].y, leader.theory]).toEqual([[4, 4.52], 4.5]);
  expect([follower.lines[0].y, follower.theory]).toEqual([[2.5, 2.23], 2.25]);
});

test("a metric is drawn beside the path that theory expects, per world; without one beside the level of the long run, or with the reason", () => {
  const of = (params: Readonly<Record<string, string | number>>) => {
    const description = describeRun(
      bareExperiment(opinions),
      resolveRun(bareExperiment(opinions), { agents: 12, neighbours: 4, horizon: 3, numEnvs: 2, ...params }, 1),
      "",
    );
    const rows = [2, 4, 6].map((step) => ({ step, disagreement: step / 10, distance: 0 }));
    const html = renderRun({ ...run, description, rows });
    const [{ lines }] = chartsOf(html);
    return { html, ours: lines[0].y, theory: lines[1]?.y };
  };
  const ring = of({ network: "ring", noise: 3 });
  expect(ring.ours).toEqual([0.2, 0.4, 0.6]);
  const ω = (k: number) => 0.25 + (0.75 * (Math.cos((Math.PI * k) / 6) + Math.cos((Math.PI * k) / 3))) / 2;
  [1, 2, 3].forEach((t, j) => {
    let variance = 0;
    for (let k = 1; k < 12; k++) variance += ω(k) ** (2 * t);
    expect(ring.theory![j]).toBeCloseTo(3 * Math.sqrt(variance / 12), 6);
  });
  const drawn = of({ network: "random" });
  expect(drawn.theory).toEqual([0, 0, 0]);
  expect(drawn.html).toContain("expected over first opinions, in the long run");
  const held = of({ network: "random", listening: 0.5 });
  expect(held.theory).toBeUndefined();
  expect(held.html).toContain("Theory: no theory here, the network and its weights are drawn; known on a ring");
});

test("a histogram stands beside the density of theory, or says why there is none", () => {
  const described = (params: Readonly<Record<string, number>>) =>
    describeRun(bareExperiment(heston), resolveRun(bareExperiment(heston), params, 1), "");
  const bars = Object.fromEntries([90, 100, 110].map((price) => [`distribution/paths.price/${price}`, price / 1e4]));
  const html = renderRun({ ...run, description: described({}), summary: bars });
  const [{ x, yLabel, lines }] = chartsOf(html);
  expect(yLabel).toBe("density of paths");
  expect(lines.map(({ label, as }) => [label, as])).toEqual([
    ["simulated", "bars"],
    ["by the characteristic function", "reference"],
  ]);
  const at = x.indexOf(100);
  expect(lines[0].y[at]).toBe(0.01);
  const { density } = hestonDensity(resolveRun(bareExperiment(heston), {}, 1).params as never, 1, [-0.02]);
  expect(lines[1].y[at]).toBeCloseTo(density[0] / 100, 4); // at S = S_0, between two points
  const none = renderRun({ ...run, description: described({ maturity: 1e-9 }), summary: bars });
  expect(chartsOf(none)[0].lines).toHaveLength(1);
  expect(none).toContain("Theory: no theory here");
});

test("a response to a deviation is one chart, drawn by the experiment's figure or else over its periods", () => {
  const response = Object.fromEntries([0, 1, 2, 3].map((k) => [`response/others/${k}`, 1.5 + k]));
  const rows = [
    { step: 10, "greedy/price": 1.5 },
    { step: 20, "greedy/price": 1.6, ...response },
  ];
  const collusion = describeRun(baseline, resolveRun(baseline, {}, 1), "");
  const drawn = titles(renderRun({ ...run, description: collusion, rows, summary: response }));
  expect(drawn.filter((title) => /response/.test(title))).toEqual([]);
  const bare = renderRun({ ...run, description: { ...collusion, figures: [], comparisons: [] }, rows });
  expect(titles(bare)).toEqual(["greedy/price", "response/others"]);
  expect(chartsOf(bare)[1]).toMatchObject({ x: [0, 1, 2, 3], lines: [{ y: [1.5, 2.5, 3.5, 4.5] }] });
  expect(bare).toContain("the others&#39; mean action then");
});

test("names that end in a number and are measured again and again stay charts of their own", () => {
  const rows = [1, 2].map((step) => ({ step, "share/0": step, "share/1": step, "share/2": step }));
  expect(titles(renderRun({ ...run, rows }))).toEqual(["share/0", "share/1", "share/2"]);
});

test("over seeds curves are means with bands, and the seed is no setting", () => {
  const results = [2, 4].map((loss) => ({ rows: [{ step: 1, loss }], summary: {} }));
  const html = renderSeeds({ description, claims: [], results, facts: [], assets });
  expect(chartsOf(html)[0].lines[0]).toMatchObject({ y: [3], low: [2], high: [4] });
  expect(html).not.toContain("<code>seed</code>");
});

test("a description survives its file, and says where decisions are random", () => {
  const about = JSON.parse(JSON.stringify(description));
  const read = readDescription({ place: "there", manifest: { about } as Manifest });
  expect(JSON.parse(JSON.stringify(read))).toEqual(about);
  const random = bareExperiment(duopolyTotal.economy);
  expect(describeRun(random, resolveRun(random, {}, 1), "").summary).toContain("all decisions are random");
  const exchange = bareExperiment(moneyExchange);
  expect(describeRun(exchange, resolveRun(exchange, {}, 1), "").summary).toBe(moneyExchange.summary);
});

test("an experiment's tables are in its reports, over seeds with intervals, and survive the file", () => {
  const columns = [{ name: "Gini", unit: "1" }];
  const rows = [{ of: ["<b>rich</b>"], cells: ["gini"] }];
  const table = { title: "Who has what", cases: ["agents"], columns, rows, note: "Of money." };
  const simulation = defineSimulation({ name: "money", summary: "", economy: moneyExchange, tables: () => [table] });
  const described = describeRun(simulation, resolveRun(simulation, {}, 1), "");
  const about = JSON.parse(JSON.stringify(described));
  const read = (changes: object) =>
    readDescription({ place: "there", manifest: { about: { ...about, ...changes } } as unknown as Manifest });
  expect(JSON.parse(JSON.stringify(read({})))).toEqual(about);
  expect(() => read({ tables: [{ ...table, rows: [{ of: [], cells: [[]] }] }] })).toThrow(
    "about.tables[0].rows[0].cells[0]: got [], expected a number.",
  );
  const results = [0.25, 0.75].map((gini) => ({ rows: [], summary: { gini } }));
  const html = renderSeeds({ description: read({}), claims: [], results, facts: [], assets });
  expect(html).toContain("Who has what");
  expect(html).toContain("&lt;b&gt;rich&lt;/b&gt;");
  // .5 ± t(.975, 1) .25
  expect(html).toContain("0.5 [−2.68, 3.68]");
  expect(html).toContain("Of money. Means over seeds; in brackets their 95 % intervals.");
  const one = renderRun({ ...run, description: described, summary: { gini: 0.25 } });
  expect(one).toContain("Of money.");
  expect(one).not.toContain("Means over seeds");
  expect(renderRun({ ...run, description: described })).not.toContain("Of money."); // no summary yet
});

test("a stranger's description or claims of another shape are refused by name", () => {
  const read = (changes: object) => () =>
    readDescription({ place: "there", manifest: { about: { ...description, ...changes } } as unknown as Manifest });
  expect(read({ title: 3 })).toThrow("there/run.json: about.title: got 3, expected text.");
  expect(read({ docs: [] })).toThrow("there/run.json: about.docs: got [], expected an object.");
  expect(read({ figures: [{ ...description.figures[0], statistic: "<b>" }] })).toThrow(
    'about.figures[0].statistic: got "<b>", expected mean or median.',
  );
  const [figure] = description.comparisons;
  const as = { ...figure, lines: [{ label: "", as: `line" onclick="alert(1)`, level: 1 }] };
  expect(read({ comparisons: [as] })).toThrow("expected line or steps or bars or dots or reference.");
  expect(() => readClaims([{ verdict: "<b>" }], "claims")).toThrow("claims[0].item: got nothing, expected text.");
  expect(readClaims(null, "claims")).toEqual([]);
  const earlier = readDescription({ place: "there", manifest: { name: "old" } as Manifest });
  expect(earlier).toMatchObject({ title: "old", figures: [] });
  expect(renderRun({ ...run, description: earlier, rows: [{ step: 7, loss: 2 }] })).toContain("<h3>loss</h3>");
});
