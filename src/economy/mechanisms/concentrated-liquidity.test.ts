// Ranges of liquidity against Uniswap's own arithmetic, the closed form of one range, several ranges, and bad input.
import fc from "fast-check";
import { expect, test } from "vitest";
import { buyThroughRanges, liquidityFor, rangeHoldings, sellThroughRanges } from "./concentrated-liquidity.ts";
import { constantProductOut } from "./pool.ts";

const relative = (ours: number, theirs: number) => (ours === theirs ? 0 : Math.abs(ours / theirs - 1));

// up, √price, √price where the range ends, liquidity, offered, fee; √price afterwards, taken without fee, paid out, fee:
// @uniswap/v3-sdk 3.31.5 (npm), SwapMath.computeSwapStep, in integers of 96 binary digits for prices and 24 decimals for amounts
test.each([
  [
    true,
    0.09608439452330941,
    0.1499370294441249,
    1193.9136141151375,
    2.7577757249946444,
    0.0005,
    0.09839310162283858,
    2.7563968371321472,
    291.55751109421186,
    0.0013788878624973221,
  ],
  [
    true,
    5.8311288591146315,
    11.563461512852719,
    679.5527453163677,
    0.056642891222509206,
    0.01,
    5.831211378775831,
    0.05607646231028412,
    0.0016491842709280803,
    0.000566428912225092,
  ],
  [
    false,
    0.1313167445510537,
    0.08704685207187524,
    45.76966752735461,
    0.13485199482511234,
    0.003,
    0.13126610993763,
    0.134447438840637,
    0.0023175294217790904,
    0.000404555984475337,
  ],
  [
    true,
    0.48986213223944475,
    0.755591915993854,
    1.2620357289279127,
    0.03132625888520124,
    0,
    0.5146841385956457,
    0.03132625888520124,
    0.12424927968888927,
    0,
  ],
  [
    false,
    2.547453217612123,
    1.5084666429867895,
    929.2460316205197,
    0.0854702353490211,
    0.0005,
    2.546856762560802,
    0.0854275002313466,
    0.5542534894798408,
    4.273511767451055e-5,
  ],
  [
    true,
    14.876068679895965,
    19.096548963593715,
    1.482499142802226,
    4.163406303082411,
    0.01,
    17.656355103711764,
    4.121772240051587,
    0.01569259478318729,
    0.041634063030824106,
  ],
  [
    true,
    0.9181417428280874,
    1.185556435552403,
    4.3708611685469805,
    0.027711161147635725,
    0.01,
    0.924418320481383,
    0.027434049536159362,
    0.032322998477626506,
    0.0002771116114763572,
  ],
  [
    true,
    0.13326555171787646,
    0.13477312201191793,
    597.3367828204155,
    0.12770434815956833,
    0.01,
    0.13347720334944188,
    0.12642730467797264,
    7.107483808775596,
    0.0012770434815956833,
  ],
  [
    false,
    1.1142343180313468,
    0.5526100899723758,
    1570.3432090091646,
    1.733327254919459,
    0,
    1.1128656275578115,
    1.733327254919459,
    2.1493137903517323,
    0,
  ],
  [
    true,
    0.4053256682999091,
    0.7317800151024194,
    47.04560952965585,
    0.0634931036602211,
    0.0005,
    0.4066746009153615,
    0.06346135710839099,
    0.3849977563452021,
    3.174655183011055e-5,
  ],
  [
    true,
    0.1290377941522145,
    0.219073827237235,
    1485.2773423472736,
    3.1671593150522312,
    0.003,
    0.13116376601422167,
    3.1576578371070747,
    186.5667559679804,
    0.009501477945156694,
  ],
  [
    false,
    1.0614410121847548,
    0.9420757723412763,
    2.1930376740492648,
    1.2760054746759124,
    0.01,
    0.9420757723412763,
    0.2617834991522725,
    0.26177246794867487,
    0.002644277769214874,
  ],
] as [boolean, ...number[]][])(
  "a swap in one range is Uniswap's to 1e-12 (up: %s, √P = %d)",
  (up, s, end, liquidity, offered, fee, after, used, out, paid) => {
    // The package's end of the range is the near one; the far one is beyond reach.
    const range = up
      ? { low: (0.5 * s) ** 2, high: end * end, liquidity }
      : { low: end * end, high: (2 * s) ** 2, liquidity };
    const swap = (up ? buyThroughRanges : sellThroughRanges)([range], s * s, offered, fee);
    expect(relative(Math.sqrt(swap.price), after)).toBeLessThan(1e-12);
    expect(relative(swap.out, out)).toBeLessThan(1e-12);
    expect(relative(swap.taken - swap.fee, used)).toBeLessThan(1e-12);
    expect(relative(swap.fee, paid)).toBeLessThan(1e-11);
  },
);

