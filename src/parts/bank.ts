// A bank that takes deposits and lends, and customers who pay each other, save what they do not spend and borrow what they lack.
//
//   reserves + loans = deposits + equity,   reserves ≥ ρ deposits after every loan
//
// Every entry is double: a deposit of cash adds to reserves and deposits, a loan takes from reserves and adds to loans, interest on deposits moves from equity to
// deposits, interest on loans adds to loans and equity, dividends move from equity to deposits. Money is in whole units of 2⁻²⁰, so that both sides are equal to the
// last digit below 2³³.
//
// With purchases of random others and lending up to the requirement, net wealth has an asymmetric Laplace law: Xi, Ding & Wang 2005, "How required reserve ratio
// affects distribution and velocity of money", Physica A 357, 543. Left out: defaults, cheques, other assets of the bank.
import { extension, f64, index, param, part, population } from "../economy/index.ts";
import { roundDown, roundUp } from "../economy/mechanisms/index.ts";
import { pairwiseSum } from "../math/index.ts";

const money = (doc: string) => f64({ unit: "money", doc });
const accounts = {
  cash: money("in hand"),
  deposit: money("at the bank"),
  loan: money("owed to the bank"),
  toDeposit: money("order: cash to pay in, or, below 0, deposit to take out"),
  toBorrow: money("order: loan to take, or, below 0, to repay"),
  deposited: money("cash paid in, net, this period"),
  borrowed: money("loan taken, net, this period"),
  interestEarned: money("credited to the deposit, this period"),
  interestCharged: money("added to the loan, this period"),
  dividend: money("of the bank, this period, credited to the deposit"),
};

