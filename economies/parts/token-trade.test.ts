// Random trades of random holders on random curves with random fees: accounts are exact, nobody holds less than nothing or trades more than it wants, and a round trip without fee returns what it cost.
// So many trades are tried: WALRAS_TRADES=1000000 npm test -- economies/parts/token-trade.test.ts
import { expect, test } from "vitest";
import type { BondingCurve } from "../../src/economy/mechanisms/index.ts";
import * as curves from "../../src/economy/mechanisms/index.ts";
import { roundDown, roundNearest, UNIT } from "../../src/economy/mechanisms/index.ts";
import { ownUpTo } from "../theory/token-market.ts";
import { type Contract, type Terms, tradeInTurn, tradeTogether } from "./token-trade.ts";

const TRADES = Number(process.env["WALRAS_TRADES"] ?? 20_000);

/** Park & Miller's generator: uniform on (0, 1). */
function generator(seed: number) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

const builders: readonly ((u: () => number) => BondingCurve)[] = [
  (u) => curves.linearCurve({ slope: u() < 0.2 ? 0 : u() / 10, intercept: u() < 0.2 ? 0 : 3 * u() }),
  (u) => curves.logarithmicCurve({ slope: 4 * u() }),
  (u) => curves.exponentialCurve({ intercept: u() + 0.01, growth: u() / 50 }),
  (u) => curves.sigmoidCurve({ capacity: 10 * u(), growth: 0.01 + u() / 5, midpoint: 200 * u() }),
  (u) => curves.polynomialCurve([u(), u() / 10, u() / 1e3, u() / 1e5]),
  (u) => {
    const [S, P] = [1 + 100 * u(), u()];
    return curves.piecewiseCurve([
      [0, P],
      [S, P],
      [S + 1 + 50 * u(), P + 3 * u()],
    ]);
  },
  (u) => {
    const [top, half] = [5 * u(), 1 + 100 * u()];
    return ownUpTo((S) => (top * S) / (S + half), 20 + 200 * u());
  },
];

/** Holders of a contract, and all that is kept in the accounts. */
function marketOf(u: () => number, N: number, curve: BondingCurve, short: boolean) {
  const column = (value: () => number) => Float64Array.from({ length: N }, () => roundDown(value()));
  const tokens = column(() => (u() < 0.2 ? 0 : 60 * u()));
  const supply = tokens.reduce((a, b) => a + b, 0);
  const reserve = roundNearest(short ? u() * curve.reserve(supply) : curve.reserve(supply));
  const contract: Contract = { supply, reserve, unbacked: roundNearest(curve.reserve(supply)) - reserve };
  const [money, empty] = [column(() => (u() < 0.2 ? 0 : u() < 0.1 ? 5e-6 : 200 * u())), () => new Float64Array(N)];
  return { contract, book: { money, tokens, wanted: empty(), filled: empty(), payment: empty() } };
}

const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);

