// Banks that lend to each other, hold the same asset and owe depositors: losses spread by unpaid debts, by falling prices and by runs.
// Clearing by Eisenberg & Noe 2001 with costs of bankruptcy (Rogers & Veraart 2013), fire sales at one price after Cifuentes, Ferrucci & Shin 2005, DebtRank by Battiston et al. 2012, all of them src/risk;
// networks of a core and a periphery, scale-free, random, or fitted to totals by maximum entropy or minimum density.
//
// Each period banks choose leverage and how much they look at a borrower's leverage, write books of one period (double entry), returns come, depositors run, assets are sold, debts are cleared, the state may
// pay part of what is missing. With `liabilities` given, those are the books of every period. Left out: debts of several periods, collateral, sequential service of depositors, a central bank.
import { box, defineEconomy, f64, i32, links, population, risk, u8, unknown } from "walras";
import { pow } from "walras/math";
import {
  banksOf,
  bookDebtRank,
  givenBooks,
  lendAlong,
  lendByTotals,
  relations,
  relationsPerBank,
  unwired,
} from "./parts/interbank-books.ts";
import { clearDebts } from "./parts/interbank-clearing.ts";
import { interbankParams } from "./parts/interbank-params.ts";
import { bestLeverage, failureAlone } from "./theory/interbank.ts";

