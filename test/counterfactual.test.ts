// `walras counterfactual` as its users meet it, on an economy whose policy has a known effect at each parameter.
import {
  existsSync,
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
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { counterfactualVerb } from "../src/cli/counterfactual.ts";
import { createSimulation } from "../src/economy/index.ts";
import { leastSquaresLine, mean } from "../src/math/index.ts";
import ar1 from "./fixtures/ar1.ts";

const root = join(import.meta.dirname, "..");
const economy = join(root, "test/fixtures/ar1.ts");
const place = realpathSync(mkdtempSync(join(tmpdir(), "walras-counterfactual-")));
const at = (name: string): string => join(place, name);
afterAll(() => rmSync(place, { recursive: true }));
const PERIODS = 100;
let prices: number[] = [];
beforeAll(() => {
  const simulation = createSimulation(ar1, { params: { meanPrice: 12, persistence: 0.7, noiseSd: 0.5 }, seed: 77 });
  simulation.reset(0);
  prices = Array.from({ length: PERIODS }, () => {
    simulation.phases.forEach((_, index) => void simulation.runPhase(index, 0));
    simulation.endPeriod(0);
    return simulation.worlds[0].price as number;
  });
  writeFileSync(at("prices.csv"), `day,price\n${prices.map((price, i) => `${i + 1},${price}`).join("\n")}\n`);
  writeFileSync(at("holes.csv"), `price\n${prices.map((price, i) => (i === 30 ? "NaN" : price)).join("\n")}\n`);
});

const portionsIn = (name: string): string[] =>
  existsSync(at(`${name}/candidates`))
    ? readdirSync(at(`${name}/candidates`)).filter((file) => !file.endsWith(".tmp"))
    : [];

const asked = ["--column", "price", "--fit", "persistence,meanPrice", "--set", "noiseSd=0.5"];
/** What the verb prints. */
const walras = async (...args: string[]): Promise<string> => {
  let printed = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  try {
    await counterfactualVerb()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync([economy, ...args], { from: "user" });
  } finally {
    write.mockRestore();
  }
  return printed;
};

/** Runs until more than so many portions are kept, then sends this process the signal, and returns what is said of it. */
async function interrupted(portions: number, args: readonly string[], out: string): Promise<string> {
  let said = "";
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  const stopping = setInterval(() => portionsIn(out).length > portions && process.emit("SIGINT", "SIGINT"), 1);
  try {
    expect([await walras(...args, "--out", at(out), "--json"), process.exitCode]).toEqual(["", 130]);
  } finally {
    clearInterval(stopping);
    stderr.mockRestore();
    process.exitCode = undefined;
  }
  return said;
}

test("the effect at each draw of the posterior is the closed form's; draws are around the truth; threads, interruptions and damage change nothing", async () => {
  const args = [
    "--data",
    at("prices.csv"),
    ...asked,
    "--policy",
    "drift=0.5",
    "--range",
    "meanPrice=10:14",
    "--simulations",
    "2000",
    "--draws",
    "30",
    "--worlds",
    "2",
  ];
  const document = JSON.parse(await walras(...args, "--threads", "2", "--out", at("two"), "--json"));
  const [persistence, meanPrice] = document.posterior.parameters;
  expect(document.effect.effects).toHaveLength(30);
  // x_t of two worlds with the same shocks differ by drift (1 − ρ^(t+1))/(1 − ρ) at the end of period t, from 0 on.
  persistence.draws.forEach((ρ: number, i: number) => {
    let sum = 0;
    for (let t = 1; t <= PERIODS; t++) sum += (0.5 * (1 - ρ ** t)) / (1 - ρ);
    expect(document.effect.effects[i]).toBeCloseTo(sum / PERIODS, 9);
  });
  expect(document.effect.gain).toBeGreaterThan(1e6);
  expect(document.effect.positive).toBe(1);
  // Within half a standard error, 0.07 and 0.17, of what least squares make of the data.
  const line = leastSquaresLine(prices.slice(0, -1), prices.slice(1));
  expect(Math.abs(persistence.mean - line.slope)).toBeLessThan(0.035);
  expect(persistence.sd).toBeGreaterThan(0.05);
  expect(persistence.sd).toBeLessThan(0.1);
  expect(Math.abs(meanPrice.mean - mean(prices))).toBeLessThan(0.085);
  expect(meanPrice.prior).toEqual({ kind: "uniform", low: 10, high: 14 });
  expect(document.findings[0]).toMatch(/^With drift=0\.5 the mean price changes by .* 100 % of it above 0\.$/);
  const page = readFileSync(at("two/report.html"), "utf8");
  for (const title of ["Effect of the policy", "Posterior of persistence"]) expect(page).toContain(title);
  const { seconds: _, run: __, ...told } = document;
  const { seconds: ___, ...kept } = JSON.parse(readFileSync(at("two/counterfactual.json"), "utf8"));
  expect(kept).toEqual(told);

  expect(await interrupted(2, args, "one")).toMatch(
    /^Interrupted after \d+ of 2000 simulations\. Continue with: walras counterfactual .* --out .*one\n$/,
  );
  expect(JSON.parse(readFileSync(at("one/counterfactual.json"), "utf8"))).toMatchObject({ status: "running" });
  const portions = portionsIn("one").map((file) => at(`one/candidates/${file}`));
  const written = () => portions.map((file) => statSync(file).mtimeMs);
  const before = written();
  await interrupted(portions.length + 1, args, "one");
  expect(written()).toEqual(before); // none was simulated again
  writeFileSync(portions[0]!, readFileSync(portions[0]!).subarray(0, 100));
  await expect(walras(...args, "--seed", "2", "--out", at("one"))).rejects.toThrow(
    "one holds an unfinished counterfactual with other settings, data or code; choose another --out, or remove it.",
  );
  const again = await walras(...args, "--out", at("one"));
  expect(portionsIn("one")).toEqual([]);
  await expect(walras(...args, "--out", at("one"))).rejects.toThrow("one already holds a counterfactual");
  expect(again).toContain(document.findings[0]);
  const { seconds: ____, ...other } = JSON.parse(readFileSync(at("one/counterfactual.json"), "utf8"));
  expect(other).toEqual(kept);
});

test("what is wrong with data, names and values is said before anything is simulated", async () => {
  const failure = (...args: string[]): Promise<string> =>
    walras("--out", at("none"), ...args).catch((error: Error) => error.message);
  const data = ["--data", at("prices.csv"), ...asked];
  const policy = ["--policy", "drift=0.5"];
  expect(await failure("--data", at("no.csv"), ...asked, ...policy)).toContain("no such file");
  expect(await failure("--data", at("holes.csv"), ...asked, ...policy)).toContain('"NaN"');
  expect(await failure(...data)).toContain("--policy");
  expect(await failure(...data, "--policy", "dirft=1")).toContain('no parameter "dirft". Did you mean "drift"?');
  expect(await failure(...data, "--policy", "persistence=0.2")).toContain("it is fitted to the data, too");
  expect(await failure(...data, "--policy", "drift=0")).toContain("the economy is so already");
  expect(await failure(...data, "--policy", "drift=NaN")).toContain("drift");
  expect(await failure(...data, ...policy, "--outcome", "prise")).toContain(
    "Choose one with --outcome: deviation, price.",
  );
  expect(await failure(...data, ...policy, "--method", "guess")).toContain("abc, neural");
  expect(await failure("--data", at("prices.csv"), "--column", "price", ...policy)).toContain(
    "Name numeric ones with --fit",
  );
  expect(await failure("--data", at("prices.csv"), "--column", "price", "--fit", "drift,colour", ...policy)).toContain(
    "fitted",
  );
  expect(await failure(...data, ...policy, "--range", "meanPrice= :14")).toContain("expected name=low:high");
  expect(await failure(...data, ...policy, "--range", "meanPrice=14:10")).toContain(
    "expected the low end below the high",
  );
  expect(existsSync(at("none"))).toBe(false);
});
