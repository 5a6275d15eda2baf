// The command line as its users meet it: each verb's document, each mistake's sentence, and runs that are interrupted and killed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { afterAll, expect, test } from "vitest";
import { economyNames, experimentNames, experimentsOf, findEconomy, findTarget } from "../src/cli/catalog.ts";
import { fileStore } from "../src/store/files.ts";
import { alone, commands, type Given, main } from "./commands.ts";

const root = join(import.meta.dirname, "..");
const fixture = (name: string): string => join(root, `test/fixtures/${name}.ts`);
const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-cli-")));
const shared = commands();
afterAll(async () => {
  rmSync(place, { recursive: true });
  await shared.close();
});

/** In a process that the commands of this file share, where the claim is not about the process. */
const walras = (...args: string[]): Promise<Given> => shared.run(place, ...args);
const json = async (...args: string[]) => documentOf(await walras(...args, "--json"));
const failure = async (...args: string[]) => sentenceOf(await walras(...args));

/** The one document on stdout of a verb that succeeded and said nothing else. */
function documentOf({ status, stdout, stderr }: Given): Record<string, unknown> {
  expect([status, stderr.replace(/^Interrupted\. Continue with: walras resume .*\n$/, "")]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** The sentence on stderr of a verb that failed with nothing on stdout. */
function sentenceOf({ status, stdout, stderr }: Given): string {
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^walras: .+\n/);
  expect(stderr).not.toMatch(/\n\s+at /);
  return stderr.slice("walras: ".length).trimEnd();
}

const manifest = (directory: string) => JSON.parse(readFileSync(join(place, directory, "run.json"), "utf8"));
const small = ["--set", "agents=100", "--set", "totalSteps=50"];

test("solve: economy, params, truth", async () => {
  const answer = documentOf(
    alone(
      place,
      "solve",
      "lucas-tree",
      "--set",
      "discountFactor=0.9,riskAversion=2",
      "--set",
      "params.agents=6",
      "--json",
    ),
  );
  expect(Object.keys(answer)).toEqual(["economy", "params", "truth", "reasons"]);
  expect(answer.reasons).toEqual({});
  expect(answer.economy).toBe("lucas-tree");
  expect(answer.params).toMatchObject({
    discountFactor: 0.9,
    riskAversion: 2,
    agents: 6,
    dividendProcess: "constant-aggregate",
  });
  const truth = answer.truth as Record<string, number>;
  expect(truth.sharePrice).toBeCloseTo(0.4033520163, 10);
  expect(truth.bondPrice).toBe(0.9);
  expect(Object.values(truth).every(Number.isFinite)).toBe(true);
});

const overflow = ["--set", "dividendProcess=iid,riskAversion=50"];

test("solve: null with a reason where theory does not apply", async () => {
  const answer = await json("solve", "lucas-tree", ...overflow);
  const { sharePrice } = answer.reasons as Record<string, string>;
  expect(sharePrice).toContain("an expectation behind it is beyond the range of numbers at γ = 50");
  expect((answer.truth as Record<string, unknown>).sharePrice).toBe(null);
  const said = (await walras("solve", "lucas-tree", ...overflow)).stdout;
  expect(said).toMatch(/^sharePrice +– /m);
  expect(said).toMatch(/^– sharePrice.*: no theory here, an expectation behind it/m);
  expect(said.match(/an expectation behind it/g)).toHaveLength(1);
});

test("run: a claim without theory is shown with the reason and not judged", async () => {
  const tinyDividend = ["--set", "dividendProcess=iid,dividend=1e-295"];
  const { status, stdout } = await walras("run", fixture("tiny"), ...tinyDividend, "--out", "no-theory");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^posted bond price .*not judged$/m);
  expect(stdout).toMatch(
    /^Not judged \(posted bond price\): no theory here: an expectation behind it.*; dividend is 1e-295, the claim is for 0.04/m,
  );
  const page = readFileSync(join(place, "no-theory", "report.html"), "utf8");
  expect(page).toContain("– not judged");
  expect(page).toContain("Theory: no theory here, an expectation behind it");
});

test("solve: lists are numbers between commas, beside other settings", async () => {
  const answer = await json("solve", "linear-tax", "--set", "wages=0.5,1,2,4,elasticity=1,shares=0.3,0.4,0.2,0.1");
  expect(answer.params).toMatchObject({ wages: [0.5, 1, 2, 4], shares: [0.3, 0.4, 0.2, 0.1], elasticity: 1 });
  expect((answer.truth as Record<string, number>).taxRate).toBeCloseTo(0.33721298, 7);
  expect(await failure("solve", "linear-tax", "--set", "wages=1,two")).toContain(
    'linear-tax.wages[1]: got "two", expected a number from 0 to 1000000.',
  );
});

