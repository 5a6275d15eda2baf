// What does a tonne cost? Firms with permits to emit abate, trade and bank them under a cap that gets tighter; or pay a tax instead.
// Montgomery 1972, Journal of Economic Theory 5, 395; Rubin 1996, JEEM 31, 269; Weitzman 1974, Review of Economic Studies 41, 477; market power: Hahn 1984, QJE 99, 753.
//
//   C_i(a) = (c + θ) a + γ_i a²/2     θ = ±σ, the same for all, known to firms and not to the regulator
//   a_i = min(u, k_i (p − c − θ)⁺)    k_i is the firm's choice; 1/γ_i is best where the price is given
//
// Left out: permits borrowed from the future, emissions that die out or add up, output and its price, permits that are sold instead of allotted.
import {
  box,
  choice,
  defineEconomy,
  derived,
  f64,
  flag,
  grid,
  isUnknown,
  math,
  numbers,
  param,
  population,
  type Unknown,
  unknown,
} from "walras";
import * as theory from "./theory/carbon-market.ts";

export const carbonMarket = defineEconomy({
  name: "carbon-market",
  source: "Montgomery (1972), JET 5, 395; Rubin (1996), JEEM 31, 269; Weitzman (1974), REStud 41, 477",
  summary: "Firms abate, trade and bank permits to emit under a falling cap, or pay a tax; prices and paths are exact.",
  params: {
    firms: param(60, { symbol: "N", unit: "firms", min: 2, max: 1e6, integer: true }),
    slopes: numbers([1, 2, 4], {
      symbol: "γ",
      unit: "money/tonne²",
      min: 0.01,
      max: 100,
      most: 100,
      doc: "of marginal abatement costs, one for each kind of firm; firm i is of kind i modulo their number",
    }),
    allocation: numbers([1, 1, 1], {
      min: 0,
      max: 1e3,
      most: 100,
      doc: "permits that a firm of each kind is allotted, relative to the others",
    }),
    leastCost: param(0, {
      symbol: "c",
      unit: "money/tonne",
      min: 0,
      max: 1e3,
      doc: "marginal cost of the first tonne abated",
    }),
    baseline: param(1, {
      symbol: "u",
      unit: "tonnes",
      min: 0.01,
      max: 1e3,
      doc: "a firm's emissions in a year if nothing is abated",
    }),
    caps: numbers([0.9, 0.8, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5], {
      min: 0,
      max: 2,
      most: 100,
      doc: "permits allotted in each year over baseline emissions",
    }),
    banking: flag(true, "permits that are not used are kept for later years; else they expire"),
    discountFactor: param(0.9, { symbol: "β", min: 0.5, max: 1, doc: "of a year; the rate of interest is 1/β − 1" }),
    fine: param(20, {
      unit: "money/tonne",
      min: 0.01,
      max: 1e6,
      doc: "for a tonne without a permit, and so the highest price",
    }),
    instrument: choice("cap", ["cap", "tax"], { doc: "what firms live under while there is no regulator who chooses" }),
    regulators: param(0, {
      unit: "regulators",
      min: 0,
      max: 1,
      integer: true,
      doc: "1: one chooses the instrument at the start of an episode",
    }),
    shock: param(0, {
      symbol: "σ",
      unit: "money/tonne",
      min: 0,
      max: 1e3,
      doc: "of marginal costs: θ is σ or −σ, equally likely, drawn every year",
    }),
    damageSlope: param(1, {
      symbol: "d",
      unit: "money/tonne²",
      min: 0,
      max: 1e3,
      doc: "of marginal damages in mean emissions of a firm",
    }),
    responseMax: param(derived, {
      unit: "tonnes²/money",
      min: 0,
      exclusive: true,
      max: 1e6,
      doc: "largest k; default 2/γ of the cheapest kind",
    }),
    years: param(derived, {
      symbol: "T",
      unit: "years",
      min: 1,
      max: 100,
      integer: true,
      doc: "default one for each cap, and it cannot be anything else",
    }),
  },
  derive: {
    responseMax: (p) => 2 / Math.min(...p.slopes),
    years: (p) => checked({ ...p, years: p.caps.length }).caps.length,
  },
  horizon: "years",
  world: {
    tax: f64({ unit: "1", doc: "1 under the tax, 0 under the cap" }),
    aim: f64({ unit: "tonnes/firm", doc: "q̂ = u (1 − cap), what the cap has firms abate" }),
    aimedPrice: f64({ unit: "money/tonne", doc: "c + G q̂, the tax; and what the cap is expected to cost" }),
    surprise: f64({ unit: "money/tonne", doc: "θ" }),
    weights: f64({ doc: "Σ of weights in the allocation" }),
    held: f64({ unit: "permits", doc: "Σ of permits before anything is used" }),
    reserved: f64({ unit: "permits", doc: "Σ of permits that firms want to keep" }),
    responses: f64({ unit: "tonnes²/money", doc: "Σ k" }),
    price: f64({ unit: "money/tonne", doc: "p" }),
    abated: f64({ unit: "tonnes", doc: "Σ a" }),
    banked: f64({ unit: "permits", doc: "Σ of permits kept" }),
    costs: f64({ unit: "money", doc: "Σ C(a)" }),
    paid: f64({ unit: "money", doc: "Σ of what firms pay for permits, fines and taxes, less what they get" }),
    uncovered: f64({ unit: "tonnes", doc: "emitted without a permit" }),
    surplus: f64({ unit: "permits", doc: "offered and not needed: at a price of 0" }),
    issued: f64({ unit: "permits", doc: "allotted since the episode began" }),
    gone: f64({ unit: "permits", doc: "used up or expired since the episode began" }),
    welfare: f64({ unit: "money/firm", doc: "B − C" }),
  },
  populations: {
    regulators: population({
      size: "regulators",
      doc: "the leader",
      state: { welfare: f64({ unit: "money/firm", doc: "B − C of the year" }) },
      actions: { instrument: grid(0, 1, 2, { doc: "0: the cap, 1: the tax" }) },
    }),
    firms: population({
      size: "firms",
      state: {
        slope: f64({ unit: "money/tonne²", doc: "γ" }),
        weight: f64({ doc: "in the allocation" }),
        permits: f64({ unit: "permits", doc: "h, of this year and from before" }),
        wanted: f64({ unit: "permits", doc: "to be kept" }),
        bank: f64({ unit: "permits", doc: "b, kept for the next year" }),
        abated: f64({ unit: "tonnes", doc: "a" }),
        cost: f64({ unit: "money", doc: "C(a)" }),
        payment: f64({ unit: "money", doc: "for permits, fines and taxes" }),
        profit: f64({ unit: "money", doc: "−C(a) − payment" }),
      },
      actions: {
        response: box(0, "responseMax", {
          unit: "tonnes²/money",
          doc: "k, abatement for each unit of the price above c + θ",
        }),
        keep: box(0, 1, { doc: "share of permits kept for later" }),
      },
    }),
  },
  start: ({ each, total }) => ({
    endow: each("firms", { doc: "γ and weight by kind" }, ({ slope, weight }, from, to, _w, p) => {
      checked(p);
      for (let i = from; i < to; i++) {
        slope[i] = p.slopes[i % p.slopes.length];
        weight[i] = p.allocation[i % p.slopes.length];
      }
    }),
    weigh: total("firms", { doc: "Σ of weights" }, { weights: "weight" }),
  }),
  phases: ({ decide, each, total, world }) => ({
    legislate: decide("regulators", { doc: "cap or tax, for the whole episode", every: "episode" }),
    announce: world({ doc: "the instrument, the year's aim, and θ" }, (w, p, draw) => {
      // For the whole episode, whatever a regulator decides later.
      if (w.period === 0) w.tax = p.regulators > 0 ? w.regulators.instrument[0] : Number(p.instrument === "tax");
      w.aim = p.baseline * (1 - capOf(p, w.period));
      w.aimedPrice = w.aim > 0 ? p.leastCost + theory.commonSlope(p) * w.aim : 0;
      w.surprise = draw.uniform("surprise") < 0.5 ? -p.shock : p.shock;
    }),
    allot: each(
      "firms",
      { doc: "h = b + the year's permits, by weight; none under the tax" },
      ({ weight, permits, bank }, from, to, w, p) => {
        const all = w.tax > 0 ? 0 : capOf(p, w.period) * p.baseline * p.firms;
        for (let i = from; i < to; i++) permits[i] = bank[i] + (all * weight[i]) / w.weights;
      },
    ),
    count: total("firms", { doc: "Σ h" }, { held: "permits" }),
    choose: decide("firms", { doc: "k and the share of permits to keep, knowing θ" }),
    reserve: each("firms", { doc: "permits to keep" }, ({ permits, keep, wanted }, from, to, _w, p) => {
      for (let i = from; i < to; i++) wanted[i] = p.banking ? keep[i] * permits[i] : 0;
    }),
    bid: total("firms", { doc: "Σ of permits to keep, Σ k" }, { reserved: "wanted", responses: "response" }),
    clear: world({ doc: "Σ (u − a) = permits offered; the fine is the highest price, 0 the least" }, (w, p) => {
      w.price = w.tax > 0 ? w.aimedPrice : clearingPrice(w.firms.response, w, p);
    }),
    abate: each(
      "firms",
      { doc: "a = min(u, k (p − c − θ)⁺), C(a)" },
      ({ response, slope, abated, cost }, from, to, w, p) => {
        const above = Math.max(0, w.price - p.leastCost - w.surprise);
        for (let i = from; i < to; i++) {
          abated[i] = Math.min(p.baseline, response[i] * above);
          cost[i] = theory.abatementCost(abated[i], slope[i], p.leastCost + w.surprise);
        }
      },
    ),
    sum: total("firms", { doc: "Σ a, Σ C" }, { abated: "abated", costs: "cost" }),
    cover: world({ doc: "permits used, left over, and tonnes without a permit" }, (w, p) => {
      const [emitted, offered] = [p.firms * p.baseline - w.abated, w.held - w.reserved];
      w.uncovered = w.tax === 0 && w.price === p.fine ? Math.max(0, emitted - offered) : 0;
      w.surplus = w.tax > 0 ? 0 : Math.max(0, offered - emitted);
      if (w.period === 0) w.issued = w.gone = 0;
      w.issued += w.tax > 0 ? 0 : capOf(p, w.period) * p.baseline * p.firms;
      w.gone += w.tax > 0 ? 0 : offered - (p.banking ? w.surplus : 0);
    }),
    settle: each(
      "firms",
      { doc: "payment = p (u − a + permits kept − h); what nobody needs stays with firms, by holdings" },
      ({ permits, wanted, bank, abated, cost, payment, profit }, from, to, w, p) => {
        for (let i = from; i < to; i++) {
          payment[i] = w.price * (p.baseline - abated[i] + wanted[i] - permits[i]);
          bank[i] = p.banking && w.held > 0 ? wanted[i] + (w.surplus * permits[i]) / w.held : 0;
          profit[i] = -cost[i] - payment[i];
        }
      },
    ),
    close: total("firms", { doc: "Σ b, Σ of payments" }, { banked: "bank", paid: "payment" }),
    judge: world({ doc: "B − C per firm" }, (w, p) => {
      w.welfare = theory.benefit(w.abated / p.firms, w.aim, w.aimedPrice, p.damageSlope) - w.costs / p.firms;
      if (p.regulators > 0) w.regulators.welfare[0] = w.welfare;
    }),
  }),
  end: (w, p) => w.period >= p.years - 1,
  observe: {
    regulators: { welfare: { column: "welfare", doc: "of the year before" } },
    firms: {
      slope: { column: "slope", scale: (p) => Math.max(...p.slopes), doc: "γ, over the largest" },
      permits: { column: "permits", scale: (p) => p.baseline, doc: "h/u" },
      held: { world: "held", scale: (p) => p.baseline * p.firms, doc: "Σ h/(N u)" },
      aim: { world: "aim", scale: (p) => p.baseline, doc: "1 − cap of the year" },
      surprise: { world: "surprise", scale: (p) => p.shock || 1, doc: "θ/σ" },
      tax: { world: "tax", doc: "1 under the tax" },
    },
  },
  reward: {
    regulators: { column: "welfare", doc: "B − C per firm" },
    firms: { column: "profit", doc: "−C(a) − payment" },
  },
  discountFactor: { regulators: "discountFactor", firms: "discountFactor" },
  metrics: {
    price: { unit: "money/tonne", doc: "of a permit, or the tax", of: (w) => w.price },
    abatement: { unit: "tonnes/firm", doc: "mean a", of: (w) => w.abated / w.firms.size },
    bank: { unit: "permits/firm", doc: "kept for later", of: (w) => w.banked / w.firms.size },
    cost: { unit: "money/firm", doc: "mean C(a)", of: (w) => w.costs / w.firms.size },
    uncovered: { unit: "tonnes/firm", doc: "emitted without a permit", of: (w) => w.uncovered / w.firms.size },
    welfare: { unit: "money/firm", doc: "B − C, of the year", of: (w) => w.welfare },
  },
  identities: {
    permits: {
      doc: "permits allotted are used, expired or in the bank, over baseline emissions",
      after: "period",
      of: (w, p) => (w.issued - w.gone - w.banked) / (p.firms * p.baseline),
    },
    money: {
      doc: "firms pay each other, but for fines and taxes; over the price of baseline emissions",
      after: "period",
      of: (w, p) => {
        const owed = w.tax > 0 ? p.firms * p.baseline - w.abated : w.uncovered;
        return (w.paid / Math.max(w.price, 1e-12) - (w.price > 1e-12 ? owed : 0)) / (p.firms * p.baseline);
      },
    },
  },
  truth(p) {
    const path = theory.permitPath(checked(p));
    const G = theory.commonSlope(p);
    const prices = pathIsKnown(p, path);
    const advantage = advantageIsKnown(p, G);
    const regulated = p.regulators > 0 ? unknown("a regulator chooses the instrument") : null;
    const of = <V>(value: V): V | Unknown => regulated ?? prices ?? value;
    const strategic = regulated ?? strategicYears(p);
    return {
      prices: of(path.prices),
      abatement: of(path.abatement),
      bank: of(path.bank),
      exhaustion: of(path.exhaustion ?? unknown("permits are left over after the last year")),
      cost: p.shock > 0 ? unknown("costs are random") : of(path.cost),
      nashPrices: isUnknown(strategic) ? strategic : strategic.map(({ price }) => price),
      nashAbatement: isUnknown(strategic) ? strategic : strategic.flatMap(({ abatement }) => abatement),
      taxAdvantage: advantage ?? theory.advantageOfTax(p.shock, G, p.damageSlope),
    };
  },
  truthDocs: {
    prices: "of a permit by year: every firm's marginal cost of abatement; in the mean over θ",
    abatement: "mean a by year",
    bank: "permits of a firm kept at the end of each year",
    exhaustion: "the year, from 1, in which the last bank is used up; 0 where nobody banks",
    cost: "of a firm over all years, discounted: the least for these caps",
    nashPrices: "by year, where each firm knows how what it abates moves the price; in the mean over θ",
    nashAbatement: "a of each kind of firm there, the kinds of the first year, then those of the next",
    taxAdvantage: "σ²(G − d)/(2G²): welfare per firm and year under the tax less that under the cap",
  },
  figures: [
    {
      title: "Price of a permit",
      metric: "price",
      path: (p) => {
        const path = theory.permitPath(checked(p));
        return pathIsKnown(p, path) ?? path.prices.map((price, t) => [t + 1, price] as const);
      },
      theoryLabel: "equal marginal costs",
      caption:
        "Where firms learn, means over years; in other runs year by year, and dashed what all marginal costs are where firms take prices as given.",
    },
  ],
});

