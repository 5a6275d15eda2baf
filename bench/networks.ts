// Networks of 10⁶ rows and 10⁷ links: making them, reading them, measuring them; beside igraph (C) and networkx (Python) on the same work, in one run.
//
// Both sides are measured in processor time. The measured network is one and the same, scale-free, and the figures have to agree. networkx takes objects, and so
// gets a tenth of it. igraph draws its own networks of the same laws.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEdges } from "../src/data/index.ts";
import { createDraws } from "../src/economy/draws.ts";
import { networks } from "../src/economy/index.ts";
import type { Wiring } from "../src/economy/phases/wire.ts";
import { byGroup } from "../src/math/grid.ts";
import { type Adjacency, assortativity, clustering, components, pageRank, undirected } from "../src/metrics/index.ts";
import { seedStream } from "../src/random/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const ROWS = 1_000_000;
const DEGREE = 10;
const ROUNDS = 3;
const unit = "s for 10⁷ links";

/** Processor seconds of the quickest of some rounds, and what the last returned. */
function timed<T>(rounds: number, work: () => T): { seconds: number; value: T } {
  const times: number[] = [];
  for (;;) {
    const from = process.cpuUsage();
    const value = work();
    const { user, system } = process.cpuUsage(from);
    times.push((user + system) / 1e6);
    if (times.length === rounds) return { seconds: median(times), value };
  }
}

/** The links of a wiring, in its order. */
function linksOf(wiring: Wiring, rows: number, source: Int32Array, target: Int32Array): number {
  const draws = createDraws("bench");
  draws.reseed(seedStream(1));
  draws.at(0, 0, 0, rows);
  let made = 0;
  const link = (i: number, j: number): void => {
    source[made] = i;
    target[made++] = j;
  };
  wiring(link, { sources: rows, targets: rows, same: true }, draws.world.sequence);
  return made;
}

/** Times by name and figures, as igraph_networks.py prints them. */
interface Peers {
  readonly igraph: string;
  readonly networkx: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
}