/** A bank of `customers`, who say by `toDeposit` and `toBorrow` what they want. */
export const bank = part({
  name: "bank",
  params: {
    depositRate: param(0.002, { symbol: "r_d", unit: "per period", min: 0, max: 1, doc: "interest on deposits" }),
    loanRate: param(0.02, { symbol: "r_l", unit: "per period", min: 0, max: 1, doc: "interest on loans" }),
    reserveRatio: param(0.1, { symbol: "ρ", min: 0, max: 1, doc: "least reserves after a loan, over deposits" }),
    creditLimit: param(1e6, { unit: "money", min: 0, max: 1e9, doc: "up to which the bank lends to a customer" }),
    bankCapital: param(0, { unit: "money", min: 0, max: 1e9, doc: "equity at first, all of it in reserves" }),
    payout: param(1, {
      min: 0,
      max: 1,
      doc: "share of free profits that customers receive as dividends, in equal parts",
    }),
  },
  world: {
    reserves: money("cash of the bank"),
    loans: money("owed by all customers"),
    deposits: money("owed to all customers"),
    equity: money("the bank's own"),
    taken: money("cash paid in, net, this period"),
    lent: money("loans paid out, net, this period"),
    refused: money("withdrawals and loans that were wanted and not paid, this period"),
    interestPaid: money("on deposits, this period"),
    interestReceived: money("on loans, this period"),
    profit: money("interest received less interest paid, this period"),
    dividends: money("paid this period"),
  },
  populations: { customers: extension({ state: accounts }) },
  start: ({ world }) => ({
    found: world({ doc: "capital in reserves", writes: "scalars" }, (w, p) => {
      w.reserves = w.equity = roundDown(p.bankCapital);
    }),
  }),
  phases: ({ each, total, world }) => ({
    serve: world(
      { doc: "money comes in first; then withdrawals, then loans, in random order, as far as reserves go" },
      (w, p, draw) => {
        const { cash, deposit, loan, toDeposit, toBorrow, deposited, borrowed, size } = w.customers;
        let [reserves, deposits, taken, lent, refused] = [w.reserves, w.deposits, 0, 0, 0];
        for (let i = 0; i < size; i++) {
          const [toSave, toOwe] = [toDeposit[i]!, toBorrow[i]!];
          if (!Number.isFinite(toSave + toOwe))
            throw new Error(
              `Customer ${i} orders a deposit of ${toSave} and a loan of ${toOwe}, expected finite numbers.`,
            );
          const repaid = roundDown(Math.min(Math.max(0, -toOwe), loan[i]!, cash[i]!));
          const paidIn = roundDown(Math.min(Math.max(0, toSave), cash[i]! - repaid));
          [deposited[i], borrowed[i]] = [paidIn, -repaid];
          taken += paidIn;
          lent -= repaid;
        }
        reserves += taken - lent;
        deposits += taken;
        const queue = draw.shuffle("queue", size);
        for (const i of queue) {
          const wanted = roundDown(Math.min(Math.max(0, -toDeposit[i]!), deposit[i]!));
          const paid = Math.min(wanted, reserves);
          deposited[i]! -= paid;
          taken -= paid;
          reserves -= paid;
          deposits -= paid;
          refused += wanted - paid;
        }
        for (const i of queue) {
          const wanted = roundDown(Math.max(0, toBorrow[i]!));
          const room = Math.min(p.creditLimit - loan[i]!, reserves - p.reserveRatio * deposits);
          const paid = roundDown(Math.min(wanted, Math.max(0, room)));
          borrowed[i]! += paid;
          lent += paid;
          reserves -= paid;
          refused += wanted - paid;
        }
        for (let i = 0; i < size; i++) {
          cash[i]! += borrowed[i]! - deposited[i]!;
          deposit[i]! += deposited[i]!;
          loan[i]! += borrowed[i]!;
        }
        w.reserves = reserves;
        w.deposits = deposits;
        w.loans += lent;
        w.taken = taken;
        w.lent = lent;
        w.refused = refused;
      },
    ),
    accrue: each("customers", { doc: "interest, in the bank's favour by less than a unit" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) {
        k.interestEarned[i] = roundDown(p.depositRate * k.deposit[i]!);
        k.interestCharged[i] = roundUp(p.loanRate * k.loan[i]!);
        k.deposit[i]! += k.interestEarned[i]!;
        k.loan[i]! += k.interestCharged[i]!;
      }
    }),
    book: total(
      "customers",
      { doc: "interest of all" },
      { interestPaid: "interestEarned", interestReceived: "interestCharged" },
    ),
    close: world(
      { doc: "profit; dividends of what is left of it once losses of the past are made up", writes: "scalars" },
      (w, p) => {
        const { size } = w.customers;
        w.profit = w.interestReceived - w.interestPaid;
        const free = Math.max(0, Math.min(w.profit, w.equity + w.profit));
        w.dividends = size * roundDown((p.payout * free) / size);
        w.loans += w.interestReceived;
        w.deposits += w.interestPaid + w.dividends;
        w.equity += w.profit - w.dividends;
      },
    ),
    share: each("customers", { doc: "equal dividends" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) {
        k.dividend[i] = w.dividends / w.customers.size;
        k.deposit[i]! += k.dividend[i]!;
      }
    }),
  }),
  stages: { serve: "clear", accrue: "earn", book: "earn", close: "close", share: "close" },
  observe: {
    customers: {
      deposit: { column: "deposit", doc: "at the bank" },
      loan: { column: "loan", doc: "owed to the bank" },
    },
  },
  flows: {
    deposits: { unit: "money", receives: "taken" },
    loans: { unit: "money", pays: "lent" },
    depositInterest: { unit: "money", pays: "interestPaid" },
    loanInterest: { unit: "money", receives: "interestReceived" },
    dividends: { unit: "money", pays: "dividends" },
  },
  identities: {
    balanceSheet: {
      doc: "reserves + loans = deposits + equity, to the last unit",
      after: "period",
      tolerance: 0,
      of: (w) => w.reserves + w.loans - w.deposits - w.equity,
    },
    depositLedger: {
      doc: "deposits are those of all customers",
      after: "period",
      tolerance: 0,
      of: (w) => pairwiseSum(w.customers.deposit) - w.deposits,
    },
    loanLedger: {
      doc: "loans are those of all customers",
      after: "period",
      tolerance: 0,
      of: (w) => pairwiseSum(w.customers.loan) - w.loans,
    },
  },
  metrics: {
    deposits: { unit: "money", doc: "owed to all customers", of: (w) => w.deposits },
    loans: { unit: "money", doc: "owed by all customers", of: (w) => w.loans },
    reserves: { unit: "money", doc: "cash of the bank", of: (w) => w.reserves },
    equity: { unit: "money", doc: "the bank's own", of: (w) => w.equity },
    profit: { unit: "money", doc: "interest received less interest paid", of: (w) => w.profit },
    refused: { unit: "money", doc: "withdrawals and loans that were wanted and not paid", of: (w) => w.refused },
  },
});

