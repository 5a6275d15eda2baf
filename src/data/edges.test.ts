import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type EdgeOptions, parseEdges } from "./index.ts";

const csv = (text: string, options: EdgeOptions = {}) =>
  parseEdges(new TextEncoder().encode(text), "ties.csv", options);
const parquet = (columns: Readonly<Record<string, ArrayLike<number> | (number | null)[]>>): Uint8Array => {
  const writer = new ByteWriter();
  const columnData = Object.entries(columns).map(([name, data]) => ({
    name,
    type: name === "weight" ? ("DOUBLE" as const) : ("INT32" as const),
    data: Array.from(data),
  }));
  parquetWrite({ writer, columnData });
  return new Uint8Array(writer.getBytes());
};
const links = ({ source, target }: { source: Int32Array; target: Int32Array }) =>
  [...source].map((i, l) => `${i}-${target[l]}`).join(" ");

describe("edges", () => {
  test("are sorted by source, in the file's order within one, and from both ends if mutual", async () => {
    const text = "weight,target,source\n.5,0,2\n2,3,0\r\n1.25,1,0\n";
    const edges = await csv(text, { weight: "weight" });
    expect(edges.nodes).toBe(4);
    expect(links(edges)).toBe("0-3 0-1 2-0");
    expect([...(edges.weight ?? [])]).toEqual([2, 1.25, 0.5]);
    const both = await csv(text, { weight: "weight", mutual: true, nodes: 6 });
    expect(both.nodes).toBe(6);
    expect(links(both)).toBe("0-2 0-3 0-1 1-0 2-0 3-0");
    expect([...(both.weight ?? [])]).toEqual([0.5, 2, 1.25, 1.25, 0.5, 2]);
    expect((await csv(text)).weight).toBeNull();
  });

  test("read alike from plain and quoted cells, other delimiters, names and Parquet", async () => {
    const plain = await csv("source,target,weight\n10,2,0.1\n0,1,123456789.0123456789\n3,10,7", { weight: "weight" });
    expect([...(plain.weight ?? [])]).toEqual([123456789.01234567, 7, 0.1]);
    const options = { source: "a", target: "b", weight: "w", delimiter: ";" };
    expect(await csv('\uFEFFa;b;"w"\n"10";2;1e-1\n\n0;1;123456789.0123456789\n3;10;7\n', options)).toEqual(plain);
    const table = parquet({ target: [2, 1, 10], weight: [0.1, 123456789.01234567, 7], source: [10, 0, 3] });
    expect(await parseEdges(table, "ties.parquet", { weight: "weight" })).toEqual(plain);
    expect(links(await csv("source,target\n"))).toBe("");
  });

  test("in parts that are decoded one after the other keep their lines", async () => {
    // Lines of 1 kB: the first part ends with line 4098, the second with 8195.
    const wide = (rest: string) => (cell: (i: number) => string) =>
      `source,target,note\n${Array.from({ length: 8200 }, (_, i) => cell(i)).join("")}${rest}`;
    const line = (note: string) => (i: number) => `${i},${(i + 1) % 7},`.padEnd(1023, note) + "\n"; // biome-ignore format: short
    for (const note of ["x", " "]) {
      const plain = line(note);
      await expect(csv(wide("9,9,\n")(plain))).rejects.toThrow("ties.csv, line 8202: node 9 is linked to itself");
      await expect(csv(wide("")((i) => (i === 4096 ? "4\n" : plain(i))))).rejects.toThrow("line 4098: got 1 cell,");
    }
    await expect(csv(wide("7")(line("x")))).rejects.toThrow("the last line (8202) has 1 cell, expected 3");
    const zeros = line("0");
    expect((await csv(wide("8200,2,1")((i) => zeros(i)))).source.length).toBe(8201);
  });

  test.each([
    ["a node beyond the last", "0,1\n1,5", { nodes: 5 }, 'line 3, column "target": got node 5, expected a whole number from 0 to 4.'],
    ["a node that is no number", "0,1\n1,a", {}, 'line 3, column "target": got "a", expected a number'],
    ["a negative node", "-1,1", {}, 'line 2, column "source": got node -1, expected a whole number from 0 to 1.'],
    ["half a node", "0.5,1", {}, 'column "source": got node 0.5'],
    ["a link to itself", "0,1\n1,1", {}, "line 3: node 1 is linked to itself. Remove such rows first."],
    ["a link twice", "0,1\n1,0\n2,1\n0,1\n2,1", {}, "line 5: nodes 0 to 1 are linked again, as on line 2."],
    ["a tie from both ends", "0,1\n1,0", { mutual: true }, "line 3: nodes 1 and 0 are linked again, as on line 2."],
    ["a row cut off", "0,1\n1", {}, "the last line (3) has 1 cell, expected 2 as in the header: the file seems to be cut off"],
    ["a cell too many", "0,1,2\n1,2", {}, "line 2: got 3 cells, expected 2"],
    ["a blank cell", "0,\n1,2", {}, 'line 2, column "target": the cell is blank'],
    ["another column", "0,1", { target: "targte" }, 'has no column "targte". Did you mean "target"?'],
    ["a column of weights that is not there", "0,1", { weight: "w" }, 'has no column "w"'],
    ["half a file of nodes", "0,1", { nodes: 1.5 }, "nodes is 1.5, expected a whole number"],
  ] as const)("with %s are refused", async (_, rows, options, error) => {
    await expect(csv(`source,target\n${rows}`, options)).rejects.toThrow(error);
  }); // biome-ignore format: a table

  test.each([
    ["-2", "got the weight -2, expected a number of at least 0"],
    ["NaN", 'line 3, column "w": got "NaN", expected a number'],
    ["", 'line 3, column "w": the cell is blank'],
  ])("with the weight %j are refused", async (weight, error) => {
    await expect(csv(`source,target,w\n0,1,0\n1,2,${weight}\n`, { weight: "w" })).rejects.toThrow(error);
  });

  test("in files that are empty, cut off, or hold no numbers are refused", async () => {
    await expect(csv("")).rejects.toThrow("ties.csv: the file is empty");
    await expect(csv('source,target\n"0,1\n')).rejects.toThrow("a quoted cell has no closing quote");
    const file = (bytes: Uint8Array, options: EdgeOptions = {}) => parseEdges(bytes, "ties.parquet", options);
    const whole = parquet({ source: [0, 1], target: [1, 2], weight: [1, Number.NaN] });
    await expect(file(whole.subarray(0, -9))).rejects.toThrow("does not end so: the file seems to be cut off");
    await expect(file(whole, { weight: "weight" })).rejects.toThrow('row 2, column "weight": got the weight NaN');
    await expect(file(whole, { source: "from" })).rejects.toThrow('has no column "from"');
    await expect(file(parquet({ source: [0, null], target: [1, 2] }))).rejects.toThrow(
      'row 2, column "source": got nothing, expected a number',
    );
    const damaged = Uint8Array.from(whole, (byte, i) => (i > 4 && i < whole.length - 12 ? byte ^ 0x55 : byte));
    await expect(file(damaged)).rejects.toThrow(/ties\.parquet(:| is no Parquet)/);
  });
});
