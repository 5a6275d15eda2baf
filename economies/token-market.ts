// Traders on bonding curves: contracts mint and burn tokens at the integral of a price that depends on supply alone. With the reserve that this leaves, every token can be burned.
//
//   S ← S + Σ a_i,   reserve ← R(S + Σ a_i),   R(S) = ∫₀^S f,   each pays a_i [R(S + Σ a) − R(S)]/Σ a, the same price, and a fee on it
//
// Money and tokens are counted in units of 2⁻²⁰, about a millionth: sums are exact below 2³³, the reserve is ∫ f to the nearest unit whatever came before, and a round trip without fee
// returns exactly what it cost. The arithmetic of trade is in parts/token-trade.ts, parameters are in parts/token-market-params.ts, theory in theory/token-market.ts.
// Literal forms of a paper that break these accounts are options: spot prices, tokens given away, stocks taken for flows. Left out: trade between traders, borrowing and short sales.
//
// Who holds tokens is of a kind, a population each. Traders and adversaries decide, and learn as populations of their own; the others follow rules:
//   zero intelligence   U(−1, 1) orderMax           momentum      h (posted − posted before)
//   fundamentalists     g (P* − posted)             arbitrageurs  to where another market's price leaves no profit, together
import { box, defineEconomy, f64, isUnknown, math, mechanisms, population, unknown } from "walras";
import {
  account,
  type Counts,
  collect,
  decided,
  demandOf,
  hand,
  heldOf,
  holdersOf,
  imitate,
  KINDS,
  meanOf,
  meanOfAll,
  numberOf,
  shortfall,
  sumOf,
  total,
  value,
  welfareOf,
} from "./parts/token-holders.ts";
import { tokenMarketParams } from "./parts/token-market-params.ts";
import { type Terms, tradeInTurn, tradeTogether } from "./parts/token-trade.ts";
import * as theory from "./theory/token-market.ts";

const { roundDown, roundNearest } = mechanisms;

const reward = f64({ unit: "money", doc: "the weighted sum of profits, price changes and fairness" });
const order = box(-1, 1, { each: "assets", doc: "share of orderMax to mint; below 0 to burn" });
const seen = {
  posted: {
    world: "posted",
    scale: (p: { readonly fundamental: number }) => p.fundamental,
    doc: "prices now, over P*",
  },
  tokens: {
    column: "tokens",
    scale: (p: { readonly supply: number } & Counts) => Math.max(1, p.supply / numberOf(p)),
    doc: "held",
  },
  money: { column: "money", scale: (p: { readonly money: number }) => Math.max(1, p.money), doc: "held" },
  pressure: { world: "pressure", doc: "Z: what everybody together orders besides, as a share of the supply" },
} as const;
const DISTURBANCES = ["impact", "imbalance", "peers", "pressureMean", "pressureSd", "shock", "minting"] as const;
const none = () => 0;

/** A price of one's own: what a token costs at each supply, at least 0 and never falling. */
export interface OwnCurve {
  /** Of the economy. */
  readonly name: string;
  readonly price: (supply: number) => number;
  /** Beyond this supply the price stays. */
  readonly supplyMax: number;
}

/** The token market on a price of one's own, whose integral is taken by quadrature; parameters of other curves have no effect. */
export const tokenMarketOn = (own: OwnCurve) => declare(own);

