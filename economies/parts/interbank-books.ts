// Balance sheets of banks for one period: who lends how much to whom, what depositors add, and how the state steps in.
//
// n banks; R relations, each from a bank that may borrow to one that may lend
import { math, networks, risk, type Wiring } from "walras";

export interface Lending {
  readonly banks: number;
  readonly network: "corePeriphery" | "scaleFree" | "random" | "entropy" | "density";
  readonly partners: number;
  readonly coreShare: number;
}

/** Banks in the core, of whom there are at least two. */
const coreOf = ({ banks, coreShare }: Lending): number => Math.min(banks, Math.max(2, Math.round(coreShare * banks)));

/** Room for relations, per bank. */
export function relationsPerBank(p: Lending): number {
  const { banks: n, network, partners } = p;
  if (network === "entropy" || network === "density") return n - 1;
  const m = coreOf(p);
  if (network === "corePeriphery") return Math.ceil((m * (m - 1) + 2 * (n - m) * Math.min(partners, m)) / n);
  return partners;
}

/** Why banks cannot be wired so; null: they can. */
export function unwired({ banks, network, partners }: Lending): string | null {
  if (network === "scaleFree" && partners % 2 === 1) return `partners, ${partners}, is odd`;
  if (network === "scaleFree" && partners > banks - 1) return `${banks} banks cannot have ${partners} partners each`;
  if (network === "random" && partners > banks - 1) return `${banks} banks cannot have ${partners} lenders each`;
  return null;
}

/** Relations: from a bank that may borrow to one that may lend. */
export function relations(p: Lending): Wiring {
  if (p.network === "entropy" || p.network === "density") return networks.complete();
  if (p.network === "scaleFree") return networks.scaleFree({ ties: p.partners / 2 });
  if (p.network === "random") return networks.picks({ degree: p.partners });
  return corePeriphery(coreOf(p), p.partners);
}

/** The first m banks all know each other; each of the others knows `partners` of them, drawn at random. Craig & von Peter 2014, Journal of Financial Intermediation 23, 322. */
function corePeriphery(m: number, partners: number): Wiring {
  return (link, { sources: n }, draw) => {
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) if (i !== j) link(i, j);
    const place = draw.uniform("core");
    const core = Int32Array.from({ length: m }, (_, i) => i);
    for (let i = m; i < n; i++)
      for (let k = 0; k < Math.min(partners, m); k++) {
        const at = k + Math.floor((m - k) * place());
        const other = core[at]!;
        core[at] = core[k]!;
        core[k] = other;
        link(i, other);
        link(other, i);
      }
  };
}

/** Links as a simulation has them: room for more may follow `size`. */
export interface Loans {
  readonly size: number;
  readonly start: Readonly<Int32Array>;
  readonly source: Readonly<Int32Array>;
  readonly target: Readonly<Int32Array>;
  /** Principal of each. */
  readonly amount: Float64Array;
}

export interface Wishes {
  /** What each wants to borrow from other banks. */
  readonly wanted: Float64Array;
  /** What each can lend to other banks at most. */
  readonly room: Float64Array;
  /** Most that each lends to one other. */
  readonly cap: Float64Array;
  /** How much a lender would lend to a borrower, relative to others. */
  readonly weight: (lender: number, borrower: number) => number;
}

/** A borrower divides what it wants among its partners by their weights; no lender gives one borrower more than its cap, nor all of them more than its room. */
export function lendAlong({ start, target, amount }: Loans, { wanted, room, cap, weight }: Wishes): void {
  const n = wanted.length;
  const lent = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let l = start[j]!; l < start[j + 1]!; l++) sum += amount[l] = weight(target[l]!, j);
    for (let l = start[j]!; l < start[j + 1]!; l++) {
      amount[l] = sum > 0 ? Math.min(cap[target[l]!]!, (wanted[j]! * amount[l]!) / sum) : 0;
      lent[target[l]!] = lent[target[l]!]! + amount[l]!;
    }
  }
  for (let l = 0; l < start[n]!; l++) {
    const i = target[l]!;
    if (lent[i]! > room[i]!) amount[l] = (amount[l]! * room[i]!) / lent[i]!;
  }
}

/** The network with what each wants to borrow and, in proportion to its room, lends: most even or with few links. Relations are complete, row by row. */
export function lendByTotals(
  { start, target, amount }: Loans,
  { wanted, room, cap }: Wishes,
  network: typeof risk.maximumEntropy,
): void {
  const n = wanted.length;
  const [owed, lent] = [wanted.slice(), room.slice()];
  const total = (x: Float64Array): number => x.reduce((sum, y) => sum + y, 0);
  const scale = (): number => {
    const [debts, offers] = [total(owed), total(lent)];
    if (!(debts > 0 && offers > 0)) return 0;
    for (let i = 0; i < n; i++) lent[i] = (lent[i]! * debts) / offers;
    return debts;
  };
  let all = scale();
  for (let tries = 0; all > 0 && tries < 200; tries++) {
    // A bank whose two totals are nearly everything wants and offers less, until others can meet both
    const heavy = owed.findIndex((x, i) => x + lent[i]! > 0.95 * all);
    if (heavy < 0) break;
    owed[heavy] = owed[heavy]! * 0.8;
    lent[heavy] = lent[heavy]! * 0.8;
    all = scale();
  }
  amount.fill(0, 0, start[n]!);
  const feasible = owed.every((x, i) => x + lent[i]! <= 0.95 * all);
  if (!(all > 0 && feasible)) return; // two banks: one of them would have to borrow from itself
  const fitted = network(owed, lent);
  for (let i = 0; i < n; i++)
    for (let k = fitted.start[i]!; k < fitted.start[i + 1]!; k++) {
      const j = fitted.target[k]!;
      const l = start[i]! + (j < i ? j : j - 1);
      if (target[l] !== j) throw new Error(`interbank: relation ${l} leads to bank ${target[l]}, expected ${j}.`);
      amount[l] = Math.min(cap[j]!, fitted.amount[k]!);
    }
}

