// A run directory may come from anybody, and names the module that it was made from. It is executed only where it comes with Walras and is the one that made
// the run, or where the user says so.
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { Option } from "commander";
import type { RunReader, Sources } from "../store/index.ts";
import { type Located, locate } from "./catalog.ts";
import { sourcesOf } from "./sources.ts";
import { plain } from "./terminal.ts";

export interface Trusted {
  readonly located: Located;
  readonly sources: Sources;
}

export const trustOption = (): Option =>
  new Option("--trust", "execute the module that the run names, also if it is not Walras's own or has changed since");

/** The module behind a run, not loaded yet; an error where it is not to be executed. `trust`: the user has said so already. */
export async function trustModule(
  { place, manifest }: RunReader,
  { name, bare, trust }: { readonly name: string; readonly bare: boolean; readonly trust: boolean },
): Promise<Trusted> {
  let located: Located;
  try {
    located = await locate(name, { bare });
  } catch (error) {
    throw new Error(`${place} was made from ${name}, relative to where it was started: ${(error as Error).message}`);
  }
  const sources = sourcesOf(located.module);
  const was = manifest.sources;
  const unchanged = was !== null && was.walras === sources.walras && was.module === sources.module;
  if (trust || (located.ours && unchanged)) return { located, sources };

  const changed =
    was === null
      ? "It does not say which code it was made by."
      : [
          ...(was.walras === sources.walras ? [] : [`Walras has changed since (then ${manifest.version})`]),
          ...(was.module === sources.module ? [] : [`${name}, or what it imports, has changed since`]),
        ].join(", and ");
  const concern = [
    ...(located.ours ? [] : [`this executes ${fileURLToPath(located.module)}, which does not come with Walras`]),
    ...(unchanged ? [] : [`${changed.replace(/\.$/, "")}, and results may be others`]),
  ].join("; ");
  const sentence = `${place} was made from ${name}: ${concern}.`;
  if (!(await agreed(sentence))) throw new Error(`${sentence} Add --trust if that is what you want.`);
  return { located, sources };
}

/** Only on a terminal; nobody else can agree. */
async function agreed(sentence: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(plain(`${sentence} Go on? [y/N] `));
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