/** Customers who spend the same sum in each period at a random other customer's, if they have it, or the bank lends it to them. */
export const customers = part({
  name: "customers",
  params: {
    customers: param(1000, { symbol: "N", unit: "people", min: 2, max: 1e7, integer: true }),
    customerCash: param(2, { symbol: "m", unit: "money", min: 0, max: 1e6, doc: "of each customer at first" }),
    purchase: param(1, { unit: "money", min: 1e-3, max: 1e6, doc: "that each customer makes in a period" }),
  },
  populations: {
    customers: population({
      size: "customers",
      state: {
        ...accounts,
        shop: index("customers", { doc: "the customer from whom it buys" }),
        spent: money("this period"),
        received: money("from whoever bought from it, this period"),
      },
    }),
  },
  start: ({ each }) => ({
    endow: each("customers", { doc: "equal cash" }, (k, from, to, _w, p) => {
      k.cash.fill(roundDown(p.customerCash), from, to);
    }),
  }),
  phases: ({ each, total }) => ({
    plan: each(
      "customers",
      { doc: "cash for a purchase; beyond that repay, then save; what is missing is withdrawn, then borrowed" },
      (k, from, to, _w, p) => {
        const price = roundDown(p.purchase);
        for (let i = from; i < to; i++) {
          const [more, less] = [Math.max(0, k.cash[i]! - price), Math.max(0, price - k.cash[i]!)];
          const [repaid, withdrawn] = [Math.min(more, k.loan[i]!), Math.min(less, k.deposit[i]!)];
          k.toDeposit[i] = more - repaid - withdrawn;
          k.toBorrow[i] = less - withdrawn - repaid;
        }
      },
    ),
    buy: each("customers", { doc: "at a random other's, with the cash that it takes" }, (k, from, to, w, p, draw) => {
      const price = roundDown(p.purchase);
      const other = draw.integers("shop", w.customers.size - 1);
      for (let i = from; i < to; i++) {
        k.shop[i] = other[i]! < i ? other[i]! : other[i]! + 1;
        k.spent[i] = k.cash[i]! >= price ? price : 0;
      }
    }),
    sell: total("customers", { doc: "what others paid", by: "shop" }, { received: "spent" }),
    settle: each("customers", { doc: "cash changes hands" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.cash[i]! += k.received[i]! - k.spent[i]!;
    }),
  }),
  stages: { plan: "post", buy: "trade", sell: "trade", settle: "settle" },
  observe: {
    customers: {
      cash: { column: "cash", scale: (p) => p.purchase, doc: "over a purchase" },
    },
  },
  flows: {
    purchases: { unit: "money", pays: "customers.spent", receives: "customers.received" },
    deposits: { unit: "money", pays: "customers.deposited" },
    loans: { unit: "money", receives: "customers.borrowed" },
    depositInterest: { unit: "money", receives: "customers.interestEarned" },
    loanInterest: { unit: "money", pays: "customers.interestCharged" },
    dividends: { unit: "money", receives: "customers.dividend" },
  },
  metrics: {
    debtors: {
      unit: "1",
      doc: "share of customers who owe more than they have",
      of: ({ customers: { cash, deposit, loan, size } }) =>
        loan.reduce((sum, owed, i) => sum + (owed > cash[i]! + deposit[i]! ? 1 : 0), 0) / size,
    },
  },
});