/** As `walras bench networks` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  const room = 1.2 * ROWS * DEGREE;
  const [source, target] = [new Int32Array(room), new Int32Array(room)];
  const places = placesOf(ROWS);
  const wirings: Readonly<Record<string, Wiring>> = {
    ring: networks.ring({ neighbours: DEGREE }),
    smallWorld: networks.smallWorld({ neighbours: DEGREE, rewiring: 0.1 }),
    random: networks.random({ degree: DEGREE }),
    picks: networks.picks({ degree: DEGREE }),
    blocks: networks.blocks(tenBlocks(ROWS)),
    spatial: networks.spatial({ ...places, radius: Math.sqrt(DEGREE / (Math.PI * ROWS)) }),
    scaleFree: networks.scaleFree({ ties: DEGREE / 2 }), // the last: it is measured
  };
  const times: Record<string, number> = {};
  let made = 0;
  for (const [name, wiring] of Object.entries(wirings)) {
    const { seconds, value } = timed(ROUNDS, () => linksOf(wiring, ROWS, source, target));
    times[`make ${name}`] = (seconds * ROWS * DEGREE) / value;
    made = value;
  }
  const network = sorted(source.subarray(0, made), target.subarray(0, made), ROWS);
  const place = mkdtempSync(join(tmpdir(), "walras-bench-"));
  try {
    const [csv, binary] = [join(place, "ties.csv"), join(place, "ties.bin")];
    const once = onceEach(network);
    writeFileSync(csv, textOf(once));
    writeFileSync(binary, new Uint8Array(once.buffer));
    const before = process.cpuUsage();
    const read = await parseEdges(await readFile(csv), "ties.csv", { nodes: ROWS, mutual: true });
    const { user, system } = process.cpuUsage(before);
    if (read.source.length !== made) throw new Error(`${read.source.length} links were read, ${made} written.`);
    times["read"] = (user + system) / 1e6;
    const measure = <T>(name: string, work: (ties: Adjacency) => T): T => {
      const { seconds, value } = timed(ROUNDS, () => work(network));
      times[name] = seconds;
      return value;
    };
    const { triangles } = measure("clustering", clustering);
    const { sizes } = measure("components", components);
    const mixing = measure("assortativity", assortativity);
    const rank = measure("pageRank", (ties) => pageRank(ties, { tolerance: 1e-8 }));
    measure("undirected", undirected);

    const answer = await peer("igraph_networks", [binary, csv, String(ROWS), String(DEGREE)]);
    const peers = answer.ok ? (answer.result as Peers) : null;
    if (!answer.ok) notes.push(`No igraph: ${answer.reason}`);
    const ours: Record<string, number | null> = {
      triangles,
      components: sizes.length,
      assortativity: mixing,
      pageRank: rank[0]!,
    };
    for (const [name, figure] of Object.entries(peers?.figures ?? {}))
      if (!(Math.abs((ours[name] ?? Number.NaN) - figure) <= 1e-5 * Math.abs(figure)))
        throw new Error(`${name}: ours is ${ours[name]}, igraph's ${figure}.`);
    for (const [name, seconds] of Object.entries(times)) {
      const theirs = peers?.seconds[name];
      const workload = WORK[name] ?? name;
      rows.push({
        workload,
        implementation: "walras",
        median: seconds,
        unit,
        ratio: theirs === undefined ? null : theirs / seconds,
        against: theirs === undefined ? null : "igraph",
      });
      const entry = (implementation: string, value: number | undefined) => {
        if (value !== undefined)
          rows.push({ workload, implementation, median: value, unit, ratio: null, against: null });
      };
      entry(`igraph ${peers?.igraph}`, theirs);
      entry(`networkx ${peers?.networkx}, a tenth × 10`, peers?.seconds[`networkx ${name}`]);
    }
  } finally {
    rmSync(place, { recursive: true });
  }
  notes.push(
    `10⁶ rows, mean degree 10, processor time, the median of ${ROUNDS} (reading and peers: once). Figures agree with igraph's to five digits. Most memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`,
  );
  return { suite: "networks", machine: machine(), rows, notes };
}

const WORK: Readonly<Record<string, string>> = {
  read: "5·10⁶ ties read from CSV",
  clustering: "triangles and clustering",
  pageRank: "PageRank",
  undirected: "ties of links",
};

/** The same links by source row. */
function sorted(source: Int32Array, target: Int32Array, rows: number) {
  const { start, points } = byGroup(source, rows);
  return { start, target: points.map((l) => target[l]!) };
}

/** Each tie once, both ends one after the other. */
function onceEach({ start, target }: { readonly start: Int32Array; readonly target: Int32Array }): Int32Array {
  const ends: Int32Array = new Int32Array(target.length);
  let filled = 0;
  for (let i = 0; i + 1 < start.length; i++)
    for (let l = start[i]!; l < start[i + 1]!; l++)
      if (target[l]! > i) {
        ends[filled++] = i;
        ends[filled++] = target[l]!;
      }
  return ends;
}

function textOf(ends: Int32Array): Uint8Array {
  const parts: string[] = ["source,target\n"];
  for (let l = 0; l < ends.length; l += 2) parts.push(`${ends[l]},${ends[l + 1]}\n`);
  return new TextEncoder().encode(parts.join(""));
}

function placesOf(rows: number): { x: Float64Array; y: Float64Array } {
  const draws = createDraws("places");
  draws.reseed(seedStream(2));
  draws.at(0, 0, 0, rows);
  return { x: draws.rows.uniform("x").slice(), y: draws.rows.uniform("y").slice() };
}

/** Ten blocks; half of the ties within them. */
function tenBlocks(rows: number) {
  const [within, between] = [(5 * DEGREE) / rows, (5 * DEGREE) / (9 * rows)];
  return {
    block: Int32Array.from({ length: rows }, (_, i) => i % 10),
    probability: Array.from({ length: 10 }, (_, a) =>
      Array.from({ length: 10 }, (_, b) => (a === b ? within : between)),
    ),
  };
}