// Before the run: with virtual reserves a range is a constant product; both forms round a few times, and √ and squares of prices once more.
test("one range is a constant product of virtual reserves", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 1.01, max: 10, noNaN: true }),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.double({ min: 1e-6, max: 0.9, noNaN: true }),
      (low, ratio, at, part) => {
        const high = low * ratio;
        const price = low + at * (high - low);
        const range = { low, high, liquidity: 1000 };
        const { tokens, money } = rangeHoldings(range, price);
        const [x, y] = [tokens + 1000 / Math.sqrt(high), money + 1000 * Math.sqrt(low)];
        expect(relative(x * y, 1e6)).toBeLessThan(1e-13);
        const offered = part * 1000 * (Math.sqrt(high) - Math.sqrt(price));
        const bought = buyThroughRanges([range], price, offered);
        expect(relative(bought.out, constantProductOut({ balanceIn: y, balanceOut: x }, offered))).toBeLessThan(1e-13);
        const after = rangeHoldings(range, bought.price);
        expect(after.money - money).toBeCloseTo(offered, 9);
        expect(tokens - after.tokens).toBeCloseTo(bought.out, 9);
        const sold = sellThroughRanges([range], bought.price, bought.out);
        expect(Math.abs(sold.out - offered)).toBeLessThan(1e-12 * (money + y));
        expect(relative(liquidityFor(range, price, { tokens, money }), 1000)).toBeLessThan(1e-12);
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test("a swap through several ranges pays what they hold, and a round trip gains nothing", () => {
  const ranges = [
    { low: 0.5, high: 2, liquidity: 100 },
    { low: 1.2, high: 3, liquidity: 400 },
    { low: 4, high: 5, liquidity: 50 }, // beyond a gap
  ];
  const holdings = (price: number) =>
    ranges.reduce(
      ([tokens, money], range) => {
        const held = rangeHoldings(range, price);
        return [tokens + held.tokens, money + held.money];
      },
      [0, 0],
    );
  for (const price of [0.6, 1.2, 1.7, 2])
    for (const money of [1, 50, 150, 260])
      for (const fee of [0, 0.01]) {
        const bought = buyThroughRanges(ranges, price, money, fee);
        const [before, after] = [holdings(price), holdings(bought.price)];
        expect(before[0] - after[0]).toBeCloseTo(bought.out, 10);
        expect(after[1] - before[1]).toBeCloseTo(bought.taken - bought.fee, 10);
        expect(bought.fee).toBeCloseTo(fee * bought.taken, 10);
        const back = sellThroughRanges(ranges, bought.price, bought.out, fee);
        if (fee === 0) expect(back.out).toBeCloseTo(bought.taken, 9);
        else expect(back.out).toBeLessThan(bought.taken);
      }
  // Where liquidity ends, the rest is not taken.
  const all = buyThroughRanges(ranges, 0.5, 1e6, 0.01);
  expect(all.price).toBeCloseTo(5, 12);
  expect(all.out).toBeCloseTo(holdings(0.5)[0], 10);
  expect(all.taken).toBeCloseTo(holdings(5)[1] / 0.99, 9);
  expect(sellThroughRanges([], 1, 5)).toEqual({ out: 0, price: 1, taken: 0, fee: 0 });
});

test("outside a range there is one side of it", () => {
  const range = { low: 1, high: 4, liquidity: 10 };
  expect(rangeHoldings(range, 0.2)).toEqual({ tokens: 5, money: 0 });
  expect(rangeHoldings(range, 9)).toEqual({ tokens: 0, money: 10 });
  expect(liquidityFor(range, 9, { tokens: 0, money: 10 })).toBe(10);
  expect(liquidityFor(range, 2, { tokens: 0, money: 10 })).toBe(0);
});

test("bad input is one error each", () => {
  const range = { low: 1, high: 4, liquidity: 10 };
  for (const [bad, error] of [
    [() => rangeHoldings({ ...range, high: 1 }, 2), "rangeHoldings: a range from 1 to 1, expected 0 < low < high."],
    [() => rangeHoldings({ ...range, liquidity: -1 }, 2), "liquidity is -1"],
    [() => rangeHoldings(range, 0), "price is 0"],
    [() => buyThroughRanges([range], 2, Number.NaN), "money is NaN"],
    [() => sellThroughRanges([range], 2, -1), "tokens is -1"],
    [() => buyThroughRanges([range], 2, 1, 1), "fee is 1"],
    [() => liquidityFor(range, 2, { tokens: Number.NaN, money: 0 }), "tokens is NaN"],
  ] as [() => unknown, string][])
    expect(bad).toThrow(error);
});
