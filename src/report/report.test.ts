import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChartData } from "./charts.ts";
import type { ReportComparison, ReportFigure, ReportInput } from "./contents.ts";
import { escapeHtml, formatNumber } from "./format.ts";
import { renderReport } from "./report.ts";

const uplot = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
const assets = {
  uplotJs: readFileSync(uplot.replace("uPlot.min.css", "uPlot.iife.min.js"), "utf8"),
  uplotCss: readFileSync(uplot, "utf8"),
};

const x = Array.from({ length: 101 }, (_, i) => 80 * i);
const approach = (from: number, to: number) => x.map((_, i) => to + (from - to) * 0.95 ** i);
const price: ReportFigure = {
  title: "Share price",
  unit: "goods/share",
  xLabel: "training episodes",
  x,
  agents: Array.from({ length: 10 }, (_, agent) => approach(0.3 + 0.04 * agent, 0.83 + 0.004 * agent)),
  everyone: false,
  low: approach(0.3, 0.82),
  centre: approach(0.5, 0.85),
  statistic: "median",
  high: approach(0.7, 0.88),
  theory: { label: "p* = β/(1−β)·E[y]", value: 0.8515209234 },
  caption: "Agents post prices on a grid.",
};
const lucas: ReportInput = {
  title: "Lucas tree, DQN",
  description: "1200 agents who know nothing of the model learn to price a tree.",
  command: "walras run lucas-tree/dqn --seed 7",
  status: "complete",
  claims: [
    {
      item: "Share price",
      claim: "0.845",
      theory: 0.8515209234,
      ours: 0.8503,
      low: 0.84,
      high: 0.86,
      unit: "goods/share",
      verdict: "pass",
      reason: null,
      note: "",
    },
    {
      item: "Bond price",
      claim: "drifts to 0",
      theory: 0.95,
      ours: 0.8,
      low: 0.7,
      high: 0.9,
      unit: "goods/bond",
      verdict: "fail",
      reason: null,
      note: "q is not identified",
    },
    {
      item: "Volume",
      claim: "dies out",
      theory: null,
      ours: 0,
      low: null,
      high: null,
      unit: "shares",
      verdict: "not judged",
      reason: "agents is 60, the claim is for 1200",
      note: "",
    },
  ],
  figures: [price, { ...price, title: "Bond price", theory: null, agents: [], low: [], high: [] }],
  curves: [{ name: "losses/td", doc: "temporal-difference error", x, y: approach(1, 0) }],
  config: [{ path: "params.discountFactor", value: "0.95", unit: "per period", symbol: "β", doc: "patience" }],
  facts: [{ label: "Seed", value: "7" }],
  assets,
};
const nothing: ReportInput = {
  ...lucas,
  description: "",
  command: "",
  claims: [],
  figures: [],
  curves: [],
  config: [],
  facts: [],
};
const failed: ReportInput = { ...nothing, status: "failed", error: "NaN in households.assets[17]" };

