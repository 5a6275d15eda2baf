// Whether there is room for the columns of an economy, said before anything is allocated.

import type { Allocator } from "../core/cut.ts";
import { list } from "../core/errors.ts";
import type { ColumnKind } from "./columns.ts";
import type { Structure } from "./structure.ts";

const KIB = 1024;
const BYTES: Readonly<Record<ColumnKind, number>> = { f64: 8, i32: 4, u8: 1 };

interface Plan {
  readonly numWorlds: number;
  /** Rows of each population, and the most links of each kind. */
  readonly sizes: Readonly<Record<string, number>>;
  /** By column. */
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** Values of one world, by column. */
  readonly lengths: Readonly<Record<string, number>>;
  readonly memory: Allocator;
}

/** Throws where columns need more bytes than there are: how many rows and columns, what they need, what there is, which setting to lower. */
export function refuseTooMuch(economy: Structure, { numWorlds, sizes, kinds, lengths, memory }: Plan): void {
  const bytesOf = (key: string): number => BYTES[kinds[key]!] * lengths[key]! * numWorlds;
  const sum = (keys: readonly string[]): number => keys.reduce((bytes, key) => bytes + bytesOf(key), 0);
  const needed = sum(Object.keys(kinds));
  const { free = Number.POSITIVE_INFINITY } = memory;
  const machine = machineMemory();
  if (needed <= free && needed <= machine) return;
  const tables = Object.keys(sizes)
    .map((name) => {
      const keys = Object.keys(kinds).filter((key) => key.startsWith(`${name}.`));
      return { name, columns: keys.length, bytes: sum(keys) };
    })
    .sort((a, b) => b.bytes - a.bytes);
  const large = tables.filter(({ bytes }) => bytes >= needed / 10);
  const rows = large.map(
    ({ name, columns }) => `${sizes[name]} ${name} in ${columns} column${columns === 1 ? "" : "s"}`,
  );
  const settings = large.flatMap(({ name }) => {
    const declared = economy.populations[name]?.size ?? economy.links[name]?.degree;
    return typeof declared === "string" ? [`the parameter "${declared}"`] : [];
  });
  if (numWorlds > 1) settings.push("numEnvs");
  throw new Error(
    `${economy.name}: ${numWorlds} world${numWorlds === 1 ? "" : "s"} of ${rows.join(" and ")} ${rows.length > 0 ? "need" : "needs"} ${inWords(needed)}, and there are ${inWords(Math.min(free, machine))}${free < machine ? ", the rest of what one run can address" : " in this machine"}. ${settings.length > 0 ? `Lower ${list([...new Set(settings)])}` : "Declare fewer rows or columns"}.`,
  );
}

function inWords(bytes: number): string {
  const unit = bytes < KIB * KIB ? "KiB" : bytes < KIB * KIB * KIB ? "MiB" : "GiB";
  const size = unit === "KiB" ? KIB : unit === "MiB" ? KIB * KIB : KIB * KIB * KIB;
  return `${(bytes / size).toFixed(1)} ${unit} (${bytes} bytes)`;
}

/** Bytes of memory that the machine lets this process have; infinite where it does not say, as in a browser. */
function machineMemory(): number {
  const { process } = globalThis as {
    process?: { constrainedMemory?(): number; getBuiltinModule?(name: "node:os"): { totalmem(): number } | undefined };
  };
  const total = process?.getBuiltinModule?.("node:os")?.totalmem() ?? Number.POSITIVE_INFINITY;
  const constrained = process?.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(total, constrained) : total;
}