function declare(own: OwnCurve | null) {
  const ownCurve = own === null ? null : theory.ownUpTo(own.price, own.supplyMax);
  const curveOf = (p: Parameters<typeof theory.curveOf>[0]) => ownCurve ?? theory.curveOf(p);
  return defineEconomy({
    name: own?.name ?? "token-market",
    source: "bonding curves with integral pricing; learners beside traders who follow rules",
    summary: "Traders mint and burn tokens whose price depends on their supply, paid from and into an exact reserve.",
    params: tokenMarketParams(own === null ? "named" : "own"),
    horizon: "horizon",
    world: {
      supply: f64({ each: "assets", unit: "tokens" }),
      reserve: f64({ each: "assets", unit: "money", doc: "∫₀^S f to the nearest unit, less what it lacks" }),
      unbacked: f64({ each: "assets", unit: "money", doc: "what the reserve lacks of ∫₀^S f" }),
      kept: f64({ each: "assets", unit: "tokens", doc: "of the treasury" }),
      price: f64({ each: "assets", unit: "money/token", doc: "f(S)" }),
      pressure: f64({ each: "assets", doc: "Z: what everybody together orders besides, as a share of the supply" }),
      impact: f64({ each: "assets", unit: "money/token", doc: "of trade on posted prices" }),
      calm: f64({ each: "assets", unit: "money/token", doc: "f(S) before the shock" }),
      hit: f64({ each: "assets", unit: "money/token", doc: "change of f(S) in the period of the shock" }),
      posted: f64({ each: "assets", unit: "money/token", doc: "f(S), impact and noise, at least 0" }),
      before: f64({ each: "assets", unit: "money/token", doc: "posted a period ago; f(S) at first" }),
      treasury: f64({ unit: "money", doc: "fees, and what was given to it at first, less what its tokens cost" }),
      endowed: f64({ unit: "money", doc: "all money there is: at first, and income since" }),
      traded: f64({ unit: "money", doc: "Σ |payment| of the period" }),
      welfare: f64({ unit: "money", doc: "mean wealth × (1 − Gini coefficient), where fairness is paid for" }),
    },
    populations: {
      traders: population({ size: "traders", state: { ...account, reward }, actions: { order } }),
      adversaries: population({
        size: "adversaries",
        doc: "traders paid for what others lose",
        state: {
          ...account,
          reward,
          takings: f64({ unit: "money", doc: "what all others lost, for each adversary its share" }),
        },
        actions: { order },
      }),
      zeroIntelligence: population({ size: "zeroIntelligence", doc: "orders uniform on ±orderMax", state: account }),
      fundamentalists: population({ size: "fundamentalists", doc: "orders g (P* − posted)", state: account }),
      momentumTraders: population({ size: "momentumTraders", doc: "orders h (posted − before)", state: account }),
      arbitrageurs: population({ size: "arbitrageurs", doc: "orders to the no-profit point", state: account }),
    },
    start: ({ world }) => ({
      endow: world({ doc: "tokens of all traders, the reserve behind them, money" }, (w, p) => {
        const M = p.assets;
        const holders = holdersOf(w);
        const N = numberOf(p);
        if (N === 0) throw new Error("token-market: there is nobody. Give traders or another kind a number above 0.");
        const curve = curveOf(p);
        const supply = roundDown(p.supply);
        const reserve = curve.reserve(supply);
        if (!(M * reserve <= 4294967296))
          throw new Error(
            `token-market: the reserves of ${M} assets are ${M * reserve} at a supply of ${supply}, expected at most 2³². Lower supply, growth or slope.`,
          );
        if (p.pricing === "integral" && p.backing < 1)
          throw new Error(
            `token-market: a reserve of ${p.backing * reserve} cannot pay the ${reserve} that burning all ${supply} tokens brings. Set backing=1, or pricing=spot.`,
          );
        const [money, held] = [roundDown(p.money), roundNearest(p.backing * reserve)];
        w.supply.fill(supply);
        w.reserve.fill(held);
        w.unbacked.fill(roundNearest(reserve) - held);
        w.treasury = roundDown(p.treasury);
        w.price.fill(curve.price(supply));
        w.posted.fill(curve.price(supply));
        let first = 0;
        for (const k of holders) {
          k.money.fill(money);
          for (let i = 0; i < k.size; i++) {
            const share = roundDown((supply * (first + i + 1)) / N) - roundDown((supply * (first + i)) / N);
            k.tokens.fill(share, i * M, (i + 1) * M);
          }
          first += k.size;
          value(k, w, curve, 0);
          k.profit.fill(0);
          k.gain.fill(0);
        }
        w.endowed = N * money + M * held + w.treasury;
        if (p.fairness > 0) w.welfare = welfareOf(holders);
      }),
    }),
    phases: ({ decide, each, world }) => ({
      post: world({ doc: "Z, and what holders see of the price", writes: "scalars" }, (w, p, draw) => {
        const noise = p.noise > 0 ? draw.sequence.normal("noise") : none;
        const factor = p.pressureSd > 0 ? draw.sequence.normal("pressure") : none;
        const spike = w.period === p.shockPeriod ? p.shock : 0;
        for (let m = 0; m < p.assets; m++) {
          w.before[m] = w.posted[m];
          if (w.period === p.shockPeriod) w.calm[m] = w.price[m];
          w.pressure[m] = p.pressureMean + p.pressureSd * factor() + spike;
          const z = noise();
          const seen =
            p.noiseForm === "log" ? w.price[m] * math.exp(p.noise * (z - p.noise / 2)) : w.price[m] + p.noise * z;
          w.posted[m] = Math.max(0, seen + w.impact[m]);
        }
      }),
      choose: decide("traders", { doc: "each orders some of each asset" }),
      attack: decide("adversaries", { doc: "each orders some of each asset" }),
      ask: each("traders", { doc: "what was decided" }, (k, from, to, _w, p) => decided("trader", k, from, to, p)),
      harm: each("adversaries", { doc: "what was decided" }, (k, from, to, _w, p) =>
        decided("adversary", k, from, to, p),
      ),
      draw: each("zeroIntelligence", { doc: "U(−1, 1) orderMax", writes: ["asked"] }, (k, from, to, _w, p, draw) => {
        const M = p.assets;
        for (let m = 0; m < M; m++) {
          const u = draw.uniform(m === 0 ? "order" : `order/${m}`);
          for (let i = from; i < to; i++) k.asked[i * M + m] = p.orderMax * (2 * u[i] - 1);
        }
      }),
      chase: each("fundamentalists", { doc: "g (P* − posted)" }, (k, from, to, w, p) => {
        const M = p.assets;
        for (let m = 0; m < M; m++) {
          const asked = p.reaction * (p.fundamental - w.posted[m]);
          for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
        }
      }),
      follow: each("momentumTraders", { doc: "h (posted − before)" }, (k, from, to, w, p) => {
        const M = p.assets;
        for (let m = 0; m < M; m++) {
          const asked = p.momentum * (w.posted[m] - w.before[m]);
          for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
        }
      }),
      compare: each("arbitrageurs", { doc: "their share of the best arbitrage" }, (k, from, to, w, p) => {
        const M = p.assets;
        const curve = curveOf(p);
        for (let m = 0; m < M; m++) {
          const best = theory.arbitrage(p, w.supply[m], curve);
          // Without a best amount the other market takes any.
          const asked = isUnknown(best) ? theory.MOST : best.amount / k.size;
          for (let i = from; i < to; i++) k.asked[i * M + m] = asked;
        }
      }),
      trade: world({ doc: "asset by asset" }, (w, p, draw) => {
        const { assets: M, fee, pricing, peers } = p;
        const terms = { curve: curveOf(p), fee, pricing };
        const holders = holdersOf(w);
        const N = holders.reduce((sum, k) => sum + k.size, 0);
        w.traded = 0;
        for (let m = 0; m < M; m++) {
          const contract = { supply: w.supply[m], reserve: w.reserve[m], unbacked: w.unbacked[m] };
          const book = collect(holders, m, M, N);
          const all = peers === 0 || p.peerForm === "holdings" ? 0 : sumOf(book.wanted, N);
          const besides = (w.pressure[m] * contract.supply) / N + peers * all;
          // a_i + ν Σ_{k≠i} a_k = (1 − ν) a_i + ν Σ a_k
          const own = all === 0 ? 1 : 1 - peers;
          if (own !== 1 || besides !== 0) for (let i = 0; i < N; i++) book.wanted[i] = own * book.wanted[i] + besides;
          const traded =
            p.execution === "batch"
              ? tradeTogether(book, N, contract, terms)
              : tradeInTurn(book, draw.shuffle(m === 0 ? "turns" : `turns/${m}`, N), contract, terms);
          w.supply[m] = traded.supply;
          w.reserve[m] = traded.reserve;
          w.unbacked[m] = traded.unbacked;
          w.treasury += traded.fees;
          w.traded += traded.turnover;
          if (p.impact + p.imbalance > 0) {
            const net = traded.supply - contract.supply;
            const excess = p.interaction === "flow" ? net : demandOf(book, N) - traded.supply;
            w.impact[m] = p.decay * w.impact[m] + p.impact * net + p.imbalance * excess;
          }
          if (peers !== 0 && p.peerForm === "holdings") give(w, m, imitate(book, N, peers), terms.curve);
          if (p.minting !== 0) mint(w, m, p, terms);
          hand(book, holders, m, M);
        }
      }),
      close: world({ doc: "income, profits, what others lost, and rewards" }, (w, p) => {
        const curve = curveOf(p);
        const holders = holdersOf(w);
        const income = roundDown(p.income);
        let moved = 0;
        for (let m = 0; m < p.assets; m++) {
          const price = curve.price(w.supply[m]);
          moved += Math.abs(price - w.price[m]);
          if (w.period === p.shockPeriod) w.hit[m] = price - w.price[m];
          w.price[m] = price;
        }
        let earned = 0;
        let lost = 0;
        for (const k of holders) {
          value(k, w, curve, income);
          w.endowed += k.size * income;
          if (k !== w.adversaries) lost -= sumOf(k.profit, k.size);
          earned += sumOf(p.valuation === "market" ? k.gain : k.profit, k.size);
        }
        let shared = -p.stability * moved;
        if (p.fairness > 0) {
          const welfare = welfareOf(holders);
          shared += p.fairness * (welfare - w.welfare);
          w.welfare = welfare;
        }
        // α π_i + ρ Σ_{k≠i} π_k − ω Σ |ΔP| + χ Δ(mean wealth (1 − Gini))
        for (const k of [w.traders, w.adversaries]) {
          const own = p.valuation === "market" ? k.gain : k.profit;
          for (let i = 0; i < k.size; i++)
            k.reward[i] = p.profitWeight * own[i] + p.cooperation * (earned - own[i]) + shared;
        }
        const { takings, reward, size } = w.adversaries;
        takings.fill(lost / size);
        for (let i = 0; i < size; i++) reward[i] = p.spite * takings[i] + (1 - p.spite) * reward[i];
      }),
    }),
    observe: { traders: seen, adversaries: seen },
    reward: {
      traders: {
        column: "reward",
        doc: "profitWeight × own profit + ρ × the others' − ω Σ |ΔP| + χ × the change of mean wealth × (1 − Gini)",
      },
      adversaries: {
        column: "reward",
        doc: "spite × what all others lost, divided among adversaries, and the rest of a trader's reward",
      },
    },
    metrics: {
      spot: {
        unit: "money/token",
        doc: "f(S) at the end of the period, mean over assets",
        of: (w) => meanOf(w.price, (price) => price),
      },
      quote: {
        unit: "money/token",
        doc: "posted at the beginning of the period, mean over assets",
        of: (w) => meanOf(w.posted, (price) => price),
      },
      circulating: { unit: "tokens", doc: "supply, mean over assets", of: (w) => meanOf(w.supply, (S) => S) },
      backing: { unit: "money", doc: "reserve, mean over assets", of: (w) => meanOf(w.reserve, (R) => R) },
      unbacked: {
        unit: "money",
        doc: "what the reserve lacks of ∫₀^S f, mean over assets",
        of: (w) => meanOf(w.unbacked, (lack) => lack),
      },
      fees: { unit: "money", doc: "the treasury's money", of: (w) => w.treasury },
      turnover: { unit: "money", doc: "paid and received in the period, without fees", of: (w) => w.traded },
      wealth: {
        unit: "money",
        doc: "mean over holders, tokens at what each would get for burning its own",
        of: (w) => meanOfAll(w, "wealth"),
      },
      marked: {
        unit: "money",
        doc: "mean over holders of wealth with tokens at f(S), which all of them together cannot get",
        of: (w) => meanOfAll(w, "marked"),
      },
      deviation: {
        unit: "1",
        doc: "share of the shock's change of f(S) that is left, mean over assets; 0 before the shock",
        of: (w, p) =>
          w.period < p.shockPeriod
            ? 0
            : meanOf(w.price, (price, m) => (w.hit[m] === 0 ? 0 : Math.abs((price - w.calm[m]) / w.hit[m]))),
      },
      extracted: {
        unit: "money",
        doc: "profit of all adversaries in the period",
        of: (w) => total(w.adversaries.profit),
      },
    },
    identities: {
      reserve: {
        doc: "the reserve and what it lacks are ∫ f; with integral prices and paid tokens it lacks nothing",
        after: "period",
        of(w, p) {
          const curve = curveOf(p);
          const backed =
            p.pricing === "integral" &&
            (p.minting === 0 || p.issue === "paid") &&
            (p.peers === 0 || p.peerForm === "orders");
          return w.supply.reduce(
            (sum, S, m) =>
              sum +
              Math.abs(roundNearest(curve.reserve(S)) - w.reserve[m] - w.unbacked[m]) +
              (backed ? Math.abs(w.unbacked[m]) : 0),
            0,
          );
        },
      },
      money: {
        doc: "money of traders, reserves and the treasury is what there was and came in",
        after: "period",
        of: (w) => holdersOf(w).reduce((sum, k) => sum + total(k.money), 0) + total(w.reserve) + w.treasury - w.endowed,
      },
      supply: {
        doc: "all holders and the treasury together hold the supply",
        after: "period",
        of: (w, p) =>
          w.supply.reduce(
            (sum, S, m) =>
              sum + Math.abs(holdersOf(w).reduce((left, k) => left - heldOf(k, m, p.assets), S - w.kept[m])),
            0,
          ),
      },
      balances: {
        doc: "nobody holds less than nothing",
        after: "period",
        of: (w) =>
          holdersOf(w)
            .flatMap((k) => [k.money, k.tokens])
            .concat([w.reserve, w.kept, Float64Array.of(w.treasury)])
            .reduce((sum, held) => sum + shortfall(held), 0),
      },
    },
    truth(p) {
      const curve = curveOf(p);
      const best = theory.arbitrage(p, p.supply, curve);
      return {
        price: curve.price(p.supply),
        reserve: curve.reserve(p.supply),
        mintCost: curve.mintCost(p.supply, p.amount),
        burnProceeds: theory.burnProceeds(p, curve),
        priceAfterMint: curve.price(p.supply + p.amount),
        priceImpact: theory.priceImpact(p, curve),
        spotPump: p.amount * (curve.price(p.supply + p.amount) - curve.price(p.supply)),
        arbitrageAmount: isUnknown(best) ? best : best.amount,
        arbitrageProfit: isUnknown(best) ? best : best.profit,
        stabilityMultiplier: theory.stabilityMultiplier(p),
        recoverySteps: theory.recoverySteps(p),
      };
    },
    truthDocs: {
      price: "f(S) at the first supply",
      reserve: "R(S) = ∫₀^S f",
      mintCost: "R(S + a) − R(S), before the fee",
      burnProceeds: "R(S) − R(S − a), before the fee",
      priceAfterMint: "f(S + a)",
      priceImpact: "f(S + a)/f(S) − 1",
      spotPump: "a (f(S + a) − f(S)): what minting a and burning it again earns where pricing=spot",
      arbitrageAmount:
        "tokens minted here and sold at the other market, below 0 bought there and burned here, for the most profit",
      arbitrageProfit: "of that, after the fee here",
      stabilityMultiplier:
        "1 − m N g: a deviation from P* one period later, over what it was, were all traders and fundamentalists to order g (P* − price)",
      recoverySteps: "periods until 5 % of a deviation are left",
    },
    figures: [
      {
        title: "Price",
        metric: "spot",
        theoryLabel: "P* + (1 − m N g)^t (f(S) − P*)",
        path: (p) =>
          KINDS.every((kind) => kind === "fundamentalists" || p[kind] === 0) && undisturbed(p)
            ? theory.pathOfPrice(p, p.horizon)
            : unknown("the path is that of fundamentalists alone, whom nothing but noise disturbs"),
        caption: "f(S) at the end of each period, mean over assets.",
      },
    ],
  });
}