export default carbonMarket;

interface Settings extends theory.Cap {
  readonly allocation: readonly number[];
  readonly instrument: "cap" | "tax";
  readonly fine: number;
  readonly shock: number;
  readonly damageSlope: number;
  readonly years: number;
}

/** After the last year a world is looked at once more, though nothing happens there. */
const capOf = ({ caps }: Pick<Settings, "caps">, year: number): number => caps[Math.min(year, caps.length - 1)];

/** Refuses lists that do not belong together. */
function checked<P extends Pick<Settings, "firms" | "slopes" | "allocation" | "caps" | "years">>(p: P): P {
  const { slopes, allocation, caps, years } = p;
  if (allocation.length !== slopes.length)
    throw new Error(
      `carbon-market: allocation has ${allocation.length} numbers, expected ${slopes.length}, one for each kind of firm in slopes.`,
    );
  if (years !== caps.length)
    throw new Error(
      `carbon-market: years is ${years}, expected ${caps.length}, one for each of the caps. Set caps instead.`,
    );
  if (!theory.firmsOfKind(p).some((n, k) => n > 0 && allocation[k] > 0))
    throw new Error("carbon-market: allocation is 0 for every firm that there is, expected a number above 0.");
  return p;
}

/** Why the path of prices is not known; null where it is. */
function pathIsKnown(p: Settings, { prices }: theory.PermitPath): Unknown | null {
  if (p.instrument === "tax") return unknown("there are no permits under the tax");
  const most = Math.max(...prices) + p.shock;
  if (most >= p.fine) return unknown(`a permit would cost ${most.toPrecision(4)}, no less than the fine, ${p.fine}`);
  if (p.shock === 0) return null;
  if (p.banking && p.caps.length > 1) return unknown("costs are random and permits are banked");
  return Math.min(...prices) < p.shock
    ? unknown(`the shock, ${p.shock}, is above the price, which is 0 in some years`)
    : null;
}