describe("the page", () => {
  const html = renderReport(lucas);

  test("states claim, theory, ours, interval, unit and verdict in words", () => {
    expect(html).toContain("1 of 2 claims hold");
    expect(html).toContain('<div class="verdict fails">');
    const holding = renderReport({ ...lucas, claims: lucas.claims.filter(({ verdict }) => verdict !== "fail") });
    expect(holding).toContain('<div class="verdict holds"><strong>1 of 1 claim holds</strong>');
    expect(html).toContain("1 not judged");
    for (const text of [
      "0.85152",
      "[0.84, 0.86]",
      "goods/share",
      "✓ holds",
      "✗ fails",
      "– not judged",
      "agents is 60",
    ]) {
      expect(html).toContain(text);
    }
  });

  test("says each chart in a sentence, with its distance from theory", () => {
    expect(html).toContain(
      "At 8000 training episodes the median is 0.84793 goods/share, 90 % of agents between 0.81692 and 0.87893; " +
        "theory says 0.85152 (p* = β/(1−β)·E[y]), so ours is 0.42 % below.",
    );
    expect(html).toContain("At 8000 training episodes the median is 0.84793 goods/share.");
  });

  test("says of few agents how many there are, of one agent its value, and of what is far from theory by how much", () => {
    const few = { ...price, agents: price.agents.slice(0, 2), everyone: true, low: [], high: [] };
    const one = { ...price, agents: [], low: [], high: [], statistic: "value", theory: { label: "h*", value: 0.2 } };
    const said = renderReport({ ...lucas, figures: [few, { ...one, unit: "1" } as ReportFigure] });
    expect(said).toContain(
      "the median of 2 agents is 0.84793 goods/share; theory says 0.85152 (p* = β/(1−β)·E[y]), so ours is 0.42 % below.",
    );
    expect(said).toContain("the value is 0.84793; theory says 0.2 (h*), so ours is 0.65 above.");
    expect(said).not.toContain("% of agents");
  });

  test("explains what the page has: brackets, dashed lines, single agents only where there are any", () => {
    const claims = lucas.claims.map((claim) => ({ ...claim, low: null, high: null }));
    const one = renderReport({ ...lucas, claims, comparisons: [{ ...beside, lines: beside.lines.slice(0, 1) }] });
    expect(html).toContain("Ours [low, high]");
    expect(html).toContain("Brackets behind a claim");
    expect(one).toContain("A claim holds when");
    for (const absent of ["[low, high]", "Brackets behind a claim", "Dashed lines are"])
      expect(one).not.toContain(absent);
    expect(renderReport({ ...lucas, comparisons: [beside] })).toContain("Dashed lines are what is held against");
  });

  test("has the configuration with unit and symbol, the facts and the command", () => {
    for (const text of ["params.discountFactor", "per period", "β", "Seed"]) expect(html).toContain(text);
    expect(html.replace(/<\/?span>/g, "")).toContain("<code>walras run lucas-tree/dqn --seed 7</code>");
  });

  test("asks the network for nothing", () => {
    expect(html).not.toMatch(/<link|<img|<iframe|@import|url\(|\ssrc=|\shref=/);
    expect(html).toContain("default-src 'none'");
  });

  test("reads the same for the same run", () => {
    expect(renderReport(lucas)).toBe(html);
  });
});

const chartsOf = (html: string) => JSON.parse(/id="charts">(.*?)<\/script>/s.exec(html)![1]) as ChartData[];

const beside: ReportComparison = {
  title: "Prices",
  xLabel: "price",
  yLabel: "share of periods",
  band: "over seeds",
  caption: "Ours beside the paper's.",
  lines: [
    { label: "ours", as: "steps", x: [1, 2, 4], y: [0.2, 0.5, 0.3], low: [0.1, 0.4, 0.2], high: [0.3, 0.6, 0.4] },
    { label: "theory", as: "reference", x: [0, 2], y: [0.1, 0.4], low: [], high: [] },
    { label: "observed", as: "bars", x: [1, 2, 3], y: [0.3, 0.3, 0.4], low: [], high: [] },
    { label: "optimum", as: "dots", x: [2], y: [0.6], low: [], high: [] },
  ],
};

describe("figures over seeds", () => {
  const html = renderReport({ ...nothing, comparisons: [beside] });

  test("lines with points of their own share one axis", () => {
    const [data] = chartsOf(html);
    expect(data.x).toEqual([0, 1, 2, 3, 4]);
    expect(data.lines.map(({ y }) => y)).toEqual([
      [null, 0.2, 0.5, null, 0.3],
      [0.1, 0.25, 0.4, null, null], // a reference is known between its points
      [null, 0.3, 0.3, 0.4, null],
      [null, null, 0.6, null, null],
    ]);
    expect(data.lines[0].high).toEqual([null, 0.3, 0.6, null, 0.4]);
    expect(data.lines[1].high).toEqual([]);
    expect(data.rest).toBe(4);
  });

  test("a level goes from edge to edge of what was measured, and is no measurement", () => {
    const level = { label: "p*", as: "reference", x: [-Infinity, Infinity], y: [3, 3], low: [], high: [] } as const;
    const [data] = chartsOf(
      renderReport({ ...nothing, comparisons: [{ ...beside, lines: [beside.lines[0], level] }] }),
    );
    expect(data.x).toEqual([1, 2, 4]);
    expect(data.lines[1].y).toEqual([3, 3, 3]);
    const alone = renderReport({ ...lucas, comparisons: [{ ...beside, lines: [level] }] });
    expect(alone).toContain("Not measured: Prices.");
  });

  test("are said in words, too", () => {
    expect(html).toContain("ours: 0.3 at 4; theory: 0.4 at 2; observed: 0.4 at 3; optimum: 0.6 at 2.");
    expect(html).toContain("Ours beside the paper&#39;s. Band: over seeds.");
  });

  test("a band with too few points names the figure and the line", () => {
    const lines = [{ ...beside.lines[0], low: [1] }];
    expect(() => renderReport({ ...nothing, comparisons: [{ ...beside, lines }] })).toThrow(
      "Prices, ours.low: got 1 points, expected 3, as many as x has.",
    );
  });
});

describe("text from outside", () => {
  const everything: ReportInput = {
    ...lucas,
    status: "failed",
    error: "NaN",
    headline: "1 of 2",
    findings: ["one"],
    tables: [{ title: "Parameters", columns: [{ name: "best", number: true }], rows: [["0.5"]], note: "profile" }],
    comparisons: [beside],
    curves: [
      { ...lucas.curves[0], xLabel: "episode" },
      { ...lucas.curves[0], name: "unmeasured", y: x.map(() => NaN) },
    ],
  };
  const evil = `</script></title></style><script>alert("x")</script><img src=x onerror='alert(1)'>&`;
  const poisoned = poison(everything, evil) as ReportInput;
  const harmless = poison(everything, evil.replace(/\S/g, "x")) as ReportInput;

  /** Every text in it but the words that code chooses among. */
  function poison(value: unknown, suffix: string, field = ""): unknown {
    if (typeof value === "string") return ["status", "as", "statistic"].includes(field) ? value : value + suffix;
    if (Array.isArray(value)) return value.map((inner) => poison(inner, suffix, field));
    if (typeof value !== "object" || value === null || field === "assets") return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, suffix, name)]));
  }

  const tags = (html: string) => html.replace(/<script[^>]*>.*?<\/script>/gs, "<script>").match(/<\/?[a-z][a-z0-9]*/g);

  test("never becomes markup, in whatever field it stands", () => {
    const html = renderReport(poisoned);
    expect(tags(html)).toEqual(tags(renderReport(harmless)));
    expect(html).not.toMatch(/<img|<script>alert/);
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script/g)).toHaveLength(3);
  });

  test("is named by the policy of the page as no script of its own", () => {
    const html = renderReport(poisoned);
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    expect(policy).not.toContain("unsafe");
    expect(policy.match(/'sha256-[A-Za-z0-9+/]{43}='/g)).toHaveLength(4);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-\S+ 'sha256-\S+; script-src 'sha256-\S+ 'sha256-\S+; base-uri 'none'; form-action 'none'$/,
    );
  });

  test("escapes the five characters that matter", () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  });
});

