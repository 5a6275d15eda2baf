// `walras calibrate` as its users meet it: a fit of their own series, and a sentence for everything that can be wrong with the file.
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSimulation } from "../src/economy/index.ts";
import { logReturns, stylisedFactNames, stylisedFactsOf } from "../src/metrics/index.ts";
import { seedStream } from "../src/random/index.ts";
import { alone, commands, main } from "./commands.ts";
import ar1 from "./fixtures/ar1.ts";

const root = join(import.meta.dirname, "..");
const economy = join(root, "test/fixtures/ar1.ts");
const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-calibrate-")));
const shared = commands();
afterAll(async () => {
  rmSync(place, { recursive: true });
  await shared.close();
});

const truth = { meanPrice: 12, persistence: 0.7, noiseSd: 1.2 };
let prices: number[] = [];
const csv = (values: readonly (number | string)[], header = "day,price", separator = ",") =>
  `${header}\n${values.map((value, i) => `${i + 1}${separator}${value}`).join("\n")}\n`;
const file = (name: string, text: string): string => {
  writeFileSync(join(place, name), text);
  return name;
};
beforeAll(() => {
  const simulation = createSimulation(ar1, { params: truth, seed: 77 });
  simulation.reset(0);
  prices = Array.from({ length: 250 }, () => {
    simulation.phases.forEach((_, index) => void simulation.runPhase(index, 0));
    simulation.endPeriod(0);
    return Number((simulation.worlds[0].price as number).toFixed(4));
  });
  file("prices.csv", csv(prices));
});

const walras = (...args: string[]) => shared.run(place, "calibrate", ...args);
const failure = async (...args: string[]): Promise<string> => {
  const { status, stdout, stderr } = await walras(...args);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^walras: .+\n$/);
  return stderr.slice("walras: ".length).trimEnd();
};
const usual = ["--column", "price", "--fit", "noiseSd"];

test("a series' parameters are recovered; the document, the page and the summary agree, on any number of threads", async () => {
  const args = [
    economy,
    "--data",
    "prices.csv",
    "--column",
    "price",
    "--fit",
    "noiseSd,persistence",
    "--set",
    "meanPrice=12",
    "--steps",
    "40",
    "--worlds",
    "8",
  ];
  const { status, stdout, stderr } = await walras(...args, "--out", "fit", "--json");
  expect([status, stderr]).toEqual([0, ""]);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({
    run: "fit",
    economy: "ar1",
    status: "complete",
    data: { file: "prices.csv", column: "price", values: 250 },
    series: "price",
    identified: true,
  });
  const [noiseSd, persistence] = answer.parameters;
  expect(Math.abs(noiseSd.best - 1.2)).toBeLessThan(0.25);
  expect(Math.abs(persistence.best - 0.7)).toBeLessThan(0.15);
  for (const { name, low, high } of answer.parameters) {
    expect(low).toBeLessThan(truth[name as "noiseSd"]);
    expect(high).toBeGreaterThan(truth[name as "noiseSd"]);
  }
  expect(answer.distanceAtBest).toBeLessThan(answer.distanceAtDefaults);
  expect(answer.moments.sd.data).toBeCloseTo(answer.moments.sd.best, 0);
  const { run: _, ...document } = answer;
  expect(JSON.parse(readFileSync(join(place, "fit/calibration.json"), "utf8"))).toEqual(document);
  const page = readFileSync(join(place, "fit/report.html"), "utf8");
  for (const text of ["Profile of noiseSd: identified", "Distribution of price", "walras</span> <span>calibrate"])
    expect(page).toContain(text);

  const again = alone(place, "calibrate", ...args, "--out", "again", "--threads", "2");
  expect([again.status, again.stderr]).toEqual([0, ""]);
  expect(again.stdout).toMatch(/noiseSd .* identified/);
  const other = JSON.parse(readFileSync(join(place, "again/calibration.json"), "utf8"));
  expect({ ...other, seconds: 0 }).toEqual({ ...document, seconds: 0 });
  expect(await failure(...args, "--out", "fit")).toBe("fit already holds a calibration; choose another --out.");
});