/** Debts of one period with the households as the last row: they owe nothing and are owed deposits. */
export function debtsWithDeposits(
  { start, target, amount }: Loans,
  gross: (bank: number) => number,
  deposits: Readonly<Float64Array>,
): risk.Exposures {
  const n = deposits.length;
  const starts = new Int32Array(n + 2);
  const targets = new Int32Array(start[n]! + n);
  const amounts = new Float64Array(start[n]! + n);
  let filled = 0;
  for (let j = 0; j < n; j++) {
    for (let l = start[j]!; l < start[j + 1]!; l++) {
      if (amount[l] === 0) continue;
      targets[filled] = target[l]!;
      amounts[filled++] = amount[l]! * gross(j);
    }
    if (deposits[j]! > 0) {
      targets[filled] = n;
      amounts[filled++] = deposits[j]!;
    }
    starts[j + 1] = filled;
  }
  starts[n + 1] = filled;
  return { start: starts, target: targets.subarray(0, filled), amount: amounts.subarray(0, filled) };
}

export interface Books {
  /** n, from the lists; null: they are not given. */
  readonly liabilities: readonly number[];
  readonly assets: readonly number[];
  readonly shock: readonly number[];
}

export interface GivenBooks {
  readonly owed: risk.Exposures;
  readonly assets: readonly number[];
  readonly shock: readonly number[];
  /** Book equity: assets and claims less debts. */
  readonly equity: Float64Array;
}

/** The number of banks in given books; 0: no books are given. Throws where lists do not go together. */
export function banksOf({ liabilities, assets, shock }: Books): number {
  if (liabilities.length === 0) {
    if (assets.length > 0)
      throw new Error(
        `interbank: assets has ${assets.length} numbers but liabilities none, expected n × n liabilities beside n assets.`,
      );
    return 0;
  }
  const n = Math.round(Math.sqrt(liabilities.length));
  if (n * n !== liabilities.length)
    throw new Error(
      `interbank: liabilities has ${liabilities.length} numbers, expected n × n of them, row by row: what each bank owes each.`,
    );
  if (n < 2) throw new Error("interbank: liabilities is of 1 bank, expected at least 2.");
  for (const [name, list] of Object.entries({ assets, shock }))
    if (list.length !== n && (list === assets || list.length > 0))
      throw new Error(`interbank: ${name} has ${list.length} numbers, expected ${n}, one for each bank.`);
  for (let i = 0; i < n; i++)
    if (liabilities[i * n + i] !== 0)
      throw new Error(
        `interbank: bank ${i} owes itself ${liabilities[i * n + i]}, expected 0 on the diagonal of liabilities.`,
      );
  return n;
}

/** Books that are given; null: they are made in each period. */
export function givenBooks(p: Books & { readonly banks: number }): GivenBooks | null {
  const n = banksOf(p);
  if (n === 0) return null;
  if (n !== p.banks)
    throw new Error(`interbank: liabilities are of ${n} banks, expected ${p.banks}. Leave banks out: they follow.`);
  const rows = Array.from({ length: n }, (_, i) => p.liabilities.slice(i * n, (i + 1) * n));
  const equity = Float64Array.from(p.assets);
  rows.forEach((row, i) => {
    row.forEach((x, j) => {
      equity[i] = equity[i]! - x;
      equity[j] = equity[j]! + x;
    });
  });
  return { owed: risk.exposuresOf(rows), assets: p.assets, shock: p.shock, equity };
}

/**
 * DebtRank among banks that owe each other `owed`: W_ij = min{1, L_ij/E_j}, what the failure of i costs its creditor j, 1 where j has no equity; v_j is j's share of all claims (Battiston et al. 2012). Banks
 * that nobody owes anything have no value.
 */
export function bookDebtRank(owed: risk.Exposures, equity: ArrayLike<number>, shock: ArrayLike<number>): risk.DebtRank {
  const entries = owed.start[equity.length]!;
  const impact = Float64Array.from({ length: entries }, (_, l) => {
    const capital = equity[owed.target[l]!]!;
    return capital > 0 ? Math.min(1, owed.amount[l]! / capital) : 1;
  });
  const value = new Float64Array(equity.length);
  let all = 0;
  for (let l = 0; l < entries; l++) {
    value[owed.target[l]!] = value[owed.target[l]!]! + owed.amount[l]!;
    all += owed.amount[l]!;
  }
  if (all > 0) for (let j = 0; j < value.length; j++) value[j] = value[j]! / all;
  return risk.debtRank({ ...owed, amount: impact }, value, shock);
}

/** Share of a bank's callable deposits that is withdrawn: depositors leave where the capital ratio is below what they bear, which is normal among them. */
export const withdrawnShare = (ratio: number, threshold: number, deviation: number): number =>
  math.normalCdf((threshold - ratio) / deviation);
