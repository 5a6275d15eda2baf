// Parameters of the token market: who trades, on which curves, by which rules, and what rewards count.
import { choice, numbers, param, parts } from "walras";
import type { CurveName } from "../theory/token-market.ts";

const NAMED = ["linear", "logarithmic", "exponential", "sigmoid", "polynomial", "piecewise"] as const;

/** Of the curves that the part has, too. */
const { slope, intercept, growth, capacity, midpoint, coefficients } = parts.bondingCurve.params;

const count = (doc: string) => param(0, { unit: "traders", min: 0, max: 1e4, integer: true, doc });

/** `curves`: those that have names and parameters of their own, or one that is given in code. */
export const tokenMarketParams = (curves: "named" | "own") => ({
  traders: param(50, { symbol: "N", unit: "traders", min: 0, max: 1e4, integer: true, doc: "who decide" }),
  adversaries: count("who decide and are paid for what others lose"),
  zeroIntelligence: count("who order at random"),
  fundamentalists: count("who order g (P* − posted price)"),
  momentumTraders: count("who order h times the last change of the posted price"),
  arbitrageurs: count("who trade towards the other market's price"),
  assets: param(1, {
    symbol: "M",
    unit: "assets",
    min: 1,
    max: 100,
    integer: true,
    doc: "each on a curve of its own",
  }),
  curve: choice<CurveName>(curves === "named" ? "linear" : "own", curves === "named" ? NAMED : ["own"], {
    symbol: "f",
    doc:
      curves === "named"
        ? "slope S + intercept; slope ln(S + 1); intercept e^(growth S); capacity/(1 + e^(−growth (S − midpoint))); Σ coefficients_j S^j; straight lines between points"
        : "a price given in code",
  }),
  slope,
  intercept,
  growth,
  capacity,
  midpoint,
  coefficients,
  points: numbers([0, 1, 100, 2, 200, 4], {
    min: 0,
    max: 1e6,
    least: 2,
    most: 64,
    doc: "supply, price, supply, price, … of the piecewise curve; the first supply is 0, and beyond the last the price stays",
  }),
  supply: param(100, {
    symbol: "S",
    unit: "tokens",
    min: 0,
    max: 600,
    doc: "of each asset at first, spread equally",
  }),
  money: param(100, { symbol: "B", unit: "money", min: 0, max: 1e4, doc: "of each trader at first" }),
  treasury: param(0, { unit: "money", min: 0, max: 1e6, doc: "of the treasury at first" }),
  income: param(0, { symbol: "I", unit: "money/period", min: 0, max: 1, doc: "of each trader" }),
  fee: param(0, { symbol: "φ", min: 0, max: 0.99, doc: "on what is paid and on what is received" }),
  orderMax: param(5, { unit: "tokens", min: 1e-6, max: 1e4, doc: "most that a trader can order" }),
  execution: choice("batch", ["batch", "sequential"], {
    doc: "all orders at one price, or one by one in an order drawn anew for each asset and period",
  }),
  pricing: choice("integral", ["integral", "spot"], {
    doc: "what minting costs and burning pays: the integral of the price, which the reserve backs, or a times the price before, which is a money pump",
  }),
  backing: param(1, {
    min: 0,
    max: 1,
    doc: "share of ∫f in the reserve at first; below 1 with pricing=spot alone",
  }),
  minting: param(0, {
    symbol: "ψ",
    unit: "tokens/period",
    min: -1e4,
    max: 1e4,
    doc: "of each asset by the treasury, after trade; below 0 it burns",
  }),
  issue: choice("paid", ["paid", "free"], {
    doc: "the treasury pays for what it mints and is paid for what it burns, or not, and then the reserve no longer backs the supply",
  }),
  fundamental: param(2, { symbol: "P*", unit: "money/token", min: 1e-9, max: 1e3 }),
  reaction: param(0.2, { symbol: "g", unit: "tokens²/money", min: 0, max: 1e4, doc: "of fundamentalists" }),
  momentum: param(0.2, { symbol: "h", unit: "tokens²/money", min: -1e4, max: 1e4, doc: "of momentum traders" }),
  noise: param(0, {
    symbol: "σ",
    unit: "money/token",
    min: 0,
    max: 100,
    doc: "sd of posted prices around the curve; of their logarithm where noiseForm=log",
  }),
  noiseForm: choice("additive", ["additive", "log"], { doc: "posted f(S) + σz, or f(S) e^(σz − σ²/2)" }),
  impact: param(0, {
    symbol: "κ",
    unit: "money/token²",
    min: 0,
    max: 1e3,
    doc: "by which a token of net trade raises posted prices for a while",
  }),
  imbalance: param(0, {
    symbol: "λ",
    unit: "money/token²",
    min: 0,
    max: 1e3,
    doc: "the same of demand less supply",
  }),
  interaction: choice("flow", ["flow", "stock"], {
    doc: "demand less what is sold, or less the supply of tokens, as the paper's letter has it",
  }),
  decay: param(0.5, { min: 0, max: 1, exclusive: false, doc: "share of that impact that is left a period later" }),
  peers: param(0, {
    symbol: "ν",
    min: -1,
    max: 1,
    doc: "of the sum of all others' orders, added to each holder's own",
  }),
  peerForm: choice("orders", ["orders", "holdings"], {
    doc: "peers are followed by orders, which are paid for, or tokens come from nowhere, as the paper's letter has it",
  }),
  pressureMean: param(0, {
    symbol: "μ",
    min: -1,
    max: 1,
    doc: "of Z: what everybody together orders besides, a share of the supply",
  }),
  pressureSd: param(0, { symbol: "σ_Z", min: 0, max: 1, doc: "of Z" }),
  shock: param(0, { min: -1, max: 1, doc: "added to Z in one period" }),
  shockPeriod: param(0, { unit: "periods", min: 0, max: 1e5, integer: true, doc: "when" }),
  profitWeight: param(1, { min: 0, max: 1e3, doc: "of a trader's own profit in its reward" }),
  stability: param(0, {
    symbol: "ω",
    unit: "tokens",
    min: 0,
    max: 1e6,
    doc: "of Σ |change of f(S)| over assets, off the reward",
  }),
  cooperation: param(0, { symbol: "ρ", min: 0, max: 1e3, doc: "of the sum of all others' profits in the reward" }),
  fairness: param(0, {
    symbol: "χ",
    min: 0,
    max: 1e6,
    doc: "of the change of mean wealth × (1 − Gini coefficient) in the reward",
  }),
  valuation: choice("liquidation", ["liquidation", "market"], {
    doc: "profit in rewards: the change of what tokens would bring if burned, or of tokens times f(S)",
  }),
  spite: param(1, {
    min: 0,
    max: 1,
    doc: "share of an adversary's reward that is what others lost; the rest is a trader's reward",
  }),
  amount: param(10, { symbol: "a", unit: "tokens", min: 0, max: 600, doc: "theory: minted or burned at once" }),
  otherPrice: param(2.6, { symbol: "P′", unit: "money/token", min: 0, max: 1e3, doc: "at another market" }),
  otherSlope: param(0.02, {
    symbol: "m′",
    unit: "money/token²",
    min: 0,
    max: 1e3,
    doc: "by which it falls there per token that an arbitrageur sells, until the next period",
  }),
  horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e5, integer: true }),
});