test("markup in a file's name and its header is text in the page", async () => {
  const column = `</script><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const name = `<img src=x>&"'.csv`;
  const data = file(name, csv(prices, `day,${column}`));
  const { status, stderr } = await walras(
    ...[economy, "--data", data, "--column", column, "--fit", "noiseSd", "--series", "price"],
    ...["--steps", "12", "--worlds", "2", "--out", "markup"],
  );
  expect([status, stderr]).toEqual([0, ""]);
  const page = readFileSync(join(place, "markup/report.html"), "utf8");
  expect(page).toContain(
    "<h1>ar1 fitted to &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;",
  );
  expect(page).toContain("&lt;img src=x&gt;&amp;&quot;&#39;.csv");
  expect(page).not.toMatch(/<img|<script>alert/);
  for (const tag of [/<script/g, /<\/script/g]) expect(page.match(tag)).toHaveLength(3);
});

/** Starts a calibration and ends it with a signal at some moment. */
async function endedBy(signal: NodeJS.Signals, when: () => boolean, out: string, args: readonly string[]) {
  const child = spawn(process.execPath, [main, "calibrate", ...args, "--out", out], { cwd: place });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  while (!when()) {
    if (child.exitCode !== null) throw new Error(`It ended before it could be stopped: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill(signal);
  return { status: await ended, stderr };
}
const candidatesIn = (out: string): string[] => {
  const folder = join(place, out, "candidates");
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith(".tmp")) : [];
};

test("interrupted, killed, damaged and continued on other threads, a calibration ends with the bytes of one that never stopped", async () => {
  const args = [economy, "--data", "prices.csv", ...usual, "--steps", "12", "--worlds", "40"];
  const straight = await walras(...args, "--out", "straight");
  expect([straight.status, straight.stderr]).toEqual([0, ""]);

  const first = await endedBy("SIGINT", () => candidatesIn("stopped").length > 2, "stopped", args);
  expect(first.status).toBe(130);
  expect(first.stderr).toMatch(
    /^Interrupted after \d+ of 12 candidates\. Continue with: walras calibrate .*ar1\.ts --data prices\.csv .* --out stopped\n$/,
  );
  expect(JSON.parse(readFileSync(join(place, "stopped/calibration.json"), "utf8"))).toMatchObject({
    status: "running",
  });
  const kept = candidatesIn("stopped").map((name) => join(place, "stopped/candidates", name));
  const written = () => kept.map((file) => statSync(file).mtimeMs);
  const before = written();
  await endedBy("SIGKILL", () => candidatesIn("stopped").length > kept.length + 1, "stopped", args);
  expect(written()).toEqual(before); // none was simulated again

  // One file loses its end, one number of another is changed.
  const [torn, changed] = kept;
  writeFileSync(torn, readFileSync(torn).subarray(0, 100));
  const bytes = readFileSync(changed);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(changed, bytes);

  expect(await failure(...args, "--seed", "2", "--out", "stopped")).toBe(
    "stopped holds an unfinished calibration with other settings, data or code; choose another --out, or remove it.",
  );
  const last = await walras(...args, "--out", "stopped", "--threads", "2");
  expect([last.status, last.stderr]).toEqual([0, ""]);
  const document = (out: string) => ({
    ...JSON.parse(readFileSync(join(place, out, "calibration.json"), "utf8")),
    seconds: 0,
  });
  expect(document("stopped")).toEqual(document("straight"));
  expect(candidatesIn("stopped")).toEqual([]);
}, 240_000);

test("a signal is answered in the middle of a candidate", async () => {
  const args = [economy, "--data", "prices.csv", ...usual, "--worlds", "1", "--burn-in", "1000000000"];
  const begun = () => existsSync(join(place, "endless/calibration.json"));
  const { status, stderr } = await endedBy("SIGTERM", begun, "endless", args);
  expect(status).toBe(143);
  expect(stderr).toMatch(/^Interrupted after 0 of 40 candidates\. Continue with: walras calibrate /);
});

test("a run's directory is left alone, and a place that cannot be written is found before anything is simulated", async () => {
  const args = [
    economy,
    "--data",
    "prices.csv",
    ...usual,
    "--steps",
    "100000",
    "--worlds",
    "1",
    "--burn-in",
    "1000000000",
  ];
  mkdirSync(join(place, "a-run"));
  writeFileSync(join(place, "a-run/run.json"), "{}");
  writeFileSync(join(place, "a-run/report.html"), "mine");
  expect(await failure(...args, "--out", "a-run")).toBe(
    "a-run holds a run, whose report would be overwritten; choose another --out.",
  );
  expect(readdirSync(join(place, "a-run"))).toEqual(["report.html", "run.json"]);
  expect(await failure(...args, "--out", "prices.csv")).toContain("part of the path is a file, not a directory");
  if (existsSync("/proc/self"))
    expect(await failure(...args, "--out", "/proc/nope")).toContain("cannot write /proc/nope");
  expect(await failure(...args, "--out", "")).toBe("--out: got an empty name, expected a directory.");
});

test("where too many candidates break down, what was simulated until then is kept", async () => {
  const message = await failure(
    economy,
    "--data",
    "prices.csv",
    ...usual,
    "--set",
    "crash=0.2",
    "--steps",
    "12",
    "--worlds",
    "2",
    "--out",
    "broken",
  );
  expect(message).toContain("candidates failed. The last one, at noiseSd = ");
  expect(message).toContain("What was simulated until then is in broken/calibration.json.");
  expect(JSON.parse(readFileSync(join(place, "broken/calibration.json"), "utf8"))).toMatchObject({ status: "failed" });
});

test.each([
  ["a missing file", () => ["--data", "nowhere.csv", ...usual], "nowhere.csv: no such file."],
  [
    "a missing column",
    () => ["--data", "prices.csv", "--column", "prize", "--fit", "noiseSd"],
    'prices.csv has no column "prize". Did you mean "price"? Its columns: day, price.',
  ],
  [
    "a cell that is no number",
    () => ["--data", file("nan.csv", csv(prices.map((x, i) => (i === 6 ? "NaN" : x)))), ...usual],
    'nan.csv, line 8, column "price": got "NaN", expected a number.',
  ],
  [
    "a short series",
    () => ["--data", file("short.csv", csv([1, 2, 3])), ...usual],
    'short.csv, column "price", has 3 values, expected at least 20.',
  ],
  [
    "a constant series",
    () => ["--data", file("same.csv", csv(Array(30).fill(7))), ...usual],
    "is constant: all 30 values are 7",
  ],
  [
    "another delimiter",
    () => ["--data", file("semi.csv", csv(prices, "day;price", ";")), ...usual],
    'Say so with --delimiter ";".',
  ],
  [
    "no such parameter",
    () => ["--data", "prices.csv", "--column", "price", "--fit", "noiseSD"],
    '--fit: ar1 has no parameter "noiseSD". Did you mean "noiseSd"?',
  ],
  [
    "no bounds",
    () => ["--data", "prices.csv", "--column", "price", "--fit", "drift"],
    "Give one: --range drift=low:high.",
  ],
  [
    "a range beyond bounds",
    () => ["--data", "prices.csv", ...usual, "--range", "noiseSd=0:9"],
    "--range noiseSd=0:9: ar1.noiseSd is a number from 0.1 to 3.",
  ],
  [
    "a range upside down",
    () => ["--data", "prices.csv", ...usual, "--range", "noiseSd=2:1"],
    "expected the low end below the high end",
  ],
  [
    "a range of nothing",
    () => ["--data", "prices.csv", ...usual, "--range", "noise=1:2"],
    "--range noise: it is not fitted.",
  ],
  ["fitted and set", () => ["--data", "prices.csv", ...usual, "--set", "noiseSd=1"], "noiseSd is both fitted and set."],
  [
    "no such series",
    () => ["--data", "prices.csv", ...usual, "--series", "prise"],
    'ar1 has no series "prise". Did you mean "price"? Choose one with --series: deviation, price.',
  ],
  [
    "an unknown distance",
    () => ["--data", "prices.csv", ...usual, "--distance", "far"],
    "Allowed choices are energy, wasserstein, histogram, moments, dynamics.",
  ],
])("%s is refused with a sentence and nothing on stdout", async (_what, args, message) => {
  expect(await failure(economy, ...args())).toContain(message);
  expect(existsSync(join(place, "runs"))).toBe(false);
});

test("what an experiment says of calibration stands for options left out; returns are held against stylised facts, in the document, the page and the summary", async () => {
  const stream = seedStream(5).fork("quotes");
  let x = 0;
  const lines = Array.from({ length: 400 }, (_, t) => {
    x = 0.75 * x + 0.015 * stream.normalAt(0, t, 0);
    return String(2 + x);
  });
  file("quotes.csv", `close\n${lines.join("\n")}\n`);
  const known = join(root, "test/fixtures/quotes.ts");
  const asked = ["--data", "quotes.csv", "--steps", "16", "--worlds", "4"];
  const { status, stdout, stderr } = await walras(known, ...asked, "--out", "quotes");
  expect([status, stderr]).toEqual([0, ""]);
  const document = JSON.parse(readFileSync(join(place, "quotes/calibration.json"), "utf8"));
  expect(document).toMatchObject({
    series: "quote",
    data: { column: "close", values: 399, transform: "log-changes" },
    distance: { name: "dynamics" },
  });
  expect(
    document.parameters.map(({ name, searched }: { name: string; searched: number[] }) => [name, searched]),
  ).toEqual([
    ["reversion", [0, 0.5]],
    ["impact", [0.001, 0.03]],
  ]);
  const [reversion, impact] = document.parameters;
  // the interval of either holds the truth
  expect(reversion.low).toBeLessThanOrEqual(0.25);
  expect(reversion.high).toBeGreaterThanOrEqual(0.25);
  expect(impact.low).toBeLessThanOrEqual(0.015);
  expect(impact.high).toBeGreaterThanOrEqual(0.015);
  const r = logReturns(lines.map(Number));
  const page = readFileSync(join(place, "quotes/report.html"), "utf8");
  for (const name of stylisedFactNames) {
    const fact = document.facts[name];
    expect(fact.data).toBeCloseTo(stylisedFactsOf(r)[name], 9);
    // the data come from the model: all of its facts are within five standard deviations
    expect(Math.abs(fact.miss)).toBeLessThan(5);
    expect(fact.low).toBeLessThan(fact.simulated);
    expect(fact.high).toBeGreaterThan(fact.simulated);
    expect(stdout).toMatch(new RegExp(`^${name} .*\\d`, "m"));
    expect(page).toContain(`>${name}</th>`);
  }
  expect(page).toContain("Volatility clustering");
  expect(stdout).toMatch(/ of 8 stylised facts of the data are within what 95 % of simulated data sets have/);
  // every option can be given instead, a column among several has to be, and an experiment that says nothing needs --fit
  const level = await walras(
    known,
    ...asked,
    "--fit",
    "impact",
    "--transform",
    "none",
    "--distance",
    "energy",
    "--json",
    "--out",
    "levels",
  );
  const levels = JSON.parse(level.stdout);
  expect([levels.facts, levels.distance.name, levels.parameters.length]).toEqual([null, "energy", 1]);
  expect(await failure(known, "--data", "prices.csv")).toBe(
    "prices.csv has several columns: day, price. Choose one with --column.",
  );
  expect(await failure(economy, "--data", "prices.csv", "--column", "price")).toMatch(
    /^ar1: no experiment says what of it to fit\. Name numeric/,
  );
});