export const interbank = defineEconomy({
  name: "interbank",
  source: "Eisenberg & Noe (2001); Rogers & Veraart (2013); Cifuentes, Ferrucci & Shin (2005); Battiston et al. (2012)",
  summary: "Banks lend to each other and hold the same asset; failures spread by debts, prices and runs.",
  params: interbankParams,
  derive: {
    banks: (p) => banksOf(p) || 40,
    relations: (p) => Math.max(1, p.liabilities.length > 0 ? p.banks - 1 : relationsPerBank(p)),
  },
  horizon: "horizon",
  world: {
    turbulent: u8({ doc: "1: this period is turbulent" }),
    common: f64({ doc: "the shock that all assets share" }),
    ratio: f64({ doc: "ρ, least capital ratio" }),
    aid: f64({ doc: "g, share of what is missing that the state pays" }),
    cap: f64({ doc: "most that a bank lends to one other, over its capital" }),
    price: f64({ initial: 1, doc: "of assets in the sale, 1 where nobody sells" }),
    sales: f64({ unit: "money", doc: "assets sold, at a price of 1" }),
    failures: f64({ unit: "banks", doc: "banks in default" }),
    spread: f64({ unit: "banks", doc: "banks in default that would pay if all others did and nobody sold" }),
    missing: f64({ unit: "money", doc: "debts that are not paid, of all banks to all" }),
    paidOut: f64({ unit: "money", doc: "that households get" }),
    lost: f64({ unit: "money", doc: "costs of bankruptcy, and of sales below value" }),
    aided: f64({ unit: "money", doc: "paid by the state" }),
    invested: f64({ unit: "money", doc: "Σ of assets and cash after returns" }),
    surplus: f64({
      unit: "money",
      doc: "returns of assets above the deposit rate, less what is lost and what the state's money costs, over Σ of first capital",
    }),
    ended: f64({ unit: "money", doc: "Σ of equity once debts are cleared" }),
    distress: f64({ doc: "DebtRank, beyond the first shock" }),
    allFailures: f64({ unit: "banks", doc: "in default, so far" }),
    allSpread: f64({ unit: "banks", doc: "pulled down by others, so far" }),
  },
  populations: {
    regulator: population({
      size: 1,
      doc: "the outer layer",
      state: { surplus: f64({ unit: "1", doc: "of this period" }) },
      actions: {
        capitalRatio: box(0, 0.5, { doc: "ρ" }),
        rescue: box(0, 1, { doc: "g" }),
        exposureCap: box(0, 10, { doc: "over the lender's capital" }),
      },
    }),
    banks: population({
      size: "banks",
      state: {
        first: f64({ unit: "money", doc: "capital with which it begins" }),
        carried: f64({ unit: "money", doc: "capital for the next period" }),
        capital: f64({
          unit: "money",
          doc: "assets, cash and claims less debts and deposits, at the start of the period",
        }),
        target: f64({ doc: "leverage of this period" }),
        claims: f64({ unit: "money", doc: "lent to other banks" }),
        debts: f64({ unit: "money", doc: "borrowed from other banks" }),
        deposits: f64({ unit: "money" }),
        cash: f64({ unit: "money" }),
        invested: f64({ unit: "money", doc: "assets at cost" }),
        value: f64({ unit: "money", doc: "assets after returns, at a price of 1" }),
        withdrawn: f64({ unit: "money", doc: "deposits called" }),
        sold: f64({ unit: "money", doc: "assets sold, at a price of 1" }),
        paid: f64({ unit: "money", doc: "on all debts" }),
        owed: f64({ unit: "money", doc: "debts and deposits with interest" }),
        equity: f64({ unit: "money", doc: "once debts are cleared; 0 in default" }),
        round: i32({ doc: "of default; 1: it could not pay if all others did; 0: it pays" }),
        failed: u8({ doc: "1: in default" }),
        profit: f64({ doc: "return on capital, less the cost of failing" }),
      },
      actions: {
        leverage: box("leverageLow", "leverageHigh", { doc: "assets over capital" }),
        selectivity: box(0, 1, { doc: "how much a borrower's leverage counts" }),
      },
    }),
  },
  links: {
    loans: links("banks", {
      degree: "relations",
      doc: "from who may borrow to who may lend",
      state: {
        amount: f64({ unit: "money", doc: "lent this period" }),
        unpaid: f64({ unit: "money", doc: "of principal and interest, not paid back" }),
      },
    }),
  },
  start: ({ wire, world }) => ({
    meet: wire("loans", { doc: "who may lend to whom" }, (p) => {
      const books = givenBooks(p);
      if (!books) return relations(p);
      return (link) => {
        for (let i = 0; i < p.banks; i++)
          for (let l = books.owed.start[i]; l < books.owed.start[i + 1]; l++) link(i, books.owed.target[l]);
      };
    }),
    found: world({ doc: "capital of banks, larger ones first" }, ({ banks }, p) => {
      const books = givenBooks(p);
      const impossible = books ? null : unwired(p);
      if (impossible !== null) throw new Error(`interbank: ${impossible}. Choose other partners or another network.`);
      const n = banks.size;
      let all = 0;
      for (let i = 0; i < n; i++) all += banks.first[i] = pow(i + 1, -p.concentration);
      for (let i = 0; i < n; i++) {
        banks.first[i] = books ? books.equity[i] : (banks.first[i] * n) / all;
        banks.carried[i] = banks.first[i];
      }
    }),
  }),
  phases: ({ decide, each, world }) => ({
    regulate: decide("regulator", { doc: "capital ratio, rescue, largest exposure", every: "regulation" }),
    set: world({ doc: "as the regulator or the parameters say", writes: "scalars" }, (w, p) => {
      const { regulator } = w;
      const decides = p.regulation === "episode";
      w.ratio = decides ? regulator.capitalRatio[0] : p.capitalRatio;
      w.aid = decides ? regulator.rescue[0] : p.rescue;
      w.cap = decides ? regulator.exposureCap[0] : p.exposureCap;
    }),
    choose: decide("banks", { doc: "leverage and selectivity", every: "decisions" }),
    lend: world({ doc: "books of this period: loans, deposits, cash, assets" }, (w, p) => {
      const { banks: k, loans } = w;
      const books = givenBooks(p);
      const n = k.size;
      k.capital.set(k.carried);
      if (books) {
        for (let l = 0; l < loans.size; l++) loans.amount[l] = books.owed.amount[l];
        for (let i = 0; i < n; i++) {
          k.capital[i] = books.equity[i];
          k.deposits[i] = k.cash[i] = 0;
          k.invested[i] = books.assets[i];
        }
        count(k, loans);
        for (let i = 0; i < n; i++) k.target[i] = k.capital[i] > 0 ? (k.invested[i] + k.claims[i]) / k.capital[i] : 0;
        return;
      }
      const most = w.ratio > 0 ? 1 / w.ratio : Number.POSITIVE_INFINITY;
      for (let i = 0; i < n; i++) {
        const wanted = p.decisions === "period" ? k.leverage[i] : p.leverage;
        k.target[i] = Math.max(1, Math.min(most, wanted));
      }
      const wishes = {
        wanted: k.capital.map((x, i) => p.interbankShare * (k.target[i] - 1) * x),
        room: k.capital.map((x, i) => p.lendingShare * k.target[i] * x),
        cap: k.capital.map((x) => w.cap * x),
        weight: (lender: number, borrower: number) => {
          const selective = p.decisions === "period" ? k.selectivity[lender] : p.selectivity;
          const safe = Math.max(0, 1 - k.target[borrower] / p.leverageHigh);
          return k.capital[lender] * (1 - selective + selective * safe);
        },
      };
      if (p.network === "entropy") lendByTotals(loans, wishes, risk.maximumEntropy);
      else if (p.network === "density") lendByTotals(loans, wishes, risk.minimumDensity);
      else lendAlong(loans, wishes);
      count(k, loans);
      for (let i = 0; i < n; i++) {
        // All assets λ k are funded by capital, other banks and depositors; what is not lent is cash or invested
        const all = k.target[i] * k.capital[i];
        k.deposits[i] = Math.max(0, all - k.capital[i] - k.debts[i]);
        k.cash[i] = Math.min(p.reserves * k.deposits[i], all - k.claims[i]);
        k.invested[i] = k.capital[i] + k.debts[i] + k.deposits[i] - k.claims[i] - k.cash[i];
      }
    }),
    weather: world({ doc: "calm or turbulent, and the shock that all share", writes: "scalars" }, (w, p, draw) => {
      const u = draw.uniform("weather");
      w.turbulent = w.turbulent === 1 ? (u < p.calming ? 0 : 1) : u < p.unrest ? 1 : 0;
      w.common = draw.normal("common");
    }),
    earn: each("banks", { doc: "assets after returns" }, (k, from, to, w, p, draw) => {
      const z = draw.normal("own");
      const σ = p.volatility * (w.turbulent === 1 ? p.turbulence : 1);
      const [all, own] = [Math.sqrt(p.correlation), Math.sqrt(1 - p.correlation)];
      for (let i = from; i < to; i++) {
        const gain = p.returnMean + σ * (all * w.common + own * z[i]);
        k.value[i] = k.invested[i] * Math.max(0, 1 + (p.liabilities.length > 0 ? gain - p.returnMean : gain));
      }
    }),
    clear: world({ doc: "runs, sales, clearing, rescue" }, clearDebts),
    close: world({ doc: "owners take what is above the first capital, and put up what a new bank needs" }, (w, p) => {
      const { banks: k, regulator } = w;
      let [returns, all] = [0, 0];
      for (let i = 0; i < k.size; i++) {
        k.profit[i] = k.capital[i] > 0 ? k.equity[i] / k.capital[i] - 1 - (k.failed[i] === 1 ? p.exitCost : 0) : 0;
        returns += k.value[i] - k.invested[i] * (1 + p.depositRate);
        all += Math.abs(k.first[i]);
        k.carried[i] =
          k.failed[i] === 1 ? k.first[i] : Math.min(k.first[i], Math.max(p.leastCapital * k.first[i], k.equity[i]));
      }
      w.surplus = all > 0 ? (returns - w.lost - p.costOfFunds * w.aided) / all : 0;
      regulator.surplus[0] = w.surplus;
    }),
  }),
  observe: {
    regulator: { turbulent: { world: "turbulent", doc: "1: the last period was turbulent" } },
    banks: {
      turbulent: { world: "turbulent", center: 0.5, scale: 0.5, doc: "whether the last period was turbulent" },
      capital: { column: "carried", scale: (p) => 40 / p.banks + 1, doc: "its capital" },
      failures: { world: "failures", scale: (p) => p.banks / 10, doc: "banks in default in the last period" },
      price: { world: "price", center: 1, scale: 0.1, doc: "of assets in the last period's sale" },
      ratio: { world: "ratio", scale: 0.1, doc: "the regulator's capital ratio" },
      aid: { world: "aid", doc: "the share that the state pays" },
      cap: { world: "cap", doc: "the largest exposure" },
    },
  },
  reward: {
    regulator: { column: "surplus", doc: "returns less what is lost" },
    banks: { column: "profit", doc: "return on capital, less the cost of failing" },
  },
  discountFactor: { banks: "discountFactor" },
  metrics: {
    failures: { unit: "1", doc: "share of banks in default", of: (w) => w.failures / w.banks.size },
    spread: {
      unit: "1",
      doc: "share of banks in default that would pay if all others did and nobody sold",
      of: (w) => w.spread / w.banks.size,
    },
    meanFailures: {
      unit: "per period",
      doc: "share of banks in default, mean over periods so far",
      of: (w) => w.allFailures / w.banks.size / Math.max(1, w.period + 1),
    },
    meanSpread: {
      unit: "per period",
      doc: "share of banks pulled down by others, mean over periods so far",
      of: (w) => w.allSpread / w.banks.size / Math.max(1, w.period + 1),
    },
    loss: { unit: "money", doc: "debts of this period that are not paid", of: (w) => w.missing },
    lost: { unit: "money", doc: "costs of bankruptcy and of sales below value", of: (w) => w.lost },
    leverage: {
      unit: "1",
      doc: "mean of assets over capital",
      of: ({ banks: { target, size } }) => total(target) / size,
    },
    lending: {
      unit: "1",
      doc: "loans between banks over capital",
      of: ({ banks: { claims, capital } }) => total(claims) / Math.max(1e-300, total(capital)),
    },
    price: { unit: "1", doc: "of assets in the sale", of: (w) => w.price },
    debtRank: { unit: "1", doc: "share of all claims lost to distress beyond the first shock", of: (w) => w.distress },
    surplus: {
      unit: "per period",
      doc: "returns above the deposit rate less losses, over first capital",
      of: (w) => w.surplus,
    },
    profit: {
      unit: "per period",
      doc: "mean return on capital",
      of: ({ banks: { profit, size } }) => total(profit) / size,
    },
  },
  identities: {
    books: {
      doc: "assets, cash and claims less capital, debts and deposits of each bank, the largest difference",
      after: "period",
      of({ banks: k }) {
        let most = 0;
        for (let i = 0; i < k.size; i++) {
          const held = k.invested[i] + k.cash[i] + k.claims[i];
          const off = held - k.capital[i] - k.debts[i] - k.deposits[i];
          most = Math.max(most, Math.abs(off) / Math.max(1, held, k.debts[i]));
        }
        return most;
      },
    },
    claims: {
      doc: "claims of banks on banks less debts of banks to banks",
      after: "period",
      of: ({ banks: { claims, debts } }) => (total(claims) - total(debts)) / Math.max(1, total(claims)),
    },
    payments: {
      doc: "assets, cash and the state's money less equity, what households get, and costs of bankruptcy and sales",
      after: "period",
      of: (w) => (w.invested + w.aided - w.ended - w.paidOut - w.lost) / Math.max(1, w.invested),
    },
  },
  truth(p) {
    const books = givenBooks(p);
    const impossible = books ? null : unwired(p);
    const drawn = unknown(impossible ?? "loans and returns are drawn: known where liabilities and assets are given");
    const apart =
      books || p.interbankShare > 0 || p.impact > 0 || p.rescue > 0 || p.regulation === "episode"
        ? unknown("known where banks do not lend to each other, sales move no price and the state does not help")
        : impossible !== null
          ? unknown(impossible)
          : null;
    const decided = unknown("banks decide on their leverage");
    const kept = unknown("banks keep to a leverage that is given");
    const best = (after: "calm" | "turbulent") =>
      p.discountFactor > 0
        ? unknown("banks look beyond this period")
        : p.leverageLow > p.leverageHigh
          ? unknown(`leverage goes from ${p.leverageLow} to ${p.leverageHigh}`)
          : bestLeverage(p, after).leverage;
    const deciding = p.decisions === "period";
    const alone = {
      failureAlone: apart ?? (deciding ? decided : failureAlone(p)),
      calmLeverage: apart ?? (deciding ? best("calm") : kept),
      turbulentLeverage: apart ?? (deciding ? best("turbulent") : kept),
    };
    if (!books)
      return {
        payments: drawn,
        equity: drawn,
        loss: drawn,
        defaults: drawn,
        debtRank: drawn,
        systemLoss: drawn,
        systemDebtRank: drawn,
        ...alone,
      };
    const { payments, equity, defaults, loss } = risk.clear(books.owed, books.assets);
    const owed = new Float64Array(p.banks);
    for (let i = 0; i < p.banks; i++)
      for (let l = books.owed.start[i]; l < books.owed.start[i + 1]; l++) owed[i] += books.owed.amount[l];
    const shock = books.shock.length > 0 ? books.shock : books.equity.map((_, i) => (i === 0 ? 1 : 0));
    const ranked = bookDebtRank(books.owed, books.equity, shock);
    return {
      payments: Array.from(payments),
      equity: Array.from(equity),
      loss: Array.from(payments, (x, i) => owed[i] - x),
      defaults: Array.from(defaults),
      debtRank: Array.from(ranked.distress),
      systemLoss: loss,
      systemDebtRank: ranked.debtRank,
      ...alone,
    };
  },
  truthDocs: {
    payments: "by bank: paid on all its debts, the greatest that satisfy clearing",
    equity: "by bank: what it has once all have paid; 0 in default",
    loss: "by bank: what it owes and does not pay",
    defaults: "by bank: 1 in default",
    debtRank: "by bank: share of its equity that DebtRank has it lose, first shock included",
    systemLoss: "Σ of what is not paid",
    systemDebtRank: "R: loss beyond the first shock, banks weighted by their share of all claims",
    failureAlone: "chance that a bank fails in a period, in the long run",
    calmLeverage: "leverage with the highest return on capital after a calm period",
    turbulentLeverage: "the same after a turbulent one",
  },
  stress: {
    shocks: { volatility: [0.01, 0.03, 5] },
    loss: "loss",
    fails: { population: "banks", column: "failed", order: "round" },
    carries: { links: "loans", column: "unpaid" },
  },
  figures: [
    {
      title: "Banks in default",
      metric: "failures",
      theory: "failureAlone",
      theoryLabel: "alone, in the long run",
      caption: "Share of banks in default, period by period.",
    },
    { title: "Price of assets", metric: "price", caption: "In the period's sale; 1 where nobody sells." },
  ],
});

export default interbank;

const total = (x: Readonly<Float64Array>): number => x.reduce((sum, v) => sum + v, 0);

/** Sums loans into claims and debts. */
function count(
  k: { readonly claims: Float64Array; readonly debts: Float64Array },
  loans: {
    readonly size: number;
    readonly source: Readonly<Int32Array>;
    readonly target: Readonly<Int32Array>;
    readonly amount: Readonly<Float64Array>;
  },
): void {
  k.claims.fill(0);
  k.debts.fill(0);
  for (let l = 0; l < loans.size; l++) {
    k.debts[loans.source[l]] += loans.amount[l];
    k.claims[loans.target[l]] += loans.amount[l];
  }
}