/** The Nash equilibrium of each year; or why it is not known. */
function strategicYears(p: Settings & { readonly responseMax: number }): readonly theory.StrategicYear[] | Unknown {
  if (p.instrument === "tax") return unknown("there are no permits under the tax");
  if (p.banking) return unknown("permits can be kept, and what a firm keeps moves prices");
  const years: theory.StrategicYear[] = [];
  for (const cap of p.caps) {
    const year = theory.strategicYear(p, cap);
    if (isUnknown(year)) return year;
    const { price, highest, responses } = year;
    if (highest + p.shock >= p.fine) return unknown(`one firm alone can bring the price to the fine, ${p.fine}`);
    if (price < p.shock) return unknown(`the shock, ${p.shock}, is above the price, which is 0 in some years`);
    const most = Math.max(...responses);
    if (most > p.responseMax)
      return unknown(`a response of ${most.toPrecision(4)} is best, above responseMax, ${p.responseMax}`);
    years.push(year);
  }
  return years;
}

/** Why Weitzman's difference is not that of these years; null where it is. */
function advantageIsKnown(p: Settings, G: number): Unknown | null {
  if (p.banking && p.caps.length > 1) return unknown("permits are banked");
  const cheapest = Math.min(...p.slopes.filter((_, k) => k < p.firms));
  for (const cap of p.caps) {
    const marginal = G * p.baseline * (1 - cap);
    if (marginal <= 0 || marginal < p.shock || marginal + p.leastCost < p.shock)
      return unknown(`at a cap of ${cap} firms may abate nothing where costs turn out high`);
    if ((marginal + p.shock) / cheapest > p.baseline)
      return unknown(`at a cap of ${cap} the cheapest firms may abate all their emissions`);
    if (p.leastCost + marginal + p.shock >= p.fine) return unknown("a permit may cost as much as the fine");
  }
  return null;
}

/** p with Σ min(u, k x) = N u − permits offered, x = p − c − θ; from 0 to the fine. */
function clearingPrice(
  response: Float64Array,
  { held, reserved, responses, surprise }: Readonly<Record<"held" | "reserved" | "responses" | "surprise", number>>,
  { firms, baseline: u, leastCost, fine }: Settings,
): number {
  let [needed, slope] = [firms * u - (held - reserved), responses];
  if (needed <= 0) return 0;
  // Firms that abate everything drop out of the sum, those with the largest k first; x only grows.
  for (let full = 0; ; ) {
    const x = needed / slope;
    const price = leastCost + surprise + x;
    if (!(price < fine)) return fine;
    const now = response.filter((k) => k * x > u).length;
    if (now === full) return Math.max(0, price);
    full = now;
    needed = firms * u - (held - reserved) - full * u;
    slope = math.pairwiseSum(response.map((k) => (k * x > u ? 0 : k)));
  }
}
