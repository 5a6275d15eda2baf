import fc from "fast-check";
import { expect, test } from "vitest";
import { checkSeries, decodeCsv, numericColumn, parseCsv } from "./index.ts";

const column = (text: string, name = "price") => [...numericColumn(parseCsv(text, "prices.csv"), name)];

test("plain and quoted cells, Windows lines, a byte order mark and blank lines are read alike", () => {
  expect(column("day,price\n1,2.5\n2,-3e2\n")).toEqual([2.5, -300]);
  expect(column('\uFEFF"day","price"\r\n"1"," 2.5"\r\n\r\n2,.5')).toEqual([2.5, 0.5]);
  const { header, rows, lines } = parseCsv('a,"b ""c"", d"\n"x\ny",1\nz,2\n', "t.csv");
  expect(header).toEqual(["a", 'b "c", d']);
  expect(rows).toEqual([
    ["x\ny", "1"],
    ["z", "2"],
  ]);
  expect(lines).toEqual([2, 4]);
  expect([...numericColumn(parseCsv("day;price\n1;2", "t.csv", { delimiter: ";" }), "price")]).toEqual([2]);
});

test("what is written as RFC 4180 says is read back", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "1", " ", ",", '"', "\n", "\r\n", ";") });
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(",")).join("\r\n");
      expect(parseCsv(`x,y,z\r\n${text}\r\n`, "t.csv").rows).toEqual(rows);
    }),
  );
});

test.each([
  ["nothing", "", "prices.csv: the file is empty"],
  ["a missing column", "day,prize\n1,2", 'has no column "price". Did you mean "prize"? Its columns: day, prize.'],
  ["semicolons", "day;price\n1;2", 'looks separated by semicolons rather than commas. Say so with --delimiter ";".'],
  ["tabs", "day\tprice\n1\t2", "separated by tabs rather than commas. Say so with --delimiter tab."],
  ["a blank cell", "day,price\n1,2\n2,\n3,4", 'line 3, column "price": the cell is blank'],
  [
    "not available",
    "day,price\n1,NaN\n2,NA\n3,x",
    'line 2, column "price": got "NaN", expected a number. 2 more cells',
  ],
  ["infinity", "price\nInfinity", 'got "Infinity", expected a number'],
  ["hexadecimals", "price\n0x10", 'got "0x10", expected a number'],
  ["a decimal comma", 'price\n"2,5"', 'got "2,5", expected a number with a decimal point'],
  ["decimal commas and thousands", 'day,price\n1,"1.234,5"', 'got "1.234,5", expected a number with a decimal point'],
  [
    "a decimal comma without quotes",
    "day,price\n1,2,5\n2,3,5",
    "needs quotes around the cell, and decimals need a point.",
  ],
  [
    "more than a double holds",
    "price\n1\n1e999",
    'line 3, column "price": got "1e999", which is too large to be stored',
  ],
  ["less than a double holds", "price\n-1.5e-999", 'got "-1.5e-999", which is too small to be stored'],
  ["a file cut off", "day,price\n1,2\n2", "the last line (3) has 1 cell, expected 2 as in the header: the file seems"],
  ["a ragged row", "day,price\n1,2,3\n2,3", "line 2: got 3 cells, expected 2 as in the header. A comma inside a cell"],
  ["a doubled name", "price,price\n1,2", 'has 2 columns called "price". Rename all but one.'],
  ["an open quote", 'price\n"1', "line 2: a quoted cell has no closing quote"],
  ["text after a quote", 'price\n"1"x', "line 2: text follows the closing quote of a cell, expected a comma"],
])("%s is refused with its place", (_what, text, message) => {
  expect(() => column(text)).toThrow(message);
});

test("the bytes of a file are UTF-8, or the error says what they seem to be", () => {
  const utf16 = (text: string): number[] => [...text].flatMap((c) => [c.charCodeAt(0), 0]);
  expect(decodeCsv(new TextEncoder().encode("\uFEFFprice\n2 €"), "p.csv")).toContain("2 €");
  for (const bytes of [[0xff, 0xfe, ...utf16("price\n1")], [0xfe, 0xff, 0, 0x70], utf16("price\n1")])
    expect(() => decodeCsv(Uint8Array.from(bytes), "p.csv")).toThrow(
      "p.csv is not UTF-8 but UTF-16 or no text at all.",
    );
  const latin = Uint8Array.from([...new TextEncoder().encode("price\n1\n"), 0xe9]);
  expect(() => decodeCsv(latin, "p.csv")).toThrow("p.csv, line 3: a character is not UTF-8");
  for (const zero of ["0e-999", "0", "-0.0e5"]) expect(column(`price\n${zero}`)[0]).toBeCloseTo(0, 300);
});

test("short and constant series are refused", () => {
  expect(() => checkSeries(Float64Array.of(1, 2), 'prices.csv, column "price",', 20)).toThrow(
    'column "price", has 2 values, expected at least 20',
  );
  expect(() => checkSeries(new Float64Array(30).fill(5), "x", 20)).toThrow("x is constant: all 30 values are 5");
});