test("run, compare, resume and eval: documents on stdout, files in the directory", async () => {
  const answer = await json("run", "money-exchange", ...small, "--out", "a");
  expect(Object.keys(answer)).toEqual(["run", "hash", "summary", "actions", "claims", "truth", "reasons", "units"]);
  expect(answer).toMatchObject({ run: "a", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const summary = Object.entries(answer.summary as Record<string, number>);
  const [shares, measures] = [true, false].map((drawn) =>
    summary.filter(([name]) => name.startsWith("distribution/people.money/") === drawn),
  );
  expect(measures.map(([name]) => name)).toEqual(["gini", "payers", "richest"]);
  expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(manifest("a")).toMatchObject({ status: "complete", hash: answer.hash, summary: answer.summary });
  const files = readdirSync(join(place, "a"));
  for (const file of ["run.json", "log.ndjson", "metrics.parquet", "report.html", "checkpoints"])
    expect(files).toContain(file);
  expect(files.some((file) => file.startsWith("events.out.tfevents."))).toBe(true);

  // Interrupted and continued, on another number of threads and pieces.
  const stopped = documentOf(
    alone(place, "run", "money-exchange", ...small, "--out", "b", "--until", "20", "--threads", "2", "--json"),
  ).hash;
  expect(stopped).not.toBe(answer.hash);
  expect(manifest("b").status).toBe("interrupted");
  const continued = documentOf(alone(place, "resume", "b", "--partitions", "7", "--json"));
  expect(continued).toEqual({ ...answer, run: "b" });

  const compared = await json("compare", "a", "b");
  expect(compared).toEqual({
    runs: ["a", "b"],
    status: ["complete", "complete"],
    hashes: [answer.hash, answer.hash],
    same: true,
    problems: [[], []],
    config: [],
    summary: expect.any(Array),
  });
  await json("run", "money-exchange", ...small, "--seed", "2", "--out", "c");
  expect((await walras("compare", "a", "c")).stdout).not.toContain("distribution/");
  expect(await json("compare", "a", "c")).toMatchObject({ same: false, config: [{ path: "seed", values: [1, 2] }] });

  expect(await json("verify", "a")).toMatchObject({ run: "a", pass: true, hash: answer.hash });
  const log = join(place, "c/log.ndjson");
  writeFileSync(log, readFileSync(log, "utf8").replace('"step":7,', '"step":8,'));
  const broken = await walras("compare", "a", "c", "--json");
  expect(broken.status).toBe(1);
  expect(JSON.parse(broken.stdout)).toMatchObject({
    same: false,
    hashes: [answer.hash, null],
    problems: [
      [],
      expect.arrayContaining(["c/log.ndjson no longer begins with the 50 rows that it had when the run ended."]),
    ],
  });
  expect(alone(place, "verify", "c").status).toBe(1);
  expect(await failure("verify", "nowhere")).toContain("nowhere holds no run");

  expect(await failure("run", "money-exchange", "--out", "a", "--json")).toBe(
    "a already holds a run, complete; choose another --out, or overwrite it with --force.",
  );
  expect(await failure("resume", "a")).toContain("a is complete: there is nothing to resume.");
  expect(await failure("eval", "a")).toBe("a was simulated without learning, so it has no policies to play.");
  expect(await failure("compare", "a")).toContain("expected at least two");
});

test("a quick training run can be evaluated as soon as it is complete", async () => {
  const answer = await json("run", fixture("tiny"), "--out", "trained");
  const evaluated = documentOf(alone(place, "eval", "trained", "--trust", "--periods", "4", "--json"));
  expect(Object.keys(evaluated)).toEqual([
    "run",
    "step",
    "periods",
    "worlds",
    "seed",
    "metrics",
    "truth",
    "reasons",
    "panel",
  ]);
  expect(evaluated).toMatchObject({ run: "trained", step: 80, periods: 4, worlds: 16, truth: { bondPrice: 0.95 } });
  // Worlds differ only where dividends are drawn.
  const chance = await json("eval", "trained", "--trust", "--periods", "4", "--set", "dividendProcess=iid");
  const metrics = chance.metrics as Record<string, { mean: number; low: number; high: number }>;
  expect(Object.keys(metrics)).toEqual(Object.keys(answer.summary as object));
  expect(metrics.utility.low).toBeLessThan(metrics.utility.mean);
  expect(metrics.utility.high).toBeGreaterThan(metrics.utility.mean);
  expect(await json("eval", "trained", "--trust", "--worlds", "1")).toMatchObject({
    metrics: { sharePrice: { low: null } },
  });
});

test("eval writes a panel, and refuses names and places that are wrong before it plays", async () => {
  await json("run", fixture("tiny"), "--out", "panelled");
  const ask = ["eval", "panelled", "--trust", "--periods", "3", "--worlds", "2", "--out", "panel.csv"];
  expect(await json(...ask, "--columns", "shares,world.dividend")).toMatchObject({ panel: "panel.csv" });
  const [header, ...rows] = readFileSync(join(place, "panel.csv"), "utf8").trim().split("\n");
  expect(header).toBe("world,episode,period,agent,shares,world.dividend");
  const { agents } = manifest("panelled").config.params as { agents: number };
  expect(rows).toHaveLength(agents * 2 * 3);
  const columns = JSON.parse(readFileSync(join(place, "panel.csv-metadata.json"), "utf8")).tableSchema.columns;
  expect(columns[4]).toMatchObject({ name: "shares", "schema:unitText": "shares" });
  expect(await failure(...ask)).toBe("panel.csv exists; choose another --out, or overwrite it with --force.");
  await json(...ask, "--force");
  expect(await failure("eval", "panelled", "--trust", "--out", "panel.xls")).toContain(
    "expected a name that ends in .csv or .parquet",
  );
  expect(await failure("eval", "panelled", "--trust", "--out", "nowhere/panel.csv")).toContain("nowhere/panel.csv");
  expect(await failure("eval", "panelled", "--trust", "--out", "b.csv", "--columns", "share")).toContain(
    'Did you mean "shares"?',
  );
  expect(await failure("eval", "panelled", "--trust", "--columns", "shares")).toContain("add --out <file>");
  expect(readdirSync(place).filter((name) => /^(b\.csv|panel\.xls)|\.tmp$/.test(name))).toEqual([]);
});

test("claims: judged at the experiment's own settings, shown elsewhere, the same in the document, the manifest and the table's metadata", async () => {
  const failing = alone(place, "run", fixture("failing"), "--out", "failing", "--json");
  expect([failing.status, failing.stderr]).toEqual([1, ""]);
  const { claims, truth, reasons, units } = JSON.parse(failing.stdout);
  expect(claims).toEqual([
    expect.objectContaining({ item: "posted bond price", measure: "bondPrice", verdict: "fail", reason: null }),
    expect.objectContaining({ item: "share price", verdict: "pass" }),
    expect.objectContaining({
      item: "fall",
      verdict: "not judged",
      reason: "a test at 0.05 needs 6 seeds, got 1",
    }),
  ]);
  expect([truth, reasons]).toEqual([expect.objectContaining({ bondPrice: 0.95 }), {}]);
  expect(units).toMatchObject({ step: "world-periods", bondPrice: "goods/bond", "econ/bondPrice": "goods/bond" });
  expect(manifest("failing")).toMatchObject({ status: "complete", claims, truth, reasons, units });
  const table = Uint8Array.from(readFileSync(join(place, "failing/metrics.parquet"))).buffer;
  const { key_value_metadata: kept } = parquetMetadata(table);
  const about = Object.fromEntries(kept!.map(({ key, value }) => [key, JSON.parse(value!)]));
  const { name, config, summary } = manifest("failing");
  expect(about).toEqual({
    "walras.name": name,
    "walras.config": config,
    "walras.units": units,
    "walras.truth": truth,
    "walras.reasons": reasons,
    "walras.claims": claims,
    "walras.summary": summary,
  });
  const columns = Object.keys(JSON.parse(readFileSync(join(place, "failing/log.ndjson"), "utf8").split("\n")[0]!));
  for (const column of columns.filter((name) => /^(econ|watch)\//.test(name))) expect(units).toHaveProperty([column]);

  const elsewhere = await walras("run", fixture("failing"), "--set", "agents=8", "--out", "elsewhere");
  expect([elsewhere.status, elsewhere.stderr]).toEqual([0, ""]);
  expect(elsewhere.stdout).toContain("not judged");
  expect(elsewhere.stdout).toContain("Not judged: agents is 8, the claim is for 6.");
  expect(elsewhere.stdout).not.toContain("FAIL");
  expect(readFileSync(join(place, "elsewhere/report.html"), "utf8")).toContain("agents is 8, the claim is for 6");
});

test("report: a report that was lost is written anew, and that of a failed run says why it failed", async () => {
  await json("run", "money-exchange", ...small, "--out", "reported");
  const path = join(place, "reported/report.html");
  const page = readFileSync(path, "utf8");
  rmSync(path);
  expect(await json("report", "reported")).toEqual({ run: "reported", report: "reported/report.html" });
  expect(readFileSync(path, "utf8")).toContain("The run is complete.");
  expect(readFileSync(path, "utf8").length).toBeGreaterThan(0.9 * page.length);

  await failure("run", fixture("dynasty"), "--set", "poison=2", "--out", "poisoned");
  await json("report", "poisoned");
  expect(readFileSync(join(place, "poisoned/report.html"), "utf8")).toContain("NaN");
  expect(await failure("report", "nowhere")).toContain("nowhere holds no run");
});

test("check: economy, pass, checks", async () => {
  const answer = await json("check", "money-exchange", "--seeds", "1", "--periods", "10", "--set", "agents=50");
  expect(Object.keys(answer)).toEqual(["economy", "pass", "checks"]);
  expect(answer).toMatchObject({ economy: "money-exchange", pass: true });
  for (const check of answer.checks as object[])
    expect(check).toEqual({ name: expect.any(String), pass: true, detail: expect.any(String) });

  const broken = alone(place, "check", fixture("dynasty"), "--set", "poison=2", "--json");
  expect(broken.status).toBe(1);
  const { pass, checks } = JSON.parse(broken.stdout);
  expect(pass).toBe(false);
  expect(checks.some((check: { pass: boolean; detail: string }) => !check.pass && check.detail.includes("NaN"))).toBe(
    true,
  );
});

test("reproduce runs the seeds that are named, a range or a list", async () => {
  const answer = await json("reproduce", fixture("tiny"), "--seeds", "7,1001-1002", "--out", "pages");
  expect(answer.seeds).toEqual([7, 1001, 1002]);
  expect(JSON.parse(readFileSync(join(place, "pages", "tiny.json"), "utf8")).command).toMatch(/--seeds 7,1001,1002$/);
});

test("reproduce: name, seeds, seconds and a row per claim and for the time", async () => {
  const answer = documentOf(alone(place, "reproduce", fixture("tiny"), "--seeds", "2", "--out", "pages", "--json"));
  expect(answer).toEqual({
    name: fixture("tiny"),
    seeds: [1, 2],
    seconds: expect.any(Number),
    rows: [
      {
        item: "posted bond price",
        claim: "somewhere on the grid",
        theory: 0.95,
        ours: expect.any(Number),
        low: expect.any(Number),
        high: expect.any(Number),
        measure: "bondPrice",
        unit: "goods/bond",
        verdict: "pass",
        reason: null,
        note: "2 of 2 seeds within 2; anything passes",
      },
      expect.objectContaining({ item: "share price", theory: 0, verdict: "pass", note: "2 of 2 seeds at most 2" }),
      expect.objectContaining({
        item: "processor time per seed",
        claim: "–",
        theory: null,
        unit: "s",
        verdict: "not judged",
      }),
    ],
    tables: [],
    reports: ["pages/tiny.html"],
  });
  expect(readFileSync(join(place, "pages/tiny.html"), "utf8")).toContain("posted bond price");
  const kept = JSON.parse(readFileSync(join(place, "pages/tiny.json"), "utf8"));
  expect([kept.seeds, kept.summaries.length, kept.hashes.length]).toEqual([[1, 2], 2, 2]);
});

test("reproduce of one seed has no intervals", async () => {
  const { rows } = (await json("reproduce", fixture("tiny"), "--seeds", "1", "--out", "alone")) as { rows: object[] };
  for (const row of rows) expect(row).toMatchObject({ low: null, high: null });
  expect(rows.at(-1)).toMatchObject({ note: expect.stringMatching(/^[^;]+ on the clock$/) });
  expect(readFileSync(join(place, "alone/tiny.html"), "utf8")).not.toContain("[low, high]");
});

test("reproduce goes on after the seeds that a command which was stopped had finished, to the same document", async () => {
  const kept = JSON.parse(readFileSync(join(place, "pages/tiny.json"), "utf8")); // of the test before last
  const args = ["reproduce", fixture("stopping"), "--threads", "1", "--out", "kept"];
  writeFileSync(join(place, "stopping"), "");
  expect(await failure(...args)).toMatch(/^tiny, seed 2: .*stopped/);
  const seeds = join(place, "kept/seeds/tiny");
  expect(readdirSync(seeds)).toEqual(["1.json"]);
  rmSync(join(place, "stopping"));
  writeFileSync(join(seeds, "2.json"), readFileSync(join(seeds, "1.json")).subarray(0, 100));
  expect((await walras(...args)).stderr.replaceAll(`${fixture("stopping")}, `, "")).toBe(
    "walras: seed 1: finished before, taken up; --fresh runs all again.\nwalras: seed 2: its file is damaged, runs again.\n",
  );
  const resumed = JSON.parse(readFileSync(join(place, "kept/tiny.json"), "utf8"));
  for (const { rows } of [kept, resumed]) rows.pop(); // of the time
  const { name: _, command: __, ...result } = kept;
  expect(resumed).toMatchObject(result);
  expect(readdirSync(seeds)).toEqual([]);
});

test("list and describe", async () => {
  const listed = await json("list");
  expect(Object.keys(listed)).toEqual(["economies", "algorithms", "experiments"]);
  expect(listed.economies).toContainEqual({ name: "lucas-tree", summary: expect.any(String) });
  expect(listed.experiments).toContainEqual({ name: "lucas-tree/dqn", summary: expect.any(String) });
  expect(listed.algorithms).toContainEqual(expect.objectContaining({ name: "dqn" }));
  const described = await json("describe", "lucas-tree");
  expect(described).toMatchObject({ economy: "lucas-tree", horizon: "horizon" });
  for (const key of [
    "source",
    "summary",
    "params",
    "populations",
    "phases",
    "observe",
    "reward",
    "identities",
    "metrics",
    "truth",
  ])
    expect(described).toHaveProperty(key);
  const text = await walras("describe", "money-exchange");
  expect(text.stdout).toMatch(/^# money-exchange\n/);
});

test.each([
  ["an unknown verb", ["slove", "lucas-tree"], "(Did you mean solve?)"],
  ["an unknown option", ["solve", "lucas-tree", "--jason"], "(Did you mean --json?) Try: walras solve --help"],
  ["no economy", ["solve"], "missing required argument 'economy'. Try: walras solve --help"],
  ["an unknown economy", ["solve", "lukas-tree"], 'Unknown economy "lukas-tree". Did you mean "lucas-tree"?'],
  ["an unknown target", ["run", "mony-exchange"], 'Did you mean "money-exchange"?'],
  [
    "an unknown experiment",
    ["reproduce", "lucas-tre"],
    'Unknown experiment "lucas-tre". Did you mean "lucas-tree", "lucas-tree/',
  ],
  ["an unknown bench", ["bench", "kernel"], 'Unknown bench suite "kernel". Did you mean "kernels"?'],
  ["a module that is not there", ["run", "nowhere.ts"], "nowhere.ts: no such file."],
  [
    "a parameter of nothing",
    ["solve", "lucas-tree", "--set", "agnets=6"],
    'Unknown parameter "agnets" of lucas-tree. Did you mean "agents"?',
  ],
  ["the same when checking", ["check", "lucas-tree", "--set", "agnets=6", "--json"], 'Did you mean "agents"?'],
  [
    "a setting of nothing",
    ["run", "lucas-tree", "--set", "config.learningrate=1"],
    'Did you mean "config.learningRate"?',
  ],
  [
    "out of range",
    ["solve", "lucas-tree", "--set", "discountFactor=1"],
    'discountFactor: got "1", expected a number strictly between 0 and 1.',
  ],
  [
    "not a number",
    ["solve", "lucas-tree", "--set", "riskAversion=high"],
    'got "high", expected a number from 0 to 50.',
  ],
  [
    "NaN",
    ["run", "money-exchange", "--set", "money=NaN"],
    'money-exchange.money: got "NaN", expected an integer from 1 to 1000000.',
  ],
  [
    "not a choice",
    ["solve", "lucas-tree", "--set", "dividendProcess=idd"],
    'got "idd", expected constant-aggregate, iid or ar1.',
  ],
  ["no value", ["solve", "lucas-tree", "--set", "agents"], 'got "agents", expected path=value'],
  ["no seeds", ["reproduce", "duopoly", "--seeds", "0"], 'got "0", expected how many, from 1 to 1000, or which'],
  ["seeds backwards", ["reproduce", "duopoly", "--seeds", "12-3"], "such as 1001-1010 or 3,7,12"],
  ["a seed twice", ["reproduce", "duopoly", "--seeds", "1-3,2"], "such as 1001-1010 or 3,7,12"],
  ["a seed below zero", ["run", "money-exchange", "--seed", "-1"], 'got "-1", expected a whole number from 0'],
  ["no threads", ["run", "money-exchange", "--threads", "0"], 'got "0", expected a whole number from 1 to 256'],
  ["half an environment", ["run", "money-exchange", "--set", "numEnvs=1.5"], "numEnvs: got"],
  ["no run", ["resume", "empty"], "empty holds no run: run.json is missing."],
])("%s is refused with a sentence, status 1 and nothing on stdout", async (_what, args, message) => {
  expect(await failure(...args)).toContain(message);
  expect(existsSync(join(place, "runs"))).toBe(false);
});

test.each([[["slove", "lucas-tree"]], [["solve", "lucas-tree", "--jason"]], [["run", "nowhere.ts"]]])(
  "what refuses %j ends its process, with the same sentence as among others",
  async (args) => {
    expect(sentenceOf(alone(place, ...args))).toBe(await failure(...args));
  },
);

test("a reader that goes away ends the program without a word, and a full disk behind stdout with a sentence", () => {
  const shell = (command: string) =>
    spawnSync("sh", ["-c", command], { cwd: place, encoding: "utf8", timeout: 50_000 });
  const head = shell(`'${process.execPath}' '${main}' describe lucas-tree --json | head -c 1`);
  expect([head.stdout, head.stderr]).toEqual(["{", ""]);
  if (!existsSync("/dev/full")) return;
  const full = shell(`'${process.execPath}' '${main}' describe lucas-tree > /dev/full`);
  expect([full.status, full.stderr]).toEqual([1, "walras: cannot write to stdout (ENOSPC).\n"]);
});

test("control characters of names and files are spelt out, in tables, sentences and documents", async () => {
  const evil = "a\x1b[31m\x9b2J\u202e";
  await json("run", "money-exchange", ...small, "--out", evil);
  const table = await walras("compare", evil, evil);
  expect(table.status).toBe(0);
  expect(table.stdout).toContain("a\\x1b[31m\\x9b2J\\u202e");
  const document = (await walras("compare", evil, evil, "--json")).stdout;
  expect(JSON.parse(document).runs).toEqual([evil, evil]);
  const all = [
    table.stdout,
    document,
    (await walras("resume", evil)).stderr,
    (await walras("solve", evil)).stderr,
    (await walras(evil)).stderr,
  ];
  for (const text of all) for (const control of ["\x1b", "\x9b"]) expect(text).not.toContain(control);
  expect(all.slice(2).join("")).toContain("\\x1b");
});

test("random actions are called so, without theory, and the experiments that train the economy are named", async () => {
  const game = await walras("run", "matrix-game", "--out", "game");
  expect([game.status, game.stderr]).toEqual([0, ""]);
  expect(game.stdout).toMatch(/^measure +random actions/);
  expect(game.stdout).not.toMatch(/^measure.*theory/);
  expect(game.stdout).toContain("No shipped experiment trains matrix-game");
  expect(manifest("game").truth).toEqual({});
  expect(readFileSync(join(place, "game/report.html"), "utf8")).toContain(
    "Here nobody learns: all decisions are random.",
  );

  const bare = await walras("run", "duopoly", "--bare", "--set", "horizon=3", "--out", "bare");
  expect(bare.stdout).toMatch(/These experiments train duopoly: adage\/duopoly, .*, and \d+ more in walras list\./);
  const { actions, truth } = await json("run", "money-exchange", ...small, "--out", "nobody-decides");
  expect([actions, truth]).toEqual([null, expect.objectContaining({ gini: expect.any(Number) })]);
});

test("an economy's experiments are found by the economy, wherever their files are", async () => {
  const every = await Promise.all(experimentNames().map((name) => findTarget(name)));
  for (const name of economyNames()) {
    const { economy } = await findEconomy(name);
    const found = (await experimentsOf(economy)).map((target) => target.name);
    expect(found.toSorted()).toEqual(every.flatMap((t) => (t.experiment.economy === economy ? [t.name] : [])));
  }
  const first = async (name: string) => (await experimentsOf((await findEconomy(name)).economy))[0]?.name ?? null;
  const trainedBy = {
    "carbon-market": "domains/carbon",
    chains: "chains/rivals",
    cobweb: "adage/calibration",
    conformity: "conformity/ppo",
    duopoly: "adage/duopoly",
    "energy-grid": "domains/energy",
    execution: "execution/ppo",
    heston: null,
    hopenhayn: "hopenhayn/ppo",
    "hsv-static": "adage/hsv-static",
    "krusell-smith": "krusell-smith/learners",
    "krusell-smith-types": "krusell-smith/types",
    "linear-tax": "adage/linear-tax-log",
    "lucas-tree": "lucas-tree/dqn",
    "market-entry": "adage/tobin",
    "market-making": "adage/market-making",
    "money-exchange": null,
    monopoly: "monopoly/habit",
    "price-collusion": "collusion/fast",
    queue: "queue/doorman",
    quoting: "quoting/ppo",
    "social-consumption": "domains/consumption",
    "social-learning": "herding/ppo",
    tax: "adage/tax",
    "token-economy": "token-economy/days",
    "two-sector": "two-sector/base",
  };
  for (const [name, experiment] of Object.entries(trainedBy))
    expect([name, await first(name)]).toEqual([name, experiment]);
  expect(await findTarget("tax", { bare: true })).toMatchObject({ name: "tax", experiment: { algorithm: null } });
});

test("a failed run is overwritten with --force, and only a run is", async () => {
  const odd = ["run", fixture("tiny"), "--out", "again", "--json"];
  await failure(...odd, "--set", "config.batchSize=10");
  expect(await failure(...odd)).toBe(
    "again already holds a run, failed; continue it with: walras resume again, overwrite it with --force, or choose another --out.",
  );
  const notes = join(place, "again/notes.txt");
  writeFileSync(notes, "mine");
  expect(await failure(...odd, "--force")).toContain("again holds notes.txt, which is not part of a run");
  expect([readFileSync(notes, "utf8"), manifest("again").status]).toEqual(["mine", "failed"]);
  rmSync(notes);
  const { hash } = await json(...odd.slice(0, -1), "--force");
  expect((await json(...odd.slice(0, -1), "--force")).hash).toBe(hash);
  expect(manifest("again")).toMatchObject({ status: "complete", hash });
  expect(await failure("run", fixture("tiny"), "--out", ".", "--force")).toContain("which is not part of a run");
  for (const [document, kind] of [
    ["stress.json", "a stress test"],
    ["calibration.json", "a calibration"],
  ]) {
    mkdirSync(join(place, kind!));
    writeFileSync(join(place, kind!, document!), "{}");
    expect(await failure("run", fixture("tiny"), "--out", kind!)).toBe(
      `${kind} holds ${kind}, whose report would be overwritten; choose another --out.`,
    );
    expect(readdirSync(join(place, kind!))).toEqual([document]);
  }
});

test("a typo is answered with the few nearest names and with how to list them, not with all of them", async () => {
  for (const [args, message] of [
    [["run", "lucas-tre"], 'Did you mean "lucas-tree", "lucas-tree/'],
    [["run", "adage/tobinn"], 'Did you mean "adage/tobin"? walras list'],
    [["reproduce", "collusio"], 'Did you mean "collusion", '],
    [["run", "duopoly", "--set", "learningRate=1"], 'Did you mean "config.followers.learningRate"?'],
    [["run", "tax", "--bare", "--set", "hourss=1"], "walras describe lists its "],
    [["solve", "zzz"], "walras list names all of them; or give the path of a module."],
  ] as [string[], string][]) {
    const answer = await failure(...args);
    expect(answer).toContain(message);
    expect(answer.length).toBeLessThan(300);
  }
});

test("describe of an experiment has every setting that --set takes, as it takes it", async () => {
  const { experiment } = (await json("describe", fixture("tiny"))) as {
    experiment: { settings: { path: string; value: unknown }[] };
  };
  const set = experiment.settings.filter(({ path }) => path !== "config.gamma");
  expect(set).toContainEqual(
    expect.objectContaining({ path: "config.batchSize", value: 8, range: "an integer from 4 to 65536" }),
  );
  const given = set.flatMap(({ path, value }) => ["--set", `${path}=${value}`]);
  expect((await json("run", fixture("tiny"), ...given, "--out", "described")).hash).toBe(
    (await json("run", fixture("tiny"), "--out", "plain")).hash,
  );
  expect((await walras("describe", fixture("tiny"))).stdout).toContain(
    "| config.batchSize | 8 | an integer from 4 to 65536 |",
  );
  expect((await json("describe", "lucas-tree"))["experiment"]).toBeNull();
});

test("a place that cannot be written is named, and nothing is left half-written", async () => {
  expect(await failure("run", "money-exchange", "--out", "/proc/nope", "--json")).toContain("cannot write /proc/nope");
  writeFileSync(join(place, "in-the-way"), "mine");
  expect(await failure("run", "money-exchange", "--out", "in-the-way/run", "--json")).toContain(
    "is a file, not a directory",
  );
  expect(await failure("run", "money-exchange", "--out", "in-the-way", "--json")).toContain("in-the-way");
  expect(readFileSync(join(place, "in-the-way"), "utf8")).toBe("mine");
});

test("an unsound setting that only training discovers leaves a run marked failed", async () => {
  expect(await failure("run", fixture("tiny"), "--set", "config.batchSize=10", "--out", "odd", "--json")).toContain(
    "batchSize",
  );
  expect(manifest("odd")).toMatchObject({ status: "failed", error: expect.stringContaining("batchSize") });
});

test.each([1, 2])(
  "NaN in a user's phase: where, and the command that shows it again, on %d threads",
  async (threads) => {
    const out = `nan-${threads}`;
    const set = ["--set", "poison=3,numEnvs=4,totalSteps=400"];
    const message = await failure(
      "run",
      fixture("dynasty"),
      ...set,
      "--seed",
      "5",
      "--threads",
      String(threads),
      "--out",
      out,
      "--json",
    );
    expect(message).toMatch(
      /^Phase "pay" produced NaN in followers\.pay\[2\] \(economy dynasty, world \d, period 3\)\. Reproduce: walras run /,
    );
    expect(manifest(out)).toMatchObject({ status: "failed", error: message.slice(0, message.indexOf(" Reproduce")) });
    if (threads > 1) return;
    const command = message.slice(message.indexOf("walras run") + "walras ".length).split(" ");
    expect(await failure(...command, "--out", `${out}-again`)).toBe(message);
  },
);

test("damaged, outdated and foreign checkpoints are refused when a run is continued", async () => {
  await json("run", "money-exchange", ...small, "--out", "cut", "--until", "20");
  const folder = join(place, "cut/checkpoints");
  const file = join(folder, readdirSync(folder).at(-1)!);
  const whole = readFileSync(file);

  const text = whole.toString("latin1");
  expect(text).toContain('\\"version\\":2');
  writeFileSync(file, Buffer.from(text.replace('\\"version\\":2', '\\"version\\":0'), "latin1"));
  expect(await failure("resume", "cut", "--json")).toMatch(
    /^Checkpoint is v0, expected v2: cut\/checkpoints\/20\.safetensors/,
  );

  writeFileSync(file, whole);
  truncateSync(file, whole.length - 100);
  expect(await failure("resume", "cut", "--json")).toContain("cut/checkpoints/20.safetensors");
  truncateSync(file, 5);
  expect(await failure("resume", "cut", "--json")).toContain("cut/checkpoints/20.safetensors");

  writeFileSync(file, whole);
  await json("resume", "cut");
});

const until = async (what: () => boolean, child: ChildProcess): Promise<void> => {
  while (!what()) {
    if (child.exitCode !== null)
      throw new Error(`The run was over with exit code ${child.exitCode} before it could be stopped; make it longer.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => (child.exitCode !== null ? resolve(child.exitCode) : child.once("exit", resolve)));
const logged = (directory: string): number => {
  const log = join(place, directory, "log.ndjson");
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0;
};

test("a run that is interrupted, continued, killed and continued again ends at the hash of one that never stopped", async () => {
  const set =
    "agents=60,horizon=40,prices=41,numEnvs=4,totalSteps=5000,config.updates=250,config.bufferSize=5000,config.batchSize=64,config.gradientSteps=1";
  const start = (...args: string[]) =>
    spawn(process.execPath, [main, ...args, "--json"], { cwd: place, stdio: "ignore" });
  const straight = start("run", "lucas-tree/dqn", "--set", set, "--out", "straight");

  const first = start("run", "lucas-tree/dqn", "--set", set, "--out", "stopped");
  await until(() => logged("stopped") > 0, first);
  first.kill("SIGINT");
  expect(await ended(first)).toBe(130);
  expect(manifest("stopped").status).toBe("interrupted");

  // Killed with a log that is ahead of the last checkpoint.
  const rows = logged("stopped");
  const second = start("resume", "stopped");
  await until(() => logged("stopped") > rows + 5, second);
  second.kill("SIGKILL");
  await ended(second);
  expect(manifest("stopped").status).toBe("running");

  const third = start("resume", "stopped");
  const before = logged("stopped");
  await until(() => logged("stopped") > before, third);
  third.kill("SIGTERM");
  expect(await ended(third)).toBe(143);
  expect(manifest("stopped").status).toBe("interrupted");

  const { hash } = documentOf(alone(place, "resume", "stopped", "--threads", "2", "--json"));
  expect(await ended(straight)).toBe(0);
  expect(hash).toBe(manifest("straight").hash);
  expect(readFileSync(join(place, "stopped/log.ndjson"))).toEqual(readFileSync(join(place, "straight/log.ndjson")));
  expect(manifest("stopped").summary).toEqual(manifest("straight").summary);
});

test.skipIf(process.platform === "win32")(
  "a killed wrapper leaves nobody computing, and its run can be continued",
  async () => {
    const endless =
      "agents=60,horizon=40,prices=41,numEnvs=4,totalSteps=4000000,config.updates=200000,config.batchSize=64";
    const wrapper = spawn(
      process.execPath,
      [join(root, "bin/walras.js"), "run", "lucas-tree/dqn", "--set", endless, "--out", "orphan"],
      { cwd: place, stdio: "ignore" },
    );
    await until(() => logged("orphan") > 2, wrapper);
    const store = fileStore(join(place, "orphan"));
    expect(() => store.lock()).toThrow(
      /is being written by process \d+ on .* since .*: walras run lucas-tree\/dqn --set/,
    );
    expect(await failure("resume", "orphan")).toMatch(
      /^orphan is being written by process \d+ .+ Wait for it, or end it first\.$/,
    );
    expect(await failure("report", "orphan")).toContain("is being written by");
    wrapper.kill("SIGKILL");
    const free = (): boolean => {
      try {
        store.lock()();
        return true;
      } catch {
        return false;
      }
    };
    await expect.poll(free, { timeout: 10_000 }).toBe(true);
    const rows = logged("orphan");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(logged("orphan")).toBe(rows);
  },
);

test("stress: scenarios of a file, on the same draws, and what is wrong with a file is said with its line", async () => {
  // Relations follow from the number of banks, that of each scenario
  const rows = "calm,0.001,,\nstorm,0.2,,\nhelped,0.2,1,\nmore,0.2,,9\n";
  writeFileSync(join(place, "scenarios.csv"), `scenario,volatility,rescue,banks\n${rows}`);
  const small = ["stress", "interbank", "--set", "banks=5", "--worlds", "3", "--periods", "2", "--out", "stress-a"];
  const { status, stdout, stderr } = await walras(...small, "--scenarios", "scenarios.csv", "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { outcomes, findings, loss, level } = JSON.parse(stdout);
  expect({ loss, level }).toEqual({ loss: "loss", level: 0.95 });
  expect(outcomes.map(({ label }: { label: string }) => label)).toEqual(["calm", "storm", "helped", "more"]);
  expect(outcomes[0].anyFailure).toBe(0);
  expect(outcomes[1].anyFailure).toBeGreaterThan(0);
  expect(outcomes[2].mean).toBeLessThan(outcomes[1].mean);
  expect(findings[0]).toMatch(/^Severest is (storm|more): /);
  expect(existsSync(join(place, "stress-a/report.html"))).toBe(true);
  writeFileSync(join(place, "scenarios.csv"), "volatility\n0.01\n-1\n");
  expect((await walras(...small, "--scenarios", "scenarios.csv")).stderr).toContain(
    'scenarios.csv, line 3: interbank.volatility: got "-1", expected a number from 0 to 1.',
  );
});

test("stress --run: banks play what they learned, where they decide; fewer may than learned, more may not", async () => {
  const own = join(root, "experiments/risk/contagion.ts");
  writeFileSync(join(place, "own.ts"), `export { default } from ${JSON.stringify(own)};\n`);
  await walras("run", "./own.ts", "--set", "totalSteps=800,banks=6", "--seed", "1001", "--out", "learned");
  const foreign = ["stress", "interbank", "--run", "learned", "--worlds", "3", "--periods", "2", "--out", "stress-b"];
  expect(await failure(...foreign)).toMatch(/does not come with Walras\. Add --trust if that is what you want\.$/);
  const learned = [...foreign, "--trust"];
  writeFileSync(join(place, "fixed.csv"), "scenario,decisions,leverage,banks\nlearned,,,5\nfixed,never,24,\n");
  const { outcomes } = (await json(...learned, "--scenarios", "fixed.csv")) as unknown as {
    outcomes: { label: string; mean: number; worst: { failed: number[] } }[];
  };
  expect(outcomes.map(({ worst }) => worst.failed.length)).toEqual([5, 6]);
  expect(await failure(...learned, "--set", "banks=8")).toBe(
    "--run learned: 6 banks of interbank learned there, and 8 would decide in volatility 0.01. Give a run with as many, or settings with fewer.",
  );
  expect(await failure(...learned, "--set", "regulation=episode")).toContain(
    "--run learned: regulator of interbank did not learn there, but would decide in volatility 0.01.",
  );
  expect(await failure(...learned, "--set", "decisions=never")).toBe(
    "--run: nobody in interbank decides under these settings; leave --run out.",
  );
});
