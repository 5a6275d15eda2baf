// What can be named on the command line: economies and experiments that come with walras, or a path to a module of the user's own.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closest, type Economy } from "../economy/index.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";

const EXTENSION = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** Folders beside economies and experiments whose files are neither. */
const HELPERS = ["parts", "theory"];
const folder = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

function modulesIn(name: string): string[] {
  const root = folder(name);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        file.endsWith(EXTENSION) &&
        !file.endsWith(`.test${EXTENSION}`) &&
        !file.split(sep).some((part) => HELPERS.includes(part)),
    )
    .map((file) => relative(root, join(root, file)).slice(0, -EXTENSION.length).split(sep).join("/"))
    .sort();
}

export const economyNames = (): string[] => modulesIn("economies");
export const experimentNames = (): string[] => modulesIn("experiments");

const urlOf = (kind: "economies" | "experiments", name: string): string =>
  pathToFileURL(join(folder(kind), `${name}${EXTENSION}`)).href;

export interface Target {
  /** As the user wrote it. */
  readonly name: string;
  readonly module: string;
  readonly experiment: Experiment;
}

/** A module of the user's own is given by its path. */
export const isPath = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

/** An economy by name or path. */
export async function findEconomy(name: string): Promise<{ economy: Economy; module: string }> {
  if (isPath(name)) {
    const { experiment, module } = await ownModule(name);
    return { economy: experiment.economy, module };
  }
  if (!economyNames().includes(name))
    throw new Error(
      `Unknown economy "${name}".${closest(name, economyNames(), 3)} walras list names all of them; or give the path of a module.`,
    );
  const module = urlOf("economies", name);
  return { economy: (await loadModule(module)).economy, module };
}

/** The shipped experiments whose economy this is, the one that `run` takes first: its `days`, which simulates it by its rules, if there is one; of those in which somebody learns, of its own folder if there is one, the shortest name. */
export async function experimentsOf(economy: Economy): Promise<Target[]> {
  const importing = importers(join(folder("economies"), `${economy.name}${EXTENSION}`));
  const all = await Promise.all(experimentNames().filter(importing).map(loadExperiment));
  const own = all.filter(({ experiment }) => experiment.economy === economy);
  const rank = ({ name, experiment }: Target): string =>
    [
      name === `${economy.name}/days` ? 0 : 1, // simulated by its rules, whoever else learns
      experiment.algorithm ? 0 : 1,
      name.startsWith(`${economy.name}/`) ? 0 : 1,
      name.endsWith("/dqn") ? 0 : 1,
      String(name.length).padStart(4, "0"),
      name,
    ].join();
  return own.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Whether an experiment's module imports a file, itself or through others of the folder: loading every experiment to ask for its economy takes a second. */
function importers(file: string): (experiment: string) => boolean {
  const known = new Map<string, boolean>();
  const imports = (path: string): boolean => {
    if (path === file) return true;
    if (!path.startsWith(folder("experiments"))) return false;
    let found = known.get(path);
    if (found === undefined) {
      known.set(path, false);
      const relatives = readFileSync(path, "utf8").matchAll(/\bfrom "(\.[^"]+)"/g);
      found = Array.from(relatives, ([, to]) => resolve(dirname(path), to!)).some(imports);
      known.set(path, found);
    }
    return found;
  };
  return (experiment) => imports(join(folder("experiments"), `${experiment}${EXTENSION}`));
}

async function loadExperiment(name: string): Promise<Target> {
  const module = urlOf("experiments", name);
  return { name, module, experiment: await loadModule(module) };
}

export interface Located {
  /** URL. */
  readonly module: string;
  /** It comes with walras. */
  readonly ours: boolean;
}

/**
 * What `run` runs: an experiment by name or path, or an economy. An economy that comes with experiments is simulated or trained by the first of them, unless `bare` asks
 * for the economy alone.
 */
export async function findTarget(name: string, { bare = false } = {}): Promise<Target> {
  const { module } = await locate(name, { bare });
  return { name, module, experiment: await loadModule(module) };
}

/** The same without loading a module of the user's own. */
export async function locate(name: string, { bare = false } = {}): Promise<Located> {
  if (isPath(name)) return { module: ownUrl(name), ours: false };
  const experiments = experimentNames();
  if (experiments.includes(name)) return { module: urlOf("experiments", name), ours: true };
  if (economyNames().includes(name)) {
    const module = urlOf("economies", name);
    const [chosen] = bare ? [] : await experimentsOf((await loadModule(module)).economy);
    return { module: chosen?.module ?? module, ours: true };
  }
  const known = [...economyNames(), ...experiments];
  throw new Error(
    `Unknown economy or experiment "${name}".${closest(name, known, 3)} walras list names all of them; or give the path of a module.`,
  );
}

/** Experiments that `reproduce` runs: one by name, all of a family by its prefix, or all. */
export async function findExperiments(name: string | undefined): Promise<Target[]> {
  if (name !== undefined && isPath(name)) return [{ name, ...(await ownModule(name)) }];
  const names = experimentNames().filter((n) => name === undefined || n === name || n.startsWith(`${name}/`));
  if (names.length === 0) {
    const families = [...new Set(experimentNames().map((n) => n.split("/")[0]!)), ...experimentNames()];
    throw new Error(
      `Unknown experiment "${name}".${closest(name ?? "", families, 3)} walras list names all of them; or give the path of a module.`,
    );
  }
  return Promise.all(names.map(loadExperiment));
}

async function ownModule(path: string): Promise<{ experiment: Experiment; module: string }> {
  const module = ownUrl(path);
  return { experiment: await loadModule(module), module };
}

function ownUrl(path: string): string {
  const file = resolve(path);
  if (!existsSync(file))
    throw new Error(
      `${path}: no such file. Give the path of a module whose default export is an economy or an experiment.`,
    );
  return pathToFileURL(file).href;
}
