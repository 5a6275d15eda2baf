import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { said } from "../../test/said.ts";
import { comparisonData } from "../report/chart-data.ts";
import { equilibriaVerb } from "./equilibria.ts";
import { scanVerb } from "./scan.ts";

const place = mkdtempSync(join(tmpdir(), "walras-scan-"));
afterAll(() => rmSync(place, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const naive = ["cobweb", "--param", "supplySlope", "--set", "noiseSd=0", "--decide", "producers.forecast=world.price"];
const short = ["--warm-up", "150", "--periods", "50", "--last", "16", "--out", place];

test("scan: document, report and words about a cobweb that begins to turn", async () => {
  const range = ["--from", "0.2", "--to", "0.3", "--points", "3"];
  const found = JSON.parse(await said(scanVerb, ...naive, ...range, ...short, "--json"));
  expect(found).toMatchObject({ economy: "cobweb", param: "supplySlope", metric: "price", state: ["world.price"] });
  expect(found.values.map(({ value, cycle }: Record<string, number>) => [value, cycle])).toEqual([
    [0.2, 1],
    [0.25, 1],
    [0.3, 2],
  ]);
  // −K S′(p*)/b = −1
  expect(found.bifurcations).toMatchObject([{ at: expect.closeTo(0.252542495, 7), cycle: 1 }]);
  expect(found.bifurcations[0].words).toBe("at 0.25254 the equilibrium gives way to a cycle of 2 periods");
  const page = readFileSync(join(place, "cobweb-supplySlope.html"), "utf8");
  expect(page).toContain("Along supplySlope: at 0.25254 the equilibrium gives way to a cycle of 2 periods");
  expect(page).toContain("Bifurcation diagram");
  expect(JSON.parse(readFileSync(join(place, "cobweb-supplySlope.json"), "utf8")).bifurcations).toEqual(
    found.bifurcations,
  );
});

test("scan: with luck a table without equilibria, and the reason", async () => {
  const [param] = [["--from", "0.2", "--to", "0.3", "--points", "2"]];
  const out = await said(scanVerb, ...naive, "--set", "noiseSd=0.5", ...param, ...short);
  expect(out).toContain("There is luck in the economy");
  expect(out).toContain("No equilibria or multipliers where other draws lead elsewhere.");
});

test("scan: mistakes are said", async () => {
  const range = ["--from", "0.3", "--to", "0.2"];
  await expect(said(scanVerb, ...naive, ...range)).rejects.toThrow("got supplySlope from 0.3 to 0.2");
  await expect(said(scanVerb, ...naive.slice(0, 5), "--from", "0.2", "--to", "0.3")).rejects.toThrow(
    "producers.forecast is decided on, and no rule says how",
  );
  await expect(said(scanVerb, ...naive, "--from", "low", "--to", "0.3")).rejects.toThrow(
    'got "low", expected a number',
  );
  await expect(said(scanVerb, ...naive, "--from", "0", "--to", "1", "--state", "world.price,")).rejects.toThrow(
    "expected names between commas",
  );
  const given = ["--from", "0", "--to", "1"];
  await expect(said(scanVerb, ...naive, ...given, "--set", "supplySlope=1")).rejects.toThrow(
    "supplySlope is both scanned and set. Leave it out of --param or of --set.",
  );
  await expect(said(scanVerb, ...naive, ...given, "--out", import.meta.filename)).rejects.toThrow(
    "scan.test.ts: part of the path is a file, not a directory (ENOTDIR); choose another --out.",
  );
});

test("equilibria: ends from starts at each combination, with the settings that led there", async () => {
  const args = [
    "opinions",
    "--metrics",
    "opinion",
    "--set",
    "agents=40,noise=0",
    "--start",
    "state=0/5",
    "--periods",
    "60",
    "--seeds",
    "2",
  ];
  const { runs, ends, sensitivity } = JSON.parse(await said(equilibriaVerb, ...args, "--json"));
  expect(runs).toBe(4);
  expect(ends).toMatchObject([
    { mean: { opinion: expect.closeTo(0, 9) }, basin: 0.5, starts: [{ agents: "40", noise: "0", state: "0" }] },
    { mean: { opinion: expect.closeTo(5, 9) }, basin: 0.5, starts: [{ state: "5" }], jacobian: null },
  ]);
  expect(sensitivity.map(({ count }: Record<string, number>) => count)).toEqual([2, 2, 2, 2, 1]);
  expect(await said(equilibriaVerb, ...args)).toContain("no Jacobian");
  for (const twice of ["state=1", "agents=50"])
    await expect(said(equilibriaVerb, ...args, "--start", twice)).rejects.toThrow("it is set already. Give it once");
  await expect(said(equilibriaVerb, ...args, "--start", "state")).rejects.toThrow(
    'got "state", expected a parameter with its values',
  );
  await expect(said(equilibriaVerb, ...args, "--scale", "0")).rejects.toThrow('got "0", expected numbers above 0');
});

test("specks may be several at one x, beside lines that have one there", () => {
  const none = { low: [], high: [] };
  const { x, lines } = comparisonData({
    title: "diagram",
    xLabel: "r",
    yLabel: "x",
    lines: [
      { label: "specks", as: "specks", x: [1, 1, 2, 3, 3, 3], y: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], ...none },
      { label: "line", as: "line", x: [1, 2, 3], y: [7, 8, 9], ...none },
    ],
    caption: "",
  });
  expect(x).toEqual([1, 1, 2, 3, 3, 3]);
  expect(lines.map(({ y }) => y)).toEqual([
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    [7, null, 8, 9, null, null],
  ]);
});
