// What a run takes in besides settings, from the command line: networks from files, and an outside series from a file, standard input or a WebSocket.
import { closeSync, createReadStream, existsSync, openSync, readSync, statSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { InvalidArgumentError } from "commander";
import { webSocketLines } from "../analysis/index.ts";
import { closest, list, refuseUnknown } from "../core/errors.ts";
import { edgeColumns } from "../data/edges.ts";
import { decodeCsv, otherDelimiter, parseEdges } from "../data/index.ts";
import { type Chunks, createFeed, type Feed } from "../engine/feed.ts";
import type { Experiment, ResolvedRun } from "../experiment/experiment.ts";
import { filledColumns, type GivenColumn, roomForLinks, withLinks } from "../experiment/given-links.ts";
import type { RunInputs, StreamSettings } from "../experiment/inputs.ts";
import type { Store } from "../store/index.ts";
import { givenFile, quoted } from "./common.ts";

/** Links and the file that they come from; `--network followed=ties.csv`, repeatable. */
export function collectNetworks(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError(`got "${text}", expected links=file, for example --network followed=ties.csv.`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

const TEXTS = ["into", "time", "value"] as const;
const NUMBERS = ["start", "step", "patience", "drift", "noise"] as const;
const USUAL: Omit<StreamSettings, "source"> = {
  into: "outside",
  time: "time",
  value: "value",
  start: null,
  step: 1,
  patience: 0,
  drift: null,
  noise: null,
};

/** How `--stream` is read, from the settings of `--stream-set`. */
export function streamSettings(source: string, given: Readonly<Record<string, unknown>> = {}): StreamSettings {
  refuseUnknown("--stream-set", given, [...TEXTS, ...NUMBERS]);
  const settings: Record<string, unknown> = { ...USUAL, source };
  for (const name of TEXTS) if (given[name] !== undefined) settings[name] = String(given[name]);
  for (const name of NUMBERS) {
    if (given[name] === undefined) continue;
    const value = String(given[name]).trim() === "" ? Number.NaN : Number(given[name]);
    const least = name === "start" ? Number.NEGATIVE_INFINITY : 0;
    if (!(Number.isFinite(value) && value >= least && (value > 0 || !["step", "noise"].includes(name))))
      throw new Error(
        `--stream-set ${name}: got "${given[name]}", expected a number${name === "start" ? "" : ["step", "noise"].includes(name) ? " above 0" : " of at least 0"}.`,
      );
    settings[name] = value;
  }
  if (!Number.isInteger(settings["patience"]))
    throw new Error(`--stream-set patience: got ${settings["patience"]}, expected a whole number of periods.`);
  return settings as unknown as StreamSettings;
}

interface InputOptions {
  readonly network?: Readonly<Record<string, string>>;
  readonly stream?: string;
  readonly streamSet?: Readonly<Record<string, unknown>>;
}

/** What the options ask for, with the hashes of files; undefined where they ask for nothing. */
export function inputsOf(
  { experiment }: { readonly experiment: Experiment },
  run: ResolvedRun,
  { network = {}, stream, streamSet }: InputOptions,
): RunInputs | undefined {
  if (stream === undefined && streamSet !== undefined) throw new Error("--stream-set is given without --stream.");
  const networks = Object.entries(network).map(([links, file]) => {
    roomForLinks(experiment, run.params, links);
    return { links, file, sha256: hashOfFile("--network", file) };
  });
  if (stream !== undefined) {
    const settings = streamSettings(stream, streamSet);
    refuseStream(experiment, run, settings);
    refuseMissing(stream);
    refuseHeader(settings);
  }
  if (networks.length === 0 && stream === undefined) return undefined;
  return {
    ...(networks.length > 0 && { networks }),
    ...(stream !== undefined && { stream: streamSettings(stream, streamSet) }),
  };
}

/** The options that ask for these inputs. */
export function inputOptions({ networks = [], stream }: RunInputs): string {
  const words = networks.map(({ links, file }) => ` --network ${quoted(`${links}=${file}`)}`);
  if (stream) {
    words.push(` --stream ${quoted(stream.source)}`);
    for (const name of [...TEXTS, ...NUMBERS])
      if (stream[name] !== USUAL[name]) words.push(` --stream-set ${quoted(`${name}=${stream[name]}`)}`);
  }
  return words.join("");
}

function refuseStream({ economy, algorithm, name }: Experiment, run: ResolvedRun, { into }: StreamSettings): void {
  if (algorithm !== null)
    throw new Error(
      `--stream: ${name} trains ${algorithm.name}; a simulation without learners follows a stream, with --bare where that is the economy's own.`,
    );
  if (run.numEnvs !== 1) throw new Error(`--stream: numEnvs is ${run.numEnvs}, expected 1 world that follows it.`);
  const scalars = Object.entries(economy.world).flatMap(([scalar, { kind, each }]) =>
    kind === "f64" && each === null ? [scalar] : [],
  );
  if (!scalars.includes(into))
    throw new Error(
      `--stream: ${economy.name} has no world scalar "${into}" to set; ${scalars.length > 0 ? `name one by --stream-set into=…: ${list(scalars, "or")}` : "it has none"}.`,
    );
}

const isLive = (source: string): boolean => source === "-" || /^wss?:\/\//.test(source);

function refuseMissing(source: string): void {
  if (source !== "-" && isLive(source) && !URL.canParse(source))
    throw new Error(`--stream: ${source} is no address, expected one such as ws://localhost:8080/prices.`);
  if (isLive(source)) return;
  if (!existsSync(source)) throw new Error(`--stream: there is no file ${source}.`);
  if (statSync(source).isDirectory()) throw new Error(`--stream: ${source} is a directory, expected a file.`);
}

const HEAD = 10_000; // bytes

/** A file without points in the columns named is refused before a run is begun; a pipe can be read only once. */
function refuseHeader({ source, time, value }: StreamSettings): void {
  if (isLive(source) || source.endsWith(".ndjson") || !statSync(source).isFile()) return;
  const lines = decodeCsv(headOf(source), source)
    .split(/\r?\n/)
    .filter((line) => line !== "");
  if (lines.length < 2) throw new Error(`--stream: ${source} has no points, expected a header and rows.`);
  const cells = lines[0]!.split(",");
  for (const [setting, name] of Object.entries({ time, value }))
    if (!cells.includes(name))
      throw new Error(
        `--stream: ${source} has no column "${name}".${otherDelimiter(cells, ",").replace(/ Say so.*/, " Separate them by commas.") || closest(name, cells)} Its columns: ${cells.join(", ")}. Say which it is with --stream-set ${setting}=….`,
      );
}

/** Whole lines at the beginning of a file. */
function headOf(file: string): Uint8Array {
  const bytes = new Uint8Array(HEAD);
  const handle = openSync(file, "r");
  const count = readSync(handle, bytes);
  closeSync(handle);
  return bytes.subarray(0, count < HEAD ? count : bytes.lastIndexOf(10) + 1);
}

function hashOfFile(option: string, file: string): string {
  return bytesToHex(sha256(givenFile(option, file)));
}

/** The experiment with the networks that its run was given, read from their files as they were then. */
export async function withNetworks(experiment: Experiment, { params, inputs }: ResolvedRun): Promise<Experiment> {
  let given = experiment;
  for (const { links, file, sha256: hash } of inputs?.networks ?? []) {
    const { nodes, room, degree } = roomForLinks(given, params, links);
    const now = hashOfFile("--network", file);
    if (now !== hash)
      throw new Error(
        `${file} is not as it was when the run began: its SHA-256 is ${now.slice(0, 16)}…, was ${hash.slice(0, 16)}…. Restore it, or run anew.`,
      );
    const bytes = givenFile("--network", file);
    const edges = await parseEdges(bytes, file, { nodes });
    if (edges.source.length > room)
      throw new Error(
        `${file} has ${edges.source.length} links, and ${links} of ${nodes} rows have room for ${room}. ${typeof degree === "string" ? `Set ${degree} to ${Math.ceil(edges.source.length / nodes)} or more` : "Give fewer"}.`,
      );
    const columns: GivenColumn[] = [];
    for (const name of filledColumns(given, links, edgeColumns(bytes, file), file))
      columns.push({ name, values: (await parseEdges(bytes, file, { nodes, weight: name })).weight! });
    given = withLinks(given, links, edges, columns, file);
  }
  // Claims are of the experiment as it is, alone.
  return inputs?.stream ? { ...given, expect: null } : given;
}

/** Opens the stream of a run, `from` periods of which have been played; null: it follows none. */
export function openFeed({ inputs }: ResolvedRun, store: Store, from: number): Feed | null {
  const settings = inputs?.stream;
  if (!settings) return null;
  const { source } = settings;
  const live = isLive(source);
  refuseMissing(source);
  let [dropped, close] = [(): number => 0, (): void => {}];
  const chunks = (): Chunks => {
    if (!live) {
      const file = createReadStream(source);
      close = () => file.destroy();
      return file;
    }
    if (source === "-") {
      close = () => process.stdin.destroy();
      return process.stdin;
    }
    const socket = new WebSocket(source);
    const messages = webSocketLines(socket, WAITING);
    [dropped, close] = [() => messages.dropped, () => socket.close()];
    return messages;
  };
  const kind = live ? "live" : source.endsWith(".ndjson") ? "log" : "points";
  return createFeed({ settings, chunks, kind, store, from, dropped: () => dropped(), close: () => close() });
}

/** Messages of a WebSocket that wait for the simulation; beyond that the oldest are dropped. */
const WAITING = 10_000;