export const tokenMarket = declare(null);
export default tokenMarket;

type Issued = { treasury: number } & { readonly [C in "supply" | "reserve" | "unbacked" | "kept"]: Float64Array };

/** Tokens come from nowhere, below 0 go there: the reserve stays, and lacks what they are worth. */
function give(w: Issued, m: number, tokens: number, curve: mechanisms.BondingCurve): void {
  w.supply[m] += tokens;
  w.unbacked[m] = roundNearest(curve.reserve(w.supply[m])) - w.reserve[m];
}

/** The treasury mints ψ, as far as it can pay, or burns, as far as it holds tokens. */
function mint(
  w: Issued,
  m: number,
  p: { readonly minting: number; readonly issue: "paid" | "free" },
  terms: Terms,
): void {
  if (p.issue === "free") {
    const tokens = Math.max(roundDown(p.minting), -w.kept[m]);
    w.kept[m] += tokens;
    give(w, m, tokens, terms.curve);
    return;
  }
  const own = {
    money: Float64Array.of(w.treasury),
    tokens: Float64Array.of(w.kept[m]),
    wanted: Float64Array.of(p.minting),
    filled: new Float64Array(1),
    payment: new Float64Array(1),
  };
  const contract = { supply: w.supply[m], reserve: w.reserve[m], unbacked: w.unbacked[m] };
  const { supply, reserve, unbacked } = tradeTogether(own, 1, contract, { ...terms, fee: 0 });
  [w.supply[m], w.reserve[m], w.unbacked[m]] = [supply, reserve, unbacked];
  [w.treasury, w.kept[m]] = [own.money[0], own.tokens[0]];
}

/** Whether nothing but what holders order moves the price. */
const undisturbed = (p: { readonly [K in (typeof DISTURBANCES)[number]]: number }): boolean =>
  DISTURBANCES.every((name) => p[name] === 0);
