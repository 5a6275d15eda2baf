import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import type { Policy } from "../algorithms/algorithm.ts";
import { box, defineEconomy, f64, i32, param, population } from "../economy/index.ts";
import { play } from "../experiment/play.ts";
import { csvMetadata, type PanelFormat, panelWriter } from "../store/index.ts";
import { choosePanel } from "./panel.ts";

const town = defineEconomy({
  name: "town",
  source: "test",
  summary: "Savers count their periods.",
  params: { goods: param(2, { min: 1, integer: true }) },
  horizon: 2,
  world: { stock: f64({ each: "goods", unit: "goods" }), price: f64({ unit: "money/good", doc: "posted" }) },
  populations: {
    savers: population({
      size: 3,
      state: {
        held: f64({ unit: "money", doc: "wealth" }),
        age: i32({ unit: "periods" }),
        basket: f64({ each: "goods" }),
      },
      actions: { saved: box(0, 1, { unit: "money" }) },
    }),
    firms: population({ size: 1, state: { profit: f64() } }),
  },
  phases: ({ decide, each, world }) => ({
    save: decide("savers", { doc: "s" }),
    hold: each("savers", { doc: "h′ = h + s" }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        k.held[i]! += k.saved[i]! + i;
        k.age[i]!++;
        for (let g = 0; g < 2; g++) k.basket[i * 2 + g] = 10 * i + g;
      }
    }),
    post: world({ doc: "p = z, and a price that is unknown in second periods" }, (w, _p, draw) => {
      const z = draw.normal("z");
      w.stock.set([3, 4]);
      w.price = w.period === 1 ? -0 : z;
    }),
  }),
  observe: { savers: { held: { column: "held", doc: "own" } } },
  reward: { savers: { column: "held", doc: "own" } },
});
const params = { goods: 2 };
const half: Policy = { load() {}, act: (actions, _obs, rows) => void actions.fill(0.5, 0, rows) };

function record(format: PanelFormat, choice: Parameters<typeof choosePanel>[2]): Uint8Array {
  const panel = choosePanel(town, params, choice);
  const pieces: Uint8Array[] = [];
  const writer = panelWriter(format, panel.columns, { run: "r", seed: 1 }, (bytes) => pieces.push(bytes.slice()));
  play({ economy: town, policies: { savers: half }, seed: 1, periods: 3, worlds: 2, visit: panel.record(writer) });
  writer.finish();
  return new Uint8Array(Buffer.concat(pieces));
}

test("a CSV panel has a row per agent, world and period, over episodes", () => {
  const lines = new TextDecoder().decode(record("csv", { population: "savers", columns: ["held", "age"] })).split("\n");
  expect(lines[0]).toBe("world,episode,period,agent,held,age");
  expect(lines.at(-1)).toBe("");
  const rows = lines.slice(1, -1).map((line) => line.split(",").map(Number));
  // held = (period + 1)(½ + i), begun anew in the third period played, which is the first of the second episode
  const expected = [];
  for (const [episode, period] of [
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const)
    for (const world of [0, 1])
      for (const agent of [0, 1, 2])
        expected.push([world, episode, period, agent, (period + 1) * (0.5 + agent), period + 1]);
  const order = (a: number[], b: number[]) => JSON.stringify(a).localeCompare(JSON.stringify(b));
  expect(rows.sort(order)).toEqual(expected.sort(order));
});

test("a Parquet panel holds the same to the last bit, with units, meanings and its source in the metadata", async () => {
  const bytes = record("parquet", { population: "savers" });
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const objects = await parquetReadObjects({ file });
  const [header, ...lines] = new TextDecoder()
    .decode(record("csv", { population: "savers" }))
    .trim()
    .split("\n");
  expect(Object.keys(objects[0]!)).toEqual(header!.split(","));
  expect(objects.map((row) => Object.values(row).map((x) => (Object.is(x, -0) ? 0 : x)))).toEqual(
    lines.map((line) => line.split(",").map(Number)),
  );
  expect(objects).toHaveLength(18);
  const { key_value_metadata: pairs, num_rows } = parquetMetadata(file);
  expect(Number(num_rows)).toBe(18);
  const meta = JSON.parse(pairs!.find(({ key }) => key === "walras")!.value!);
  expect(meta).toMatchObject({ run: "r", seed: 1 });
  const columns = Object.fromEntries(meta.columns.map((column: { name: string }) => [column.name, column]));
  expect(columns.held).toEqual({ name: "held", unit: "money", doc: "wealth", integer: false });
  expect(columns.saved.unit).toBe("money");
  expect(columns["world.price"].unit).toBe("money/good");
  expect(columns.age.integer).toBe(true);
});

test("an inner axis is a column per item", () => {
  const columns = ["basket", "world.stock"];
  const [header, ...rows] = new TextDecoder()
    .decode(record("csv", { population: "savers", columns }))
    .trim()
    .split("\n");
  expect(header).toBe("world,episode,period,agent,basket/0,basket/1,world.stock/0,world.stock/1");
  for (const row of rows) {
    const [, , , agent, ...values] = row.split(",").map(Number);
    expect(values).toEqual([10 * agent!, 10 * agent! + 1, 3, 4]);
  }
});

test("more rows than a group arrive whole and in order; numbers that are not finite are missing", async () => {
  const pieces: Uint8Array[] = [];
  const columns = [{ name: 'a "b"', unit: "1", doc: "" }];
  for (const format of ["parquet", "csv"] as const) {
    pieces.length = 0;
    const writer = panelWriter(format, columns, {}, (bytes) => pieces.push(bytes.slice()));
    for (let k = 0; k < 3; k++)
      writer.rows(50_000, [
        Float64Array.from({ length: 50_000 }, (_, i) => (k === 1 && i === 7 ? NaN : k * 50_000 + i)),
      ]);
    writer.finish();
    const bytes = new Uint8Array(Buffer.concat(pieces));
    const values =
      format === "csv"
        ? new TextDecoder()
            .decode(bytes)
            .split("\n")
            .slice(1, -1)
            .map((x) => (x === "" ? null : Number(x)))
        : (await parquetReadObjects({ file: bytes.buffer as ArrayBuffer })).map((row) => row['a "b"']);
    expect(values).toHaveLength(150_000);
    expect(values.findIndex((x, i) => x !== (i === 50_007 ? null : i))).toBe(-1);
    if (format === "csv") expect(new TextDecoder().decode(bytes).split("\n")[0]).toBe('"a ""b"""');
  }
});

test("metadata beside a CSV file say units", () => {
  const { tableSchema } = JSON.parse(
    csvMetadata("p.csv", choosePanel(town, params, { population: "firms" }).columns, {}),
  );
  expect(tableSchema.columns.map((c: { name: string }) => c.name)).toEqual([
    "world",
    "episode",
    "period",
    "agent",
    "profit",
    "world.stock/0",
    "world.stock/1",
    "world.price",
  ]);
  expect(tableSchema.columns[7]).toMatchObject({ "schema:unitText": "money/good", datatype: "double" });
});

test("names that are not there are refused with what there is", () => {
  expect(() => choosePanel(town, params)).toThrow("town has several populations; choose one of them: savers, firms.");
  expect(() => choosePanel(town, params, { population: "saver" })).toThrow('Did you mean "savers"?');
  expect(() => choosePanel(town, params, { population: "savers", columns: ["price"] })).toThrow(
    'savers has no column "price". Did you mean "world.price"? Expected one of: held, age, basket, saved, world.stock, world.price.',
  );
});
