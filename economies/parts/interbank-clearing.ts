// The end of a period of banks: depositors run, banks sell, debts are cleared with costs of bankruptcy, the state may help, and DebtRank of the period's books.
import { type ParamValues, risk } from "walras";
import { bookDebtRank, debtsWithDeposits, type Loans, withdrawnShare } from "./interbank-books.ts";
import type { interbankParams } from "./interbank-params.ts";

/** Banks whose books are written and whose assets have returned something, and what clearing writes. */
interface Banks
  extends Readonly<
    Record<
      | "first"
      | "capital"
      | "target"
      | "claims"
      | "debts"
      | "deposits"
      | "cash"
      | "value"
      | "withdrawn"
      | "sold"
      | "paid"
      | "owed"
      | "equity",
      Float64Array
    >
  > {
  readonly size: number;
  readonly round: Int32Array;
  readonly failed: Uint8Array;
}

interface World {
  readonly banks: Banks;
  readonly loans: Loans & { readonly unpaid: Float64Array };
  readonly ratio: number;
  readonly aid: number;
  price: number;
  sales: number;
  failures: number;
  spread: number;
  missing: number;
  paidOut: number;
  lost: number;
  aided: number;
  invested: number;
  ended: number;
  distress: number;
  allFailures: number;
  allSpread: number;
}

export function clearDebts(w: World, p: ParamValues<typeof interbankParams>): void {
  const { banks: k, loans } = w;
  const n = k.size;
  const given = p.liabilities.length > 0;
  const gross = (i: number): number => (given ? 1 : 1 + p.loanRate + p.riskPremium * Math.max(0, k.target[i] - 1));
  const owed = debtsWithDeposits(
    loans,
    gross,
    k.deposits.map((d) => d * (1 + p.depositRate)),
  );
  const [cash, assets, needs] = [new Float64Array(n + 1), new Float64Array(n + 1), new Float64Array(n + 1)];
  let all = 0;
  for (let i = 0; i < n; i++) {
    const atRisk = k.value[i] + k.claims[i];
    const capital = k.cash[i] + atRisk - k.debts[i] - k.deposits[i];
    const share = atRisk > 0 ? withdrawnShare(capital / atRisk, p.runThreshold, p.runDeviation) : 0;
    needs[i] = k.withdrawn[i] = p.callable * share * k.deposits[i];
    cash[i] = k.cash[i];
    assets[i] = k.value[i];
    all += k.value[i];
  }
  const recovery = given ? {} : { assetRecovery: p.assetRecovery, claimRecovery: p.claimRecovery };
  const demand = risk.exponentialDemand(all > 0 ? p.impact / all : 0);
  const capitalRatio = given ? 0 : w.ratio;
  const sale = given
    ? { price: 1, sold: new Float64Array(n + 1), clearing: risk.clear(owed, assets) }
    : risk.fireSale(owed, { cash, assets, needs, capitalRatio, demand, ...recovery });
  const pool = assets.map((x, i) => cash[i] + sale.price * x);
  const due = new Float64Array(n + 1); // to each, if all pay
  for (let j = 0; j < n; j++) {
    k.owed[j] = 0;
    for (let l = owed.start[j]; l < owed.start[j + 1]; l++) {
      due[owed.target[l]] += owed.amount[l];
      k.owed[j] += owed.amount[l];
    }
  }
  // The state pays part of what those lack who could not pay if all others did
  w.aided = 0;
  let cleared = sale.clearing;
  if (w.aid > 0 && !given) {
    for (let i = 0; i < n; i++) {
      if (cleared.round[i] !== 1) continue;
      const gap = w.aid * (k.owed[i] - pool[i] - due[i]);
      pool[i] += gap;
      w.aided += gap;
    }
    if (w.aided > 0) cleared = risk.clear(owed, pool, recovery);
  }
  const received = new Float64Array(n + 1);
  for (let j = 0; j < n; j++)
    for (let l = owed.start[j]; l < owed.start[j + 1]; l++)
      received[owed.target[l]] += owed.amount[l] * (cleared.payments[j] / k.owed[j]);
  w.price = sale.price;
  w.failures = w.spread = w.missing = w.lost = w.invested = w.sales = w.ended = 0;
  for (let j = 0; j < n; j++) {
    k.round[j] = cleared.round[j];
    k.failed[j] = cleared.defaults[j];
    k.paid[j] = cleared.payments[j];
    // Assets that were not sold come back to their value in a bank that goes on
    k.sold[j] = k.failed[j] === 1 ? k.value[j] : sale.sold[j];
    k.equity[j] = k.failed[j] === 1 ? 0 : cleared.equity[j] + (1 - sale.price) * (k.value[j] - k.sold[j]);
    w.failures += k.failed[j];
    const alone = cash[j] + k.value[j] + due[j] * (1 - 1e-14);
    if (k.failed[j] === 1 && alone >= k.owed[j]) w.spread++;
    w.missing += Math.max(0, k.owed[j] - k.paid[j]);
    w.sales += k.sold[j];
    w.invested += k.cash[j] + k.value[j];
    w.ended += k.equity[j];
    w.lost += (1 - sale.price) * k.sold[j];
    if (k.failed[j] === 1) w.lost += pool[j] + received[j] - k.paid[j];
  }
  w.paidOut = cleared.equity[n];
  for (let l = 0; l < loans.size; l++) {
    const j = loans.source[l];
    const due = k.owed[j] > 0 ? loans.amount[l] * gross(j) : 0;
    loans.unpaid[l] = due > 0 ? due * Math.max(0, 1 - k.paid[j] / k.owed[j]) : 0;
  }
  w.allFailures += w.failures;
  w.allSpread += w.spread;
  const first = p.shock.length === n ? p.shock : k.first.map((_, i) => (i === 0 ? 1 : 0));
  w.distress = bookDebtRank(
    { start: loans.start, target: loans.target, amount: loans.amount },
    k.capital,
    first,
  ).debtRank;
}
