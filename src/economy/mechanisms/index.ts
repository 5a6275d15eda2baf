// Reusable rules of trade and tax.
export {
  hsvBalancedScale,
  hsvBreakEven,
  hsvDisposable,
  hsvMarginalRate,
  hsvRate,
  hsvScale,
  hsvTax,
} from "./hsv-tax.ts";
export { midpoint, side } from "./midpoint-trade.ts";
