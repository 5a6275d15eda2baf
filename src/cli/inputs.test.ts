// Networks of a run from files, and how options for streams are read: what is linked, what is recorded, and which files and settings are refused.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { herding } from "../../economies/herding.ts";
import { opinions } from "../../economies/opinions.ts";
import { tokenEconomy } from "../../economies/token-economy.ts";
import { createSimulation, type Economy, isUnknown } from "../economy/index.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "../experiment/experiment.ts";
import { asExperiment } from "../experiment/load.ts";
import { collectNetworks, inputOptions, inputsOf, streamSettings, withNetworks } from "./inputs.ts";

const place = mkdtempSync(join(tmpdir(), "walras-inputs-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
};

const small = { traders: 20, degree: 2, community: 5 };
const experiment: Experiment = asExperiment(tokenEconomy, "test");
const asked = (path: string, params: object = small, links = "followed"): ResolvedRun => {
  const run = resolveRun(experiment, { ...params }, 1);
  const inputs = inputsOf({ experiment }, run, { network: { [links]: path } });
  return { ...run, ...(inputs && { inputs }) };
};
const ring = (n: number): string =>
  `source,target\n${Array.from({ length: n }, (_, i) => `${i},${(i + 1) % n}`).join("\n")}\n`;

test("links come from the file, sorted by source, and theory of the economy's own network is unknown", async () => {
  const path = file("ties.csv", "target,source\n3,1\n0,7\n2,1\n19,0\n");
  const run = asked(path);
  expect(run.inputs?.networks).toEqual([
    { links: "followed", file: path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(inputOptions(run.inputs!)).toBe(` --network followed=${path}`);
  const { economy, expect: claims } = await withNetworks(experiment, run);
  const simulation = createSimulation(economy, { params: run.params });
  simulation.reset(0);
  const { source, target, size } = simulation.worlds[0].followed as unknown as Record<string, ArrayLike<number>>;
  expect([size, [...Array.from(source)], [...Array.from(target)]]).toEqual([4, [0, 1, 1, 7], [19, 3, 2, 0]]);
  expect(claims).toBe(null);
  expect(isUnknown(economy.truth!(run.params)["clusterCorrelation"])).toBe(true);
  for (const identity of Object.values(economy.identities))
    expect(identity.of(simulation.worlds[0], run.params)).toBe(0);
});

test("columns named as those of the links fill them, and those that nobody would read are refused", async () => {
  const given = async (text: string, own: Experiment = experiment, params: object = small, links = "followed") => {
    const run = resolveRun(own, { ...params }, 1);
    const inputs = inputsOf({ experiment: own }, run, { network: { [links]: file("weights.csv", text) } });
    const { economy } = await withNetworks(own, { ...run, inputs: inputs! });
    const simulation = createSimulation(economy, { params: run.params });
    simulation.reset(0);
    return simulation.columns;
  };
  const strengths = (await given("strength,target,source\n7,3,1\n255,0,7\n0,2,1\n")) as Record<string, Uint8Array>;
  expect([...strengths["followed.strength"]!.subarray(0, 3)]).toEqual([7, 0, 255]); // by source, then as they stand
  const where = join(place, "weights.csv");
  await expect(given("source,target,strength\n0,1,256\n")).rejects.toThrow(
    `${where}, column "strength": got 256, expected an integer from 0 to 255, as followed of token-economy hold it.`,
  );
  await expect(given("source,target,weight\n0,1,1\n")).rejects.toThrow(
    `${where} has the column "weight", and followed of token-economy have the columns strength of one value a link. Name it as the one that it fills, or remove it.`,
  );
  await expect(
    given("source,target,x\n0,1,1\n", asExperiment(herding as Economy, "test"), { agents: 12 }),
  ).rejects.toThrow(
    `${where} has the column "x", and followed of herding have no columns of one value a link. Remove it.`,
  );
  // Trust that is drawn at the start gives way to the file's, and what the start makes of it follows.
  const people = asExperiment(opinions as Economy, "test");
  const drawn = { agents: 3, neighbours: 2, trust: "unequal" };
  const own = await given("source,target,trust\n0,1,0.5\n1,0,2\n2,0,3\n", people, drawn, "contacts");
  expect([...(own["contacts.trust"] as Float64Array).subarray(0, 3)]).toEqual([0.5, 2, 3]);
  expect((own["people.influence"] as Float64Array)[2]).toBeCloseTo(0, 12); // nobody listens to it
});

test("herding takes a network too", async () => {
  const own: Experiment = asExperiment(herding as Economy, "test");
  const resolved = resolveRun(own, { agents: 12, degree: 1 }, 1);
  const inputs = inputsOf({ experiment: own }, resolved, { network: { followed: file("ring.csv", ring(12)) } });
  const { economy } = await withNetworks(own, { ...resolved, inputs: inputs! });
  const simulation = createSimulation(economy, { params: resolved.params });
  simulation.reset(0);
  expect([...(simulation.columns["followed.target"] as Int32Array)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0]);
});

test("bad files say where, what came and what was expected", async () => {
  const given = async (text: string, params: object = small): Promise<Experiment> =>
    withNetworks(experiment, asked(file("bad.csv", text), params));
  const where = join(place, "bad.csv");
  await expect(given("source,target\n0,1\n4,20\n")).rejects.toThrow(
    `${where}, line 3, column "target": got node 20, expected a whole number from 0 to 19.`,
  );
  await expect(given("source,target\n0,1\n2,b\n")).rejects.toThrow(/bad\.csv, line 3, column "target": .*"b"/);
  await expect(given("from,to\n0,1\n")).rejects.toThrow(/bad\.csv.*"source"/);
  await expect(given("source,target\n0,1\n3,3\n")).rejects.toThrow("line 3: node 3 is linked to itself");
  await expect(given(ring(20), { ...small, degree: 1, traders: 20 })).resolves.toBeDefined();
  const many = `${ring(20)}${Array.from({ length: 25 }, (_, k) => `${k % 20},${(k + 5 + Math.floor(k / 20)) % 20}`).join("\n")}\n`;
  await expect(given(many)).rejects.toThrow(
    `${where} has 45 links, and followed of 20 rows have room for 40. Set degree to 3 or more.`,
  );
  expect(() => asked(join(place, "none.csv"))).toThrow(`--network: there is no file ${join(place, "none.csv")}.`);
  expect(() => asked(where, small, "friends")).toThrow(
    'token-economy has no links "friends" that it makes at the start; it has followed.',
  );
});

test("a file that has changed since the run began is refused", async () => {
  const path = file("changing.csv", ring(20));
  const run = asked(path);
  await withNetworks(experiment, run);
  file("changing.csv", ring(19));
  await expect(withNetworks(experiment, run)).rejects.toThrow(
    /changing\.csv is not as it was when the run began: its SHA-256 is/,
  );
});

test("settings of streams are read, shown again and refused by name", () => {
  const settings = streamSettings("-", { value: "close", step: "5", start: "-1" });
  expect(settings).toEqual({
    source: "-",
    into: "outside",
    time: "time",
    value: "close",
    start: -1,
    step: 5,
    patience: 0,
    drift: null,
    noise: null,
  });
  expect(inputOptions({ stream: settings })).toBe(
    " --stream - --stream-set value=close --stream-set start=-1 --stream-set step=5",
  );
  expect(() => streamSettings("-", { steps: 5 })).toThrow('"steps"');
  expect(() => streamSettings("-", { step: "0" })).toThrow('--stream-set step: got "0", expected a number above 0.');
  expect(() => streamSettings("-", { drift: "-1" })).toThrow("expected a number of at least 0");
  expect(() => streamSettings("-", { patience: "1.5" })).toThrow("expected a whole number of periods");
  const run = resolveRun(experiment, small, 1);
  const stream = (options: object) => () => inputsOf({ experiment }, run, { stream: "-", ...options });
  expect(stream({})()).toEqual({ stream: streamSettings("-") });
  expect(stream({ stream: "none.csv" })).toThrow("--stream: there is no file none.csv.");
  expect(stream({ stream: place })).toThrow("is a directory, expected a file.");
  expect(stream({ stream: "ws://bad host/" })).toThrow("--stream: ws://bad host/ is no address");
  for (const [text, message] of [
    ["", "points.csv has no points, expected a header and rows."],
    ["time,value\n", "points.csv has no points"],
    [
      "tine,value\n0,1\n",
      'no column "time". Did you mean "tine"? Its columns: tine, value. Say which it is with --stream-set time=',
    ],
    ["time;value\n0;1\n", "which looks separated by semicolons rather than commas. Separate them by commas. Its"],
    ["\0\xff\n1\n", "is not UTF-8"],
  ])
    expect(stream({ stream: file("points.csv", text!) })).toThrow(message);
  const points = file("points.csv", "value,time\n1,0\n");
  expect(stream({ stream: points })()).toEqual({ stream: streamSettings(points) });
  expect(stream({ streamSet: { into: "price" } })).toThrow(
    'token-economy has no world scalar "price" to set; name one by --stream-set into=…: outside, outsideBefore,',
  );
  expect(() => inputsOf({ experiment }, run, { streamSet: { step: 1 } })).toThrow(
    "--stream-set is given without --stream",
  );
  expect(() => inputsOf({ experiment }, { ...run, numEnvs: 2 }, { stream: "x.csv" })).toThrow(
    "numEnvs is 2, expected 1 world",
  );
  expect(() => collectNetworks("followed")).toThrow("expected links=file");
});
