// Cases of constant products and ranges by Uniswap's own packages, for src/economy/mechanisms/peers.test.ts. They count in integers: here of 30 decimals for amounts and 96 binary digits for square roots of prices.
//
// usage, in an empty folder: npm install @uniswap/v2-sdk@4.21.4 @uniswap/v3-sdk@3.31.5 @uniswap/sdk-core@7.19.4, then
//   node --experimental-default-type=module uniswap-cases.js > uniswap.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "cases.js"));
const { CurrencyAmount, Token } = require("@uniswap/sdk-core");
const { Pair } = require("@uniswap/v2-sdk");
const { maxLiquidityForAmounts, SqrtPriceMath, SwapMath } = require("@uniswap/v3-sdk");
// Its own copy: an integer of another is none.
const JSBI = createRequire(require.resolve("@uniswap/v3-sdk"))("jsbi");

let state = 1;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
/** Log-uniform, of six digits. */
const some = (low, high) => Number((low * (high / low) ** random()).toPrecision(6));

/** x of six digits or more, exactly, with 30 decimals. */
function units(x) {
  const [digits, exponent = "0"] = String(x).split("e");
  const [whole, fraction = ""] = digits.split(".");
  const shift = 30 + Number(exponent) - fraction.length;
  return JSBI.BigInt(String(BigInt(whole + fraction) * 10n ** BigInt(shift)));
}
/** The nearest double: an integer of 30 decimals, read as text. */
const shown = (integer) => Number(`${integer}e-30`);
/** 96 binary digits of a square root; a double has no more than 53 of them. */
const root = (s) => JSBI.BigInt(String(BigInt(s * 2 ** 52) * 2n ** 44n));
const rootShown = (integer) => Number(BigInt(String(integer))) / 2 ** 96;

const [a, b] = [1, 2].map((k) => new Token(1, `0x${String(k).padStart(40, "0")}`, 18));
function product() {
  const [reserveIn, reserveOut] = [some(1, 1e6), some(1, 1e6)];
  const paid = Number((reserveIn * some(1e-6, 3)).toPrecision(6));
  const wanted = Number((reserveOut * some(1e-6, 0.9)).toPrecision(6));
  const of = (token, x) => CurrencyAmount.fromRawAmount(token, String(units(x)));
  const pair = new Pair(of(a, reserveIn), of(b, reserveOut));
  const [out] = pair.getOutputAmount(of(a, paid));
  const [into] = pair.getInputAmount(of(b, wanted));
  return [reserveIn, reserveOut, paid, wanted, shown(out.quotient), shown(into.quotient)];
}

// Roots have 52 binary digits after the point, so that they are the same integer and the same double.
const binary = (s) => Math.round(s * 2 ** 52) / 2 ** 52;
function swap() {
  const up = random() < 0.5;
  const s = binary(some(0.05, 20));
  const end = binary(up ? s * (1 + random()) : s / (1 + random()));
  const liquidity = some(1, 1e4);
  const offered = Number((liquidity * some(1e-5, 1) * (up ? s : 1 / s)).toPrecision(6));
  const pips = [0, 500, 3000, 10000][Math.floor(4 * random())];
  const [after, used, out, fee] = SwapMath.computeSwapStep(
    root(s),
    root(end),
    units(liquidity),
    units(offered),
    JSBI.BigInt(pips),
  );
  return [up ? 1 : 0, s, end, liquidity, offered, pips / 1e6, rootShown(after), shown(used), shown(out), shown(fee)];
}

function range() {
  const low = binary(some(0.05, 20));
  const high = binary(low * (1 + random()));
  const s = binary(low + (high - low) * random());
  const liquidity = some(1, 1e4);
  const [tokens, money] = [some(1, 1e4), some(1, 1e4)];
  return [
    low,
    s,
    high,
    liquidity,
    tokens,
    money,
    shown(SqrtPriceMath.getAmount0Delta(root(s), root(high), units(liquidity), false)),
    shown(SqrtPriceMath.getAmount1Delta(root(low), root(s), units(liquidity), false)),
    shown(maxLiquidityForAmounts(root(s), root(low), root(high), units(tokens), units(money), true)),
  ];
}

const names = ["@uniswap/v2-sdk", "@uniswap/v3-sdk", "@uniswap/sdk-core"];
const versions = Object.fromEntries(
  names.map((name) => [name, JSON.parse(readFileSync(join("node_modules", name, "package.json"))).version]),
);
const rows = (length, row) => `[\n${Array.from({ length }, () => JSON.stringify(row())).join(",\n")}\n]`;
console.log(
  `{\n"versions": ${JSON.stringify(versions)},\n"product": ${rows(250, product)},\n"swap": ${rows(250, swap)},\n"range": ${rows(150, range)}\n}`,
);