describe("what may be missing", () => {
  test("a run without rows says so, by its status", () => {
    expect(renderReport(nothing)).toContain("No rows were logged");
    expect(renderReport({ ...nothing, status: "running" })).toContain("have not been written yet");
    expect(renderReport(nothing)).toContain("No claims were stated for this run");
    expect(renderReport(nothing).split("<script")[0]).not.toMatch(/undefined|null|NaN/);
  });

  test("only a run that is complete says that no claims were stated: of others none was judged", () => {
    for (const [status, headline, state] of [
      ["complete", "No claims were stated for this run", "The run is complete."],
      ["failed", "The run failed", "No claim was judged."],
      ["running", "The run is still going on", "No claim is judged yet: these are the values so far."],
      ["interrupted", "The run was interrupted", "No claim was judged: these are the values until then."],
    ] as const) {
      const html = renderReport({ ...nothing, status });
      expect(html).toContain(`<strong>${headline}</strong>\n<span class="soft">${state}</span>`);
    }
    expect(renderReport({ ...lucas, status: "running" })).toContain("The run is still going on: these are the values");
  });

  test("a failed run shows its message", () => {
    expect(renderReport(failed)).not.toContain("is below");
    expect(renderReport({ ...failed, curves: lucas.curves })).toContain("What was measured until then is below.");
    expect(renderReport(failed)).toContain("NaN in households.assets[17]");
    expect(renderReport({ ...failed, error: undefined })).toContain("No message was recorded");
  });

  test("charts without a measurement are named, not drawn", () => {
    const none = { ...price, title: "Empty", centre: x.map(() => Number.NaN), agents: [], low: [], high: [] };
    const lost = { name: "losses/none", doc: "", x, y: x.map(() => Number.NaN) };
    const html = renderReport({ ...lucas, figures: [none, price], curves: [lost, ...lucas.curves] });
    expect(html).toContain("Not measured: Empty.");
    expect(html).toContain("Not measured: losses/none.");
    expect(html.match(/<figure>/g)).toHaveLength(2);
    expect(chartsOf(html)).toHaveLength(2);
  });

  test("measurements now and then are all drawn, however many rows lie between them", () => {
    const rows = Array.from({ length: 5001 }, (_, i) => i);
    const y = rows.map((i) => (i % 10 === 9 ? i : Number.NaN));
    const [chart] = chartsOf(renderReport({ ...nothing, curves: [{ name: "econ/price", doc: "", x: rows, y }] }));
    expect(chart.x).toEqual(rows.filter((i) => i % 10 === 9));
    expect(chart.lines[0].y).toEqual(chart.x);
  });

  test("what was measured once has an axis from 0, or around 0", () => {
    const spans = [7, 0, -2].map((at) => {
      const [chart] = chartsOf(renderReport({ ...nothing, curves: [{ name: "loss", doc: "", x: [at], y: [1] }] }));
      return chart.span;
    });
    expect(spans).toEqual([
      [0, 7],
      [-0.5, 0.5],
      [-2.5, -1.5],
    ]);
  });

  test("an axis of what has no unit has the figure's name", () => {
    const named = chartsOf(
      renderReport({ ...nothing, figures: [price, { ...price, unit: "1" }, { ...price, unit: "" }] }),
    );
    expect(named.map(({ yLabel }) => yLabel)).toEqual(["goods/share", "share price", "share price"]);
  });

  test("the summary uses the last measured point", () => {
    const centre = [...price.centre.slice(0, -1), Number.NaN];
    const html = renderReport({ ...lucas, figures: [{ ...price, centre }] });
    expect(html).toContain("At 7920 training episodes the median is");
  });

  test("a line of another length than x is an error that names it", () => {
    expect(() => renderReport({ ...lucas, figures: [{ ...price, low: [1, 2] }] })).toThrow(
      "Share price.low: got 2 points, expected 101, as many as x has.",
    );
    expect(() => renderReport({ ...lucas, curves: [{ ...lucas.curves[0], y: [] }] })).toThrow(
      "losses/td, value.y: got 0",
    );
  });

  test("long lines are thinned to what a screen can show, ends included", () => {
    const long = Array.from({ length: 100_001 }, (_, i) => i);
    const html = renderReport({ ...nothing, curves: [{ name: "loss", doc: "", x: long, y: long }] });
    const [chart] = chartsOf(html);
    expect(chart.x.length).toBeLessThanOrEqual(2000);
    expect([chart.x[0], chart.x.at(-1), chart.lines[0].y.at(-1)]).toEqual([0, 100_000, 100_000]);
  });
});

