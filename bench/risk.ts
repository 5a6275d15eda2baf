// Clearing and DebtRank of 10⁵ banks beside NumPy and SciPy on the same network, in one run; results have to agree. Clearing of 200 banks beside a linear programme.
// Posteriors and surrogates beside pyABC and scikit-learn: risk/inference.ts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDraws } from "../src/economy/draws.ts";
import { seedStream } from "../src/random/index.ts";
import { clear, debtRank, type Exposures } from "../src/risk/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchPart, type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";
import { inference } from "./risk/inference.ts";

const BANKS = 100_000;
const CREDITORS = 10;
const WARM = 5;
const ROUNDS = 5;
const FEW = 200;

/** As `walras bench risk` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const parts: BenchPart[] = [];
  for (const part of [clearing, inference]) parts.push(await part());
  return {
    suite: "risk",
    machine: machine(),
    rows: parts.flatMap(({ rows }) => rows),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

/** As risk_cases.py prints them. */
interface Peer {
  readonly numpy: string;
  readonly scipy: string;
  readonly seconds: Readonly<Record<"clear" | "debtRank" | "programme", number>>;
  readonly paid: number;
  readonly first: readonly number[];
  readonly debtRank: number;
  readonly programme: readonly number[];
}

async function clearing(): Promise<BenchPart> {
  const { owed, assets, impact, value, shock } = network(BANKS);
  const few = network(FEW);
  const cleared = timed(() => clear(owed, assets));
  const ranked = timed(() => debtRank(impact, value, shock));
  const small = timed(() => clear(few.owed, few.assets));
  const failed = cleared.value.defaults.reduce((sum, x) => sum + x, 0);
  const answer = await peerOn({ owed, assets, impact, value, shock }, few);
  const peers = answer.ok ? (answer.result as Peer) : null;
  const worst = (ours: ArrayLike<number>, theirs: readonly number[]): number =>
    theirs.reduce((most, x, i) => Math.max(most, Math.abs(x - ours[i]!) / Math.max(1, Math.abs(x))), 0);
  const notes = [
    answer.ok ? "" : `No SciPy: ${answer.reason}`,
    `${BANKS} banks with ${CREDITORS} creditors each, of whom ${failed} default; processor time, the median of ${ROUNDS} (SciPy's: of 3).`,
  ];
  if (peers) {
    const paid = cleared.value.payments.reduce((sum, x) => sum + x, 0);
    const off = {
      "payments, each of the first thousand": worst(cleared.value.payments, peers.first),
      "payments, their sum": worst([paid], [peers.paid]),
      DebtRank: worst([ranked.value.debtRank], [peers.debtRank]),
      "payments of the linear programme": worst(small.value.payments, peers.programme),
    };
    for (const [name, error] of Object.entries(off))
      if (!(error <= 1e-8)) throw new Error(`${name}: ours differ from SciPy's by ${error}, expected at most 1e-8.`);
    notes.push(
      `Largest relative differences from SciPy: ${Object.entries(off)
        .map(([name, error]) => `${name} ${error.toExponential(1)}`)
        .join("; ")}.`,
    );
  }
  const theirs = peers ? `NumPy ${peers.numpy}, SciPy ${peers.scipy}` : "NumPy, SciPy";
  const rows: BenchRow[] = (
    [
      ["a clearing of 10⁵ banks", cleared.seconds, peers?.seconds.clear, `${theirs}, iteration with a sparse matrix`],
      ["DebtRank of 10⁵ banks", ranked.seconds, peers?.seconds.debtRank, `${theirs}, sparse matrix`],
      [`a clearing of ${FEW} banks`, small.seconds, peers?.seconds.programme, `${theirs}, linear programme (HiGHS)`],
    ] as const
  ).flatMap(([workload, ours, other, against]) => [
    {
      workload,
      implementation: "walras",
      median: ours,
      unit: "s",
      ratio: other === undefined ? null : other / ours,
      against: other === undefined ? null : against,
    },
    ...(other === undefined
      ? []
      : [{ workload, implementation: against, median: other, unit: "s", ratio: null, against: null }]),
  ]);
  return { rows, notes: notes.filter(Boolean) };
}

function timed<T>(work: () => T): { readonly seconds: number; readonly value: T } {
  const seconds: number[] = [];
  let value = work();
  for (let k = 0; k < WARM; k++) value = work(); // until it is compiled
  for (let k = 0; k < ROUNDS; k++) {
    const from = process.cpuUsage();
    value = work();
    const { user, system } = process.cpuUsage(from);
    seconds.push((user + system) / 1e6);
  }
  return { seconds: median(seconds), value };
}

interface Network {
  readonly owed: Exposures & { readonly start: Int32Array; readonly target: Int32Array; readonly amount: Float64Array };
  readonly assets: Float64Array;
  readonly impact: Exposures & { readonly amount: Float64Array };
  readonly value: Float64Array;
  readonly shock: Float64Array;
}

/** Each bank owes ten others, drawn at random, and has assets that suffice for most. */
function network(banks: number): Network {
  const draws = createDraws("bench risk");
  draws.reseed(seedStream(banks));
  draws.at(0, 0, 0, 1);
  const { sequence } = draws.world;
  const [creditor, size, cash] = [
    sequence.integer("creditor", banks),
    sequence.uniform("size"),
    sequence.uniform("cash"),
  ];
  const start = Int32Array.from({ length: banks + 1 }, (_, i) => i * CREDITORS);
  const target = new Int32Array(banks * CREDITORS);
  const amount = new Float64Array(banks * CREDITORS);
  const [debts, claims] = [new Float64Array(banks), new Float64Array(banks)];
  for (let i = 0; i < banks; i++) {
    const row = target.subarray(i * CREDITORS, (i + 1) * CREDITORS);
    for (let k = 0; k < CREDITORS; ) {
      const j = creditor();
      if (j === i || row.subarray(0, k).includes(j)) continue;
      row[k++] = j;
    }
    row.sort();
    for (let k = 0; k < CREDITORS; k++) {
      const x = size();
      amount[i * CREDITORS + k] = x;
      debts[i] = debts[i]! + x;
      claims[row[k]!] = claims[row[k]!]! + x;
    }
  }
  const assets = debts.map((x, i) => Math.max(0, x - claims[i]!) + 2 * cash() - 0.4).map((x) => Math.max(0, x));
  const equity = assets.map((x, i) => x + claims[i]! - debts[i]!);
  const impact = amount.map((x, l) => {
    const capital = equity[target[l]!]!;
    return capital > 0 ? Math.min(1, x / (4 * capital + x)) : 1;
  });
  const all = claims.reduce((sum, x) => sum + x, 0);
  return {
    owed: { start, target, amount },
    assets,
    impact: { start, target, amount: impact },
    value: claims.map((x) => x / all),
    shock: Float64Array.from({ length: banks }, (_, i) => (i < 10 ? 1 : 0)),
  };
}

async function peerOn({ owed, assets, impact, value, shock }: Network, few: Network): ReturnType<typeof peer> {
  const place = mkdtempSync(join(tmpdir(), "walras-bench-"));
  try {
    const files = [
      ...[owed.start, owed.target, owed.amount, assets, impact.amount, value, shock],
      ...[few.owed.start, few.owed.target, few.owed.amount, few.assets],
    ].map((numbers, k) => {
      const file = join(place, `${k}.bin`);
      writeFileSync(file, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      return file;
    });
    return await peer("risk_cases", ["time", String(BANKS), ...files]);
  } finally {
    rmSync(place, { recursive: true });
  }
}