test("accounts are exact under random trades of random holders, on every curve, with any fee, in either form and at either price", () => {
  const u = generator(7);
  let trades = 0;
  let suspended = 0;
  for (let run = 0; trades < TRADES; run++) {
    const curve = builders[run % builders.length](u);
    const terms: Terms = {
      curve,
      fee: [0, 0.003, 0.3, 0.99][Math.floor(4 * u())],
      pricing: u() < 0.7 ? "integral" : "spot",
    };
    const N = 1 + Math.floor(9 * u());
    const market = marketOf(u, N, curve, u() < 0.3);
    let { contract } = market;
    const { book } = market;
    const { money, tokens, wanted, filled, payment } = book;
    let fees = 0;
    const all = sum(money) + contract.reserve;
    for (let t = 0; t < 25; t++) {
      const scale = [1, 1e-6, 30, 1e4][Math.floor(4 * u())];
      const lean = u();
      for (let i = 0; i < N; i++) wanted[i] = scale * (lean < 0.2 ? u() : lean < 0.4 ? -u() : 2 * u() - 1);
      const together = u() < 0.5;
      const turns = Array.from({ length: N }, (_, i) => i).sort(() => u() - 0.5);
      const before = contract;
      const traded = together ? tradeTogether(book, N, contract, terms) : tradeInTurn(book, turns, contract, terms);
      contract = traded;
      fees += traded.fees;
      const where = `run ${run}, period ${t}`;
      // Each check is a comparison, and a failure is told with its place: expect() for each would take longer than the trades.
      const fail = (what: string) => {
        throw new Error(`${what} (${where})`);
      };
      if (contract.reserve + contract.unbacked !== roundNearest(curve.reserve(contract.supply)))
        fail("reserve is not ∫f");
      if (terms.pricing === "integral" && contract.unbacked !== before.unbacked) fail("the reserve lacks more");
      if (sum(money) + contract.reserve + fees !== all) fail("money is not conserved");
      if (sum(tokens) !== contract.supply) fail("holders do not hold the supply");
      if (contract.reserve - before.reserve !== sum(payment)) fail("payments are not what the reserve takes");
      if (!(contract.reserve >= 0 && traded.fees >= 0)) fail("less than nothing is kept");
      if (Math.abs(traded.turnover - payment.reduce((a, b) => a + Math.abs(b), 0)) !== 0) fail("turnover");
      let burned = 0;
      for (let i = 0; i < N; i++) {
        if (!(money[i] >= 0 && tokens[i] >= 0)) fail(`holder ${i} has ${money[i]} and ${tokens[i]}`);
        if (filled[i] * wanted[i] < 0 || Math.abs(filled[i]) > Math.abs(wanted[i]))
          fail(`holder ${i} got ${filled[i]}`);
        if (filled[i] < 0) burned++;
        if (filled[i] !== 0) trades++;
      }
      if (burned === 0 && wanted.some((a, i) => a < -UNIT && tokens[i] > UNIT)) suspended++;
    }
  }
  expect(suspended).toBeGreaterThan(0);
});

// R = 0.4 S: 1 unit of tokens is backed by 0 units of money, 2 are by 1, and minting the second costs 0.4 units, which are 0.
test("a unit that rounding leaves is paid by somebody who mints, not by whoever has no money", () => {
  const book = {
    money: Float64Array.of(0, 1),
    tokens: Float64Array.of(UNIT, 0),
    wanted: Float64Array.of(0, UNIT),
    filled: new Float64Array(2),
    payment: new Float64Array(2),
  };
  const terms: Terms = { curve: curves.linearCurve({ slope: 0, intercept: 0.4 }), fee: 0, pricing: "integral" };
  tradeTogether(book, 2, { supply: UNIT, reserve: 0, unbacked: 0 }, terms);
  expect([...book.payment, ...book.money]).toEqual([0, UNIT, 0, 1 - UNIT]);
});

test("a round trip returns exactly what it cost without a fee, and with one it costs something", () => {
  const u = generator(11);
  for (let run = 0; run < TRADES / 10; run++) {
    const curve = builders[run % builders.length](u);
    const fee = u() < 0.5 ? 0 : u() * 0.9;
    const terms: Terms = { curve, fee, pricing: "integral" };
    const { contract, book } = marketOf(u, 1, curve, false);
    const money = book.money[0];
    const scale = [1, 1e-5, 100][run % 3];
    const trade = (c: Contract, a: number) => {
      book.wanted[0] = a;
      return u() < 0.5 ? tradeTogether(book, 1, c, terms) : tradeInTurn(book, [0], c, terms);
    };
    const there = trade(contract, scale * (2 * u() - 1));
    const [filled, paid] = [book.filled[0], book.payment[0]];
    const back = trade(there, -filled);
    // What was burned cannot always be bought again: it costs the fee, and change is kept.
    if (book.filled[0] !== -filled) continue;
    if (back.supply !== contract.supply || back.reserve !== contract.reserve)
      throw new Error(`run ${run} left a trace`);
    if (fee === 0 ? book.money[0] !== money : !(book.money[0] < money || paid === 0))
      throw new Error(`run ${run}: ${money} became ${book.money[0]} at a fee of ${fee}`);
  }
});