test("numbers have five digits, a true minus, thin spaces and no false precision", () => {
  const cases: [number | null, string][] = [
    [0.8515209234, "0.85152"],
    [-1, "−1"],
    [0, "0"],
    [8000, "8000"],
    [-1234567.5, "−1\u202f234\u202f567.5"],
    [0.00004, "4e−5"],
    [1.23456e12, "1.235e+12"],
    [Number.NEGATIVE_INFINITY, "−∞"],
    [Number.NaN, "–"],
    [null, "–"],
  ];
  for (const [value, text] of cases) expect(formatNumber(value)).toBe(text);
});

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const skip = !executablePath && process.env.WALRAS_REQUIRE_ALL !== "1";

describe.skipIf(skip)(
  "in Chromium [skipped where no Chromium is installed; WALRAS_REQUIRE_ALL=1 makes that fail]",
  () => {
    let browser: Browser;
    beforeAll(async () => {
      if (!executablePath) throw new Error("No Chromium found in /usr/bin. Install one, or unset WALRAS_REQUIRE_ALL.");
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    afterAll(() => browser?.close());

    async function open(input: ReportInput, width: number) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => complaints.push(request.url()));
      await page.setContent(renderReport(input));
      return { page, complaints };
    }

    type Label = [canvas: number, text: string, y: number, left: number, right: number];

    /** What charts write, but what they write sideways. */
    async function labelsOf(input: ReportInput, width: number): Promise<Label[]> {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.evaluate(() => {
        const { fillText } = CanvasRenderingContext2D.prototype;
        const labels: Label[] = [];
        const canvases: HTMLCanvasElement[] = [];
        Object.assign(window, { labels });
        CanvasRenderingContext2D.prototype.fillText = function (text, at, y) {
          if (!canvases.includes(this.canvas)) canvases.push(this.canvas);
          const wide = this.measureText(text).width;
          const left = at - ({ center: 0.5, right: 1 }[this.textAlign as string] ?? 0) * wide;
          if (this.getTransform().b === 0) labels.push([canvases.indexOf(this.canvas), text, y, left, left + wide]);
          return fillText.call(this, text, at, y);
        };
      });
      await page.setContent(renderReport(input));
      const labels = await page.evaluate(() => (window as unknown as { labels: Label[] }).labels);
      await page.close();
      return labels;
    }

    test.each([1280, 375])(
      "at %i pixels every chart is drawn, nothing complains and nothing overflows",
      async (width) => {
        const { page, complaints } = await open(lucas, width);
        const sizes = await page
          .locator(".plot canvas")
          .evaluateAll((all) => all.map((canvas) => canvas.getBoundingClientRect()));
        expect(sizes).toHaveLength(3);
        for (const size of sizes) {
          expect(size.width).toBeGreaterThan(250);
          expect(size.height).toBeGreaterThan(100);
          expect(size.right).toBeLessThanOrEqual(width);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        expect(complaints).toEqual([]);
        await page.close();
      },
    );

    test.each([1280, 375])(
      "at %i pixels no label of an axis touches another, however long numbers are",
      async (width) => {
        const ends = [60_000_000, 614_400, 0.01, 2e9, 1e-6];
        const curves = ends.map((end) => ({
          name: String(end),
          doc: "",
          x: x.map((at) => (at / 8000) * end),
          y: price.centre,
        }));
        const labels = await labelsOf({ ...nothing, figures: [price], comparisons: [beside], curves }, width);
        const ticks = labels.filter(([, text]) => /^[−\d]/.test(text));
        expect(new Set(ticks.map(([canvas]) => canvas)).size).toBe(7);
        for (const [canvas, text, y, left, right] of ticks)
          for (const [otherCanvas, other, otherY, otherLeft, otherRight] of ticks)
            if (canvas === otherCanvas && Math.abs(y - otherY) < 10 && text !== other)
              expect(left >= otherRight + 6 || right + 6 <= otherLeft, `${text} touches ${other}`).toBe(true);
      },
    );

    test("a phone shows claim, theory, ours and verdict under each item, and paper all columns", async () => {
      const { page } = await open(lucas, 375);
      const cells = () =>
        page.locator("section[aria-labelledby=claims] tbody td:not(:empty)").evaluateAll((all) =>
          all.map((cell) => {
            const { left, right, height } = cell.getBoundingClientRect();
            return {
              name: cell.getAttribute("data-label"),
              said: getComputedStyle(cell, "::before").content,
              left,
              right,
              height,
            };
          }),
        );
      const phone = await cells();
      for (const name of ["Claim", "Theory", "Ours [low, high]", "Verdict"])
        expect(phone.filter((cell) => cell.name === name && cell.said === `"${name}"`)).toHaveLength(
          lucas.claims.length,
        );
      for (const { left, right, height } of phone) {
        expect(height).toBeGreaterThan(15);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(375);
      }
      await page.close();
      const paper = 688; // A4 less its margins
      const printed = await open(
        { ...lucas, claims: lucas.claims.map((claim) => ({ ...claim, low: -123456.7, high: 223456.7 })) },
        paper,
      );
      await printed.page.emulateMedia({ media: "print" });
      const printedCells = await printed.page
        .locator("th, td")
        .evaluateAll((all) => all.map((c) => [getComputedStyle(c).display, c.getBoundingClientRect().right] as const));
      expect(new Set(printedCells.map(([display]) => display))).toEqual(new Set(["table-cell"]));
      expect(Math.max(...printedCells.map(([, right]) => right))).toBeLessThanOrEqual(paper);
      await printed.page.close();
    });

    test("a line of zeros lies on an axis from 0 to 1", async () => {
      const curve = { name: "losses/clipFraction", doc: "", x, y: x.map(() => 0) };
      const texts = (await labelsOf({ ...nothing, curves: [curve] }, 1280)).map(([, text]) => text);
      expect(texts).toContain("1");
      expect(texts).not.toContain("100");
    });

    test("the keyboard reads, zooms and shows everything again, in all charts with the same axis", async () => {
      const { page, complaints } = await open(lucas, 1280);
      await page.locator(".plot").first().focus();
      await page.keyboard.press("Home");
      expect(await page.locator(".spoken").first().textContent()).toBe(
        "training episodes 0, median [5–95 % of agents] 0.5 [0.3 to 0.7], 10 agents 0.3 to 0.66, theory: p* = β/(1−β)·E[y] 0.85152",
      );
      await page.keyboard.press("ArrowRight");
      expect(await page.locator(".legend .x dd").allTextContents()).toEqual(["80", "80", "80"]);
      await page.keyboard.press("+");
      await expect.poll(() => page.locator(".reset:visible").count()).toBe(3);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator(".reset:visible").count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test.each([1280, 375])("at %i pixels a figure over seeds reads its lines where the cursor is", async (width) => {
      const { page, complaints } = await open({ ...nothing, comparisons: [beside] }, width);
      await page.locator(".plot").first().focus();
      await page.keyboard.press("End");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      expect(await page.locator(".spoken").first().textContent()).toBe(
        "price 2, ours 0.5 [0.4 to 0.6], theory 0.4, observed 0.3, optimum 0.6",
      );
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test("charts follow the width of the window", async () => {
      const { page } = await open(lucas, 1280);
      await page.setViewportSize({ width: 400, height: 800 });
      const width = () =>
        page
          .locator(".plot canvas")
          .first()
          .evaluate((canvas) => canvas.getBoundingClientRect().width);
      await expect.poll(width).toBeLessThanOrEqual(400);
      await page.close();
    });

    test("single points, empty and failed runs draw without complaint", async () => {
      const point = { ...price, x: [5], agents: [[1], [2]], low: [1], centre: [1.5], high: [2] };
      for (const input of [nothing, failed, { ...lucas, figures: [point], curves: [] }]) {
        const { page, complaints } = await open(input, 375);
        expect(complaints).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
        await page.close();
      }
    });
  },
);
