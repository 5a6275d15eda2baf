// What `stress` says about scenarios and names that are wrong, without playing anything; test/cli.test.ts plays.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { said } from "../../test/said.ts";
import { stressVerb } from "./stress.ts";

const place = mkdtempSync(join(tmpdir(), "walras-stress-"));
afterAll(() => rmSync(place, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const small = ["--set", "banks=5", "--worlds", "2", "--periods", "1", "--seed", "3"];
const file = join(place, "scenarios.csv");
const stress = (...args: string[]) => said(stressVerb, "interbank", ...small, "--out", join(place, "out"), ...args);
const of = (text: string | Uint8Array, ...args: string[]): Promise<string> => {
  writeFileSync(file, text);
  return stress("--scenarios", file, ...args);
};

test.each([
  ["", "scenarios.csv: the file is empty, expected a header and rows."],
  ["volatility\n", "scenarios.csv has 0 scenarios, expected from 1 to 1000."],
  [
    "volatility,rescue\n0.1,0\n0.2",
    "the last line (3) has 1 cell, expected 2 as in the header: the file seems to be cut off.",
  ],
  ["volatility\n0.1\n0,2\n0.3\n", "line 3: got 2 cells, expected 1 as in the header."],
  ["volatility\n\n0.1\nNaN\n", 'line 4: interbank.volatility: got "NaN", expected a number from 0 to 1.'],
  ["scenario,volatility\na,\nb,7\n", 'line 3: interbank.volatility: got "7", expected a number from 0 to 1.'],
  ["volatilty\n0.1\n", 'interbank has no parameter "volatilty". Did you mean "volatility"?'],
  [
    "scenario;volatility\na;0.1\n",
    'which looks separated by semicolons rather than commas. Say so with --delimiter ";".',
  ],
  ["volatility,volatility\n0.1,0.2\n", 'several columns called "volatility". Keep one of them.'],
  ["scenario\na\nb\n", "has no column of a parameter, so that all scenarios are alike."],
  [Uint8Array.of(255, 254, 118, 0), "is not UTF-8"],
  ["network,exposureCap\nring,1\n", 'line 2: interbank.network: got "ring"'],
])("a file of scenarios is refused with its line: %j", async (text, message) => {
  await expect(of(text)).rejects.toThrow(message);
  expect(readdirSync(place)).toEqual(["scenarios.csv"]);
});

test("names, shocks and places that cannot be are refused before anything is played or written", async () => {
  mkdirSync(join(place, "folder"));
  for (const [args, message] of [
    [["--scenarios", join(place, "none.csv")], `--scenarios: there is no file ${join(place, "none.csv")}.`],
    [["--scenarios", join(place, "folder")], "folder is a directory, expected a file."],
    [["--shock", "volatility= :0.2:3"], 'got "volatility= :0.2:3", expected name=from:to:count'],
    [["--shock", "volatility=0.1:0.2:0"], "expected name=from:to:count"],
    [["--shock", "network=0.1:0.2:2"], 'interbank has no number called "network".'],
    [["--shock", "volatility=0.1:0.2:1001"], "these are 1001 scenarios, expected at most 1000"],
    [["--shock", "volatility=0.1:7:2"], "interbank.volatility: got 7, expected a number from 0 to 1."],
    [["--shock", "rescue=0:1:2", "--scenarios", file], "give one of them"],
    [["--loss", "los"], '--loss: interbank has no metric "los". Did you mean "loss"?'],
    [["--order", "rund"], '--order: interbank.banks has no column "rund". Did you mean "round"?'],
    [["--fails", "banks.round", "--order", "rund"], '--order: interbank.banks has no column "rund".'],
    [["--fails", "banks"], '--fails: interbank.banks has no column "".'],
    [["--carries", "loan.unpaid"], '--carries: interbank has no "loan". Did you mean "loans"?'],
    [["--level", "1"], "expected a share between 0 and 1"],
    [["--set", "decisions=period"], "interbank has agents who decide"],
    [["--run", join(place, "folder")], "folder holds no run: run.json is missing."],
    [["--out", ""], "--out: got an empty name"],
    [["--out", join(file, "below")], "below: part of the path is a file, not a directory (ENOTDIR)"],
    [["--out", file], "scenarios.csv: part of the path is a file, not a directory (ENOTDIR)"],
  ] as const)
    await expect(stress(...args), args.join(" ")).rejects.toThrow(message);
  expect(readdirSync(place).sort()).toEqual(["folder", "scenarios.csv"]);
  for (const [held, kind] of [
    ["run.json", "a run"],
    ["calibration.json", "a calibration"],
    ["counterfactual.json", "a counterfactual"],
  ] as const) {
    writeFileSync(join(place, "folder", held), "{}");
    await expect(stress("--out", join(place, "folder"))).rejects.toThrow(
      `folder holds ${kind}, whose report would be overwritten; choose another --out.`,
    );
    rmSync(join(place, "folder", held));
  }
});

test("a file separated by something else is read as its command says, and the command is shown again", async () => {
  const { outcomes, command } = JSON.parse(
    await of("scenario;volatility\ncalm;0\nstorm;0.2\n", "--delimiter", ";", "--json"),
  );
  expect(outcomes.map(({ label, set }: Record<string, unknown>) => [label, set])).toEqual([
    ["calm", { volatility: "0" }],
    ["storm", { volatility: "0.2" }],
  ]);
  expect(command).toContain("--delimiter ';'");
});
