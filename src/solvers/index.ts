// Known answers.
export { dividendMoment, type LucasPrices, type LucasTree, lucasPrices, meanDividend } from "./lucas-tree.ts";
export { type ExchangeLaw, exchangeLaw } from "./money-exchange.ts";
