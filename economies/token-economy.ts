// A token economy in the large: up to ten million traders on several chains, whose orders follow those of others, pools that settle them in batches, and an
// authority that leans against the index. After a paper on simulations of token economies with up to a million agents, with its errata.
//
//   x_i(t + 1) = φ Σ_j η_ij x_j(t) / Σ_j η_ij + ε_i(t + 1)          sentiment, among those whom i follows; ε_i standard normal
//   share_i = s clip(α x_i/sd + β (value/price − 1)_m + signal)       of money over assets to spend, below 0 of tokens to sell, in the asset m whose turn it is
//   p = (X + γB)/(Y + S),   X′ = pY,   Y′ = X/p                      a batch: buyers bring B, sellers S; X′Y′ = XY, so that p is the integral of the price
//
// Between chains tokens travel over bridges, which take time, a fee, and fail; arbitrageurs carry them to where they will be dearer.
//
// Traders count money and tokens in whole units of 1/1024, pools and bridges in 2⁻²⁰: sums are exact in any order, and what rounding leaves goes to the pool.
// By option traders, those who run pools, and the authority decide for themselves, each at a clock of its own (parts/token-deciders.ts).
//
// Columns are narrow because there are many rows: holdings are i32, sentiment is posted in a byte, and so is the strength of a link. 160 bytes a trader at degree 10.
import {
  defineEconomy,
  derived,
  f64,
  i32,
  index,
  links,
  math,
  mechanisms,
  numbers,
  param,
  population,
  u8,
  unknown,
  type Wiring,
} from "walras";
import { CELLS, CLUSTERS, cellOf, FIGURES, followCrowd } from "./parts/crowd-clusters.ts";
import {
  authorities,
  deciders,
  look,
  observe,
  operators,
  prosper,
  reckon,
  reward,
  wealthOf,
} from "./parts/token-deciders.ts";
import { nameFlooders } from "./parts/token-mail.ts";
import { herdingCorrelation } from "./theory/herding.ts";

const { exp, log, normalCdf, normalDensity, pow } = math;
const { roundDown, roundUp, UNIT } = mechanisms;

/** Whole units of money and of tokens in one. */
const UNITS = 1024;
const MOST = 2147483647;
/** An order's stages: none; in this period's batch; waiting for the next common batch; sent for it in the last period, so that the market may return it. */
const [NONE, URGENT, WAITING, POSTED] = [0, 1, 2, 3];
/** What traders tell markets, a block of `markets` accounts each. */
const [PAID, OFFERED, PAID_WAITING, OFFERED_WAITING, CREDITED, EARNED, URGENTLY, PATIENTLY, HELD_BACK] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
const TOLD = 9;
/** Classes of wealth, each √2 times the one before, from an eighth of a unit of money on; then sums over communities. */
const CLASSES = 64;
/** (√5 − 1)/2 */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const FIRST_CLASS = 1 / 8;
const [COMMUNITIES, SUM, SQUARES, COMMUNITY_SQUARES] = [0, 1, 2, 3];
/** Of these there are metrics. */
const DECILES = [10, 20, 30, 40, 50, 60, 70, 80, 90] as const;
const LEVELS = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768] as const; // where classes begin
const FIRST_CHAINS = [1, 2, 3] as const;
const NUMBERED = Array.from({ length: CLUSTERS }, (_, k) => k + 1);
/** Cuts fall on multiples of so many rows; communities across such an edge are left out of correlations. */
const BLOCK = 4096;

/** Posted sentiment is a byte: 0 at ZERO, eight standard deviations at either end. */
const ZERO = 128;
const stepOf = (p: { readonly influence: number; readonly community: number }): number => (8 * sdOf(p)) / 127;
/** Standard deviation of sentiment in a community that follows its mean. */
function sdOf({ influence, community }: { readonly influence: number; readonly community: number }): number {
  return Math.sqrt(1 + (influence * influence) / (community * (1 - influence) * (1 + influence)));
}

/** Equally likely values of unit variance that stand for a standard normal: medians of as many slices. */
const NEWS = normalValues(1024);

export const tokenEconomy = defineEconomy({
  name: "token-economy",
  source: "a paper on simulating token economies of up to a million agents: hierarchy, influence, chains, messages",
  summary:
    "Traders who follow each other hold tokens on several chains, pools settle their orders, an authority leans against the index.",
  params: {
    traders: param(10_000, { symbol: "N", unit: "traders", min: 20, max: 1e7, integer: true }),
    chains: param(3, { unit: "chains", min: 1, max: 16, integer: true }),
    tokens: param(4, { unit: "tokens", min: 1, max: 15, integer: true, doc: "kinds, each on every chain" }),
    markets: param(derived, { unit: "markets", min: 1, max: 240, integer: true, doc: "chains × tokens" }),
    accounts: param(derived, { min: 1, max: 1e5, integer: true, doc: "sums that traders report" }),
    degree: param(10, { unit: "traders", min: 1, max: 100, integer: true, doc: "others whom each follows" }),
    community: param(20, {
      symbol: "m",
      unit: "traders",
      min: 2,
      max: 1e4,
      integer: true,
      doc: "rows that follow each other",
    }),
    strangers: param(0.1, {
      min: 0,
      max: 1,
      doc: "share of those followed who are at any distance d, with probability 1/d",
    }),
    influence: param(0.98, { symbol: "φ", min: 0, max: 0.9999, doc: "weight of those who are followed" }),
    reinforcement: param(0.1, {
      symbol: "γ",
      unit: "1/day",
      min: 0,
      max: 1,
      doc: "of links between traders who agree",
    }),
    decay: param(0.02, { symbol: "δ", unit: "1/day", min: 0, max: 1, doc: "of links to traders far away" }),
    reach: param(1000, { symbol: "d₀", unit: "rows", min: 1, max: 1e7, doc: "how far is far away, at most" }),
    holding: param(100, { unit: "tokens", min: 0, max: 1e4, doc: "of each asset by a trader at first, mean" }),
    money: param(1000, { unit: "money", min: 0, max: 1e5, doc: "of a trader at first, mean" }),
    inequality: param(1, { min: 0, max: 2, doc: "sd of the logarithm of what a trader has at first" }),
    depth: param(0.2, { min: 0.001, max: 10, doc: "tokens of a pool at first, over those of all traders" }),
    fee: param(0.003, { symbol: "1 − γ", min: 0, max: 0.5, doc: "of what is paid in, kept by the chain" }),
    conviction: param(0.5, { symbol: "α", min: 0, max: 10, doc: "weight of sentiment, in standard deviations" }),
    value: param(5, { symbol: "β", min: 0, max: 100, doc: "weight of value over price, less 1" }),
    orderMax: param(0.1, { symbol: "s", min: 0, max: 1, doc: "largest share that is spent or sold at once" }),
    priority: param(0.75, { min: 0, max: 1, doc: "orders of a larger share of orderMax are settled within the hour" }),
    batchEvery: param(4, {
      symbol: "τ",
      unit: "hours",
      min: 1,
      max: 1e4,
      integer: true,
      doc: "between batches of the others",
    }),
    mailbox: param(1e7, {
      unit: "orders",
      min: 0,
      max: 1e7,
      integer: true,
      doc: "that wait at a market at most: it says which share of traders it hears, and returns an hour's orders that are more",
    }),
    volatility: param(0.005, { unit: "1/√hour", min: 0, max: 1, doc: "of the logarithm of a token's value" }),
    mispricing: param(0.01, {
      symbol: "σ",
      unit: "1/√hour",
      min: 0,
      max: 1,
      doc: "of what a chain's traders mistake the logarithm of a token's value by",
    }),
    correction: param(0.05, {
      symbol: "κ",
      unit: "1/hour",
      min: 1e-3,
      max: 10,
      doc: "by which mistakes and gaps between chains close",
    }),
    shockRate: param(0.01, {
      unit: "1/hour",
      min: 0,
      max: 1,
      doc: "probability that traders of a chain mistake all its tokens",
    }),
    shockSd: param(0.1, { min: 0, max: 2, doc: "of the logarithm of that jump" }),
    bridgeRate: numbers([1], {
      symbol: "B",
      min: 0,
      max: 1e3,
      most: 256,
      doc: "tokens minted for one that arrives: of all bridges, or a matrix of chains by rows",
    }),
    bridgeDelay: numbers([3], {
      symbol: "τ_ij",
      unit: "hours",
      min: 1,
      max: 1000,
      integer: true,
      most: 256,
      doc: "of all bridges, or a matrix of chains by rows",
    }),
    bridgeFee: param(0.001, { min: 0, max: 0.5, doc: "of what is sent, kept by the bridge" }),
    bridgeCapacity: param(0.1, {
      min: 0,
      max: 10,
      doc: "of a lane: tokens on their way, over those in the pool at first",
    }),
    bridgeFailure: param(0.01, { min: 0, max: 1, doc: "probability that what is due is returned to its sender" }),
    haltFrom: param(0, { unit: "hours", min: 0, max: 1e9, integer: true, doc: "when all bridges halt" }),
    haltHours: param(0, { unit: "hours", min: 0, max: 1e9, integer: true, doc: "for how long" }),
    capital: param(0.1, { min: 0, max: 10, doc: "of an arbitrageur, over the money in a pool at first" }),
    riskAversion: param(1, { symbol: "a", min: 0, max: 1e6, doc: "of arbitrageurs, relative to their capital" }),
    routes: param(derived, {
      min: 0,
      max: 1e5,
      integer: true,
      doc: "arbitrageurs: one for each token and ordered pair of chains",
    }),
    slots: param(derived, { unit: "hours", min: 1, max: 1000, integer: true, doc: "the longest delay" }),
    deciding: param(0, {
      unit: "traders",
      min: 0,
      max: 1e7,
      integer: true,
      doc: "who decide every hour, the first so many rows; the others follow the rule",
    }),
    operators: param(0, {
      unit: "markets",
      min: 0,
      max: 240,
      integer: true,
      doc: "pools whose fee is decided on, the first so many",
    }),
    feeEvery: param(24, { unit: "hours", min: 1, max: 1e6, integer: true, doc: "between decisions on a fee" }),
    feeMax: param(0.02, { min: 0.0001, max: 0.5, doc: "highest fee that can be decided on" }),
    authorities: param(0, {
      min: 0,
      max: 1,
      integer: true,
      doc: "1: the authority decides on its signal; 0: it leans",
    }),
    signalMax: param(0.2, { min: 0.001, max: 1, doc: "largest signal that can be decided on" }),
    authorityEvery: param(24, {
      unit: "hours",
      min: 1,
      max: 1e6,
      integer: true,
      doc: "between decisions of the authority",
    }),
    lean: param(0.1, { min: 0, max: 100, doc: "of the authority against changes of the index" }),
    warmUp: param(240, { unit: "hours", min: 0, max: 1e9, integer: true, doc: "before correlations are measured" }),
    horizon: param(24 * 30, { symbol: "T", unit: "hours", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    markets: (p) => p.chains * p.tokens,
    accounts: (p) => accountsOf(p),
    routes: (p) => routesOf(p),
    slots: (p) => slotsOf(p),
  },
  horizon: "horizon",
  world: {
    outside: f64({ doc: "an outside series that values of all tokens are proportional to, from a stream; 0: none" }),
    outsideBefore: f64({ doc: "an hour ago" }),
    index: f64({ initial: 1, doc: "geometric mean of prices over first prices" }),
    indexBefore: f64({ initial: 1, doc: "at the authority's last decision" }),
    signal: f64({ doc: "of the authority, to all traders" }),
    spent: f64({ unit: "money", doc: "volume of the period" }),
    urgent: f64({ unit: "orders", doc: "sent for this hour's batch" }),
    patient: f64({ unit: "orders", doc: "sent for the next common batch" }),
    returned: f64({ unit: "orders", doc: "of these, by markets whose mailbox is full" }),
    heldBack: f64({ unit: "orders", doc: "by traders whom a market with a full mailbox does not hear" }),
    withinPairs: f64({ doc: "Σ of products of sentiment within communities" }),
    variance: f64({ doc: "Σ of squares of sentiment, over as many pairs" }),
    wealth: f64({ each: CLASSES, unit: "traders", doc: "by class of wealth, at the last midnight" }),
    clusters: f64({
      each: CLUSTERS * FIGURES,
      doc: "of traders by sentiment and wealth, at the last midnight: of each its share, means of sentiment and of doublings of wealth, its share of wealth, and how much of it is in tokens",
    }),
    endowed: f64({ unit: "money" }),
    carried: f64({ unit: "tokens", doc: "that set out over bridges in the period" }),
    gap: f64({ doc: "mean of |ln P_j/P_i| over chains of a token" }),
    moved: f64({ doc: "ln of the index over that of the hour before" }),
    level: f64({ doc: "mean of ln of prices over first prices, at the end of the hour" }),
    growth: f64({ doc: "of that in the hour" }),
  },
  populations: {
    accounts: population({
      size: "accounts",
      doc: "what traders report, added up: a block of markets for each kind of report",
      state: { amount: f64({ doc: "a whole number" }) },
    }),
    markets: population({
      size: "markets",
      doc: "a pool of money and one kind of token on one chain, by chain",
      state: {
        money: f64({ unit: "money", doc: "X" }),
        tokens: f64({ unit: "tokens", doc: "Y" }),
        price: f64({ unit: "money/token", doc: "X/Y" }),
        first: f64({ unit: "money/token", doc: "price at first" }),
        issued: f64({ unit: "tokens", doc: "on this chain at first" }),
        fundamental: f64({ unit: "money/token", doc: "value of the token" }),
        mistake: f64({ doc: "of the chain's traders, in the logarithm of its value" }),
        attraction: f64({ doc: "value over price, less 1, within ±1" }),
        batch: f64({ unit: "money/token", doc: "price of the last batch" }),
        buyRate: f64({ unit: "tokens/money", doc: "what a buyer in it gets" }),
        sellRate: f64({ unit: "money/token", doc: "what a seller in it gets" }),
        waitingMoney: f64({ unit: "money", doc: "paid in for the next common batch" }),
        waitingTokens: f64({ unit: "tokens", doc: "offered for it" }),
        waiting: f64({ unit: "orders", doc: "in its mailbox" }),
        heard: f64({ initial: 1, doc: "share of traders from whom it takes orders for the common batch" }),
        full: u8({ doc: "1: the last hour's orders for the common batch are returned" }),
        backMoney: f64({ unit: "money", doc: "on its way back to traders" }),
        backTokens: f64({ unit: "tokens", doc: "on their way back to traders" }),
        turnedAway: f64({ unit: "orders", doc: "returned since the beginning" }),
        flooder: i32({
          initial: -1,
          doc: "community with most orders in its mailbox, those that it returned among them, when it was last full; −1: never",
        }),
        flooding: f64({ unit: "orders", doc: "of that community then" }),
        dueMoney: f64({ unit: "money", doc: "that sellers in the last batch are to be credited with" }),
        dueTokens: f64({ unit: "tokens", doc: "that buyers in it are to be credited with" }),
        common: u8({ doc: "1: last period's batch was a common one" }),
        fee: f64({ doc: "1 − γ, of what is paid in" }),
        fees: f64({ unit: "money", doc: "kept by the chain" }),
      },
    }),
    deciders,
    operators,
    authorities,
    arbitrageurs: population({
      size: "routes",
      doc: "each carries one token from one chain to another, in a lane of its own",
      state: {
        from: index("markets"),
        to: index("markets"),
        money: f64({ unit: "money" }),
        inFlight: f64({ each: "slots", unit: "tokens", doc: "by when they are due" }),
        outlay: f64({ each: "slots", unit: "money", doc: "paid for them" }),
        position: f64({ doc: "the slot that is due next" }),
        sent: f64({ unit: "tokens", doc: "since the beginning, fees included" }),
        fees: f64({ unit: "tokens", doc: "kept by the bridge" }),
        arrived: f64({ unit: "tokens" }),
        returned: f64({ unit: "tokens" }),
        minted: f64({ unit: "tokens", doc: "on the other chain" }),
        profit: f64({ unit: "money", doc: "since the beginning, of what has arrived or returned" }),
      },
    }),
    traders: population({
      size: "traders",
      state: {
        money: f64({ unit: "money/1024" }),
        tokens: i32({ each: "markets", unit: "tokens/1024" }),
        order: i32({ doc: "sent and not credited: money/1024 paid, or below 0 tokens/1024 offered" }),
        asset: u8({ doc: "of the order" }),
        stage: u8({
          doc: "of the order: 0 none, 1 urgent, 2 waiting for the common batch, 3 sent for it in this hour",
        }),
        sentiment: u8({ initial: ZERO, doc: "posted, in steps of 8/127 standard deviations around 128" }),
      },
    }),
  },
  links: {
    followed: links("traders", {
      degree: "degree",
      doc: "from who follows to those followed",
      state: { strength: u8({ initial: 128, doc: "η in 255ths" }) },
    }),
  },
  start: ({ each, exchange, wire, world }) => ({
    meet: wire("followed", { doc: "in the community or at any distance" }, communities),
    endow: exchange(
      "traders",
      { to: "accounts", inbox: "amount", doc: "log-normal" },
      (k, from, to, _w, p, draw, send) => {
        const M = p.markets;
        const z = draw.normal("wealth");
        let tokens = 0;
        let money = 0;
        for (let i = from; i < to; i++) {
          const rich = exp(p.inequality * (z[i] - p.inequality / 2));
          const each = Math.min(MOST, Math.floor(UNITS * p.holding * rich));
          for (let m = 0; m < M; m++) k.tokens[i * M + m] = each;
          k.money[i] = Math.floor(UNITS * p.money * rich);
          tokens += each;
          money += k.money[i];
        }
        for (let m = 0; m < M; m++) send(CREDITED * M + m, tokens);
        send(PAID * M, money);
      },
    ),
    open: world({ doc: "pools, at prices around 1" }, (w, p, draw) => {
      const { accounts, arbitrageurs, markets } = w;
      const M = p.markets;
      const z = draw.sequence.normal("price");
      const rates = matrixOf("bridgeRate", p.bridgeRate, p.chains);
      if (p.chains > 1) mechanisms.bridgeRates(rowsOf(rates, p.chains), { fee: p.bridgeFee });
      matrixOf("bridgeDelay", p.bridgeDelay, p.chains);
      w.endowed = accounts.amount[PAID * M] / UNITS;
      markets.fee.fill(p.fee);
      for (let m = 0; m < M; m++) {
        const held = accounts.amount[CREDITED * M + m] / UNITS;
        markets.tokens[m] = Math.max(1, roundDown(p.depth * held));
        markets.money[m] = Math.max(1, roundDown(markets.tokens[m] * exp(p.mispricing * z())));
        markets.price[m] = markets.first[m] = markets.batch[m] = markets.money[m] / markets.tokens[m];
        markets.fundamental[m] = 1;
        markets.attraction[m] = attractionOf(1, markets.price[m]);
        markets.issued[m] = held + markets.tokens[m];
        w.endowed += markets.money[m];
      }
      for (let r = 0; r < arbitrageurs.size; r++) {
        const [from, to] = routeOf(r, p);
        [arbitrageurs.from[r], arbitrageurs.to[r]] = [from, to];
        arbitrageurs.money[r] = roundDown(p.capital * markets.money[from]);
        w.endowed += arbitrageurs.money[r];
      }
      accounts.amount.fill(0);
    }),
    weigh: each("deciders", { doc: "wealth" }, (k, from, to, { traders, markets }) => {
      for (let i = from; i < to; i++) k.wealth[i] = wealthOf(traders, i, markets);
    }),
  }),
  phases: ({ decide, each, exchange, world }) => ({
    follow: each(
      "traders",
      { doc: "sentiment of those followed, and news", along: "followed", reads: ["sentiment"], writes: ["sentiment"] },
      ({ sentiment }, from, to, { followed: { start, target, strength } }, p, draw, before) => {
        const posted = before.sentiment;
        const news = draw.integers("news", NEWS.length);
        const φ = p.influence;
        const perStep = 1 / stepOf(p);
        // In 32-bit integers: 1.5× on ten million links.
        let l = start[from];
        for (let i = from; i < to; i++) {
          let sum = 0;
          let weight = 0;
          const end = start[i + 1];
          for (; l < end; l = (l + 1) | 0) {
            const η = strength[l];
            sum = (sum + Math.imul(η, posted[target[l]] - ZERO)) | 0;
            weight = (weight + η) | 0;
          }
          const x = (weight > 0 ? (φ * sum) / weight : 0) + NEWS[news[i]] * perStep + (ZERO + 0.5);
          sentiment[i] = x < 1 ? 1 : x > 255 ? 255 : x | 0;
        }
      },
    ),
    govern: decide("authorities", { doc: "a signal to all traders", every: "authorityEvery" }),
    price: decide("operators", { doc: "fees of pools", every: "feeEvery" }),
    heed: world({ doc: "signals and fees that were decided on" }, (w, p) => {
      for (let m = 0; m < w.operators.size; m++) w.markets.fee[m] = w.operators.fee[m];
      if (w.authorities.size > 0) w.signal = p.signalMax * w.authorities.stance[0];
    }),
    look: each("deciders", { doc: "at themselves and the asset whose turn it is" }, (k, from, to, w, p) => {
      look(k, [from, to], w, { ...p, perStep: stepOf(p) / sdOf(p), zero: ZERO });
    }),
    decide: decide("deciders", { doc: "how much to order" }),
    trade: exchange(
      "traders",
      {
        to: "accounts",
        inbox: "amount",
        doc: "take what the last batch brought, and order in the asset whose turn it is",
      },
      (k, from, to, w, p, _draw, send) => {
        const { money, tokens, order, asset, stage, sentiment } = k;
        const { buyRate, sellRate, attraction, common, full, heard } = w.markets;
        const M = p.markets;
        const told = new Float64Array(TOLD * M);
        const perStep = (p.conviction * stepOf(p)) / sdOf(p);
        const { order: decided, size: deciding } = w.deciders;
        for (let i = from, turn = (from + w.period) % M; i < to; i++, turn = turn + 1 === M ? 0 : turn + 1) {
          if (stage[i] === POSTED) {
            stage[i] = WAITING;
            if (full[asset[i]] === 1) {
              const back = order[i];
              if (back > 0) money[i] += back;
              else tokens[i * M + asset[i]] -= back;
              order[i] = 0;
              stage[i] = NONE;
            }
          }
          if (stage[i] === URGENT || (stage[i] === WAITING && common[asset[i]] === 1)) {
            const m = asset[i];
            const sent = order[i];
            if (sent > 0) {
              const bought = Math.floor(sent * buyRate[m]);
              const held = tokens[i * M + m] + bought;
              if (held > MOST)
                throw new Error(
                  `token-economy: trader ${i} would hold ${held / UNITS} tokens of market ${m}, at most ${MOST / UNITS} are counted. Lower holding or money.`,
                );
              tokens[i * M + m] = held;
              told[CREDITED * M + m] += bought;
            } else {
              const earned = Math.floor(-sent * sellRate[m]);
              money[i] += earned;
              told[EARNED * M + m] += earned;
            }
            order[i] = 0;
            stage[i] = NONE;
          }
          if (stage[i] !== NONE) continue;
          const drive =
            i < deciding ? decided[i] : perStep * (sentiment[i] - ZERO) + p.value * attraction[turn] + w.signal;
          const size = drive > 1 ? 1 : drive < -1 ? -1 : drive;
          const share = p.orderMax * size;
          const sent =
            share > 0 ? Math.min(MOST, Math.floor((share * money[i]) / M)) : Math.ceil(share * tokens[i * M + turn]);
          if (sent === 0) continue;
          const urgent = size > p.priority || -size > p.priority;
          // Another share of traders each hour: Weyl's sequence is even over rows.
          if (!urgent && heard[turn] < 1 && ((i + w.period) * GOLDEN) % 1 >= heard[turn]) {
            told[HELD_BACK * M + turn]++;
            continue;
          }
          if (sent > 0) {
            money[i] -= sent;
            told[(urgent ? PAID : PAID_WAITING) * M + turn] += sent;
          } else {
            tokens[i * M + turn] += sent;
            told[(urgent ? OFFERED : OFFERED_WAITING) * M + turn] -= sent;
          }
          told[(urgent ? URGENTLY : PATIENTLY) * M + turn]++;
          order[i] = sent;
          asset[i] = turn;
          stage[i] = urgent ? URGENT : POSTED;
        }
        for (let a = 0; a < told.length; a++) if (told[a] !== 0) send(a, told[a]);
        if (w.period % 24 === 0) census(k, from, to, w.markets.price, M, p, send);
      },
    ),
    clear: world({ doc: "batches at pools, news, and the authority" }, (w, p, draw) => {
      const { accounts, markets, operators } = w;
      const M = p.markets;
      const said = (kind: number, m: number): number => accounts.amount[kind * M + m] / UNITS;
      const z = draw.sequence.normal("value");
      const mistake = draw.sequence.normal("mistake");
      const hit = draw.sequence.uniform("shock");
      const jump = draw.sequence.normal("jump");
      const stays = exp(-p.correction);
      const change = w.outside > 0 && w.outsideBefore > 0 ? w.outside / w.outsideBefore : 1;
      w.outsideBefore = w.outside;
      for (let m = 0; m < p.tokens; m++) markets.fundamental[m] *= change * exp(p.volatility * z());
      w.spent = w.urgent = w.patient = w.returned = w.heldBack = 0;
      let index = 0;
      for (let chain = 0; chain < p.chains; chain++) {
        const shock = hit() < p.shockRate ? p.shockSd * jump() : 0;
        for (let m = chain * p.tokens; m < (chain + 1) * p.tokens; m++) {
          // What the last batch has not been asked for is rounding.
          markets.tokens[m] += markets.dueTokens[m] - said(CREDITED, m);
          markets.money[m] += markets.dueMoney[m] - said(EARNED, m);
          markets.dueTokens[m] = markets.dueMoney[m] = 0;
          const posted = UNITS * said(PATIENTLY, m);
          const full = markets.waiting[m] + posted > p.mailbox;
          markets.full[m] = full ? 1 : 0;
          // Taken back by traders before this phase: an hour's mail is accepted or returned as one.
          markets.backMoney[m] = full ? said(PAID_WAITING, m) : 0;
          markets.backTokens[m] = full ? said(OFFERED_WAITING, m) : 0;
          if (full) {
            markets.turnedAway[m] += posted;
            w.returned += posted;
          } else {
            markets.waiting[m] += posted;
            markets.waitingMoney[m] += said(PAID_WAITING, m);
            markets.waitingTokens[m] += said(OFFERED_WAITING, m);
          }
          let paid = said(PAID, m);
          let offered = said(OFFERED, m);
          const common = (w.period + m) % p.batchEvery === 0;
          markets.common[m] = common ? 1 : 0;
          if (common) {
            paid += markets.waitingMoney[m];
            offered += markets.waitingTokens[m];
            markets.waitingMoney[m] = markets.waitingTokens[m] = markets.waiting[m] = 0;
          }
          settle(markets, m, paid, offered);
          if (m < operators.size) operators.turnover[m] = (paid + offered * markets.batch[m]) / markets.money[m];
          w.spent += paid + offered * markets.batch[m];
          w.urgent += UNITS * said(URGENTLY, m);
          w.patient += posted;
          // As many as fit, but for a tenth, had all others of this hour a turn in the next.
          const kept = UNITS * said(HELD_BACK, m);
          const room = 0.9 * (p.mailbox - markets.waiting[m]);
          markets.heard[m] = posted + kept > room ? room / (posted + kept) : 1;
          w.heldBack += kept;
          markets.fundamental[m] = markets.fundamental[m % p.tokens];
          markets.mistake[m] = stays * markets.mistake[m] + p.mispricing * mistake() + shock;
          index += log(markets.price[m] / markets.first[m]) / M;
        }
      }
      if (w.returned > 0) nameFlooders(markets, w.traders, p.community);
      w.moved = index - log(w.index);
      w.index = exp(index);
      const since = log(w.index / w.indexBefore);
      if ((w.period + 1) % p.authorityEvery === 0) {
        if (w.authorities.size === 0) w.signal = clip(-p.lean * (w.index / w.indexBefore - 1));
        w.indexBefore = w.index;
      }
      if (w.authorities.size > 0) w.authorities.change[0] = since;
      if (w.period % 24 === 0) {
        const sums = accounts.amount.subarray(TOLD * M);
        for (let c = 0; c < CLASSES; c++) w.wealth[c] = sums[c];
        const [, , squares, together] = sums.subarray(CLASSES + COMMUNITIES);
        const cells = sums.subarray(CLASSES + 4);
        const [counts, wealth, money] = [0, 1, 2].map((block) => cells.subarray(block * CELLS, (block + 1) * CELLS));
        followCrowd(w.clusters, counts, wealth, money);
        if (w.period >= p.warmUp) {
          w.withinPairs += (together - squares) / (p.community - 1);
          w.variance += squares;
        }
      }
      accounts.amount.fill(0);
    }),
    carry: world({ doc: "arbitrageurs sell what has arrived, and send more" }, (w, p, draw) => {
      const { arbitrageurs, markets } = w;
      const fate = draw.sequence.uniform("failure");
      const rates = matrixOf("bridgeRate", p.bridgeRate, p.chains);
      const delays = matrixOf("bridgeDelay", p.bridgeDelay, p.chains);
      const halted = w.period >= p.haltFrom && w.period < p.haltFrom + p.haltHours;
      w.carried = w.gap = 0;
      let level = 0;
      for (let r = 0; r < arbitrageurs.size; r++) {
        const [from, to] = [arbitrageurs.from[r], arbitrageurs.to[r]];
        const way = Math.floor(from / p.tokens) * p.chains + Math.floor(to / p.tokens);
        const bridge = { rate: rates[way], delay: delays[way], fee: p.bridgeFee, halted };
        w.gap += Math.abs(log(markets.price[to] / markets.price[from])) / arbitrageurs.size;
        const due = mechanisms.settleLane(arbitrageurs, r, bridge, fate() < p.bridgeFailure ? "returned" : "arrives");
        if (due.minted + due.returned > 0) {
          const earned = sell(markets, to, due.minted) + sell(markets, from, due.returned);
          arbitrageurs.money[r] += earned;
          arbitrageurs.profit[r] += earned - due.outlay;
        }
        const wanted = profitable(markets, from, to, bridge, arbitrageurs.money[r], p);
        const room =
          roundDown((p.bridgeCapacity * p.depth * markets.issued[from]) / (1 + p.depth)) -
          mechanisms.laneInFlight(arbitrageurs, r);
        if (!(wanted > 0 && room > 0)) continue;
        const cost = (tokens: number): number =>
          roundUp(
            mechanisms.constantProductIn(
              { balanceIn: markets.money[from], balanceOut: markets.tokens[from], fee: markets.fee[from] },
              tokens,
            ),
          );
        const sent = mechanisms.sendOver(arbitrageurs, r, bridge, wanted, { room, outlay: cost(wanted) });
        if (sent === 0) continue;
        const paid = cost(sent);
        const kept = roundDown(markets.fee[from] * paid);
        arbitrageurs.money[r] -= paid;
        markets.money[from] += paid - kept;
        markets.fees[from] += kept;
        markets.tokens[from] -= sent;
        w.carried += sent;
      }
      for (let m = 0; m < p.markets; m++) {
        markets.price[m] = markets.money[m] / markets.tokens[m];
        level += log(markets.price[m] / markets.first[m]) / p.markets;
        markets.attraction[m] = attractionOf(markets.fundamental[m] * exp(markets.mistake[m]), markets.price[m]);
      }
      reckon(w, markets, { moved: w.moved, depth: p.depth });
      w.growth = level - w.level;
      w.level = level;
    }),
    prosper: each("deciders", { doc: "what the hour brought them" }, (k, from, to, w) => {
      prosper(k, [from, to], w);
    }),
    adapt: each(
      "followed",
      { doc: "strengths, at midnight: η̇ = γη(1 − η)U − δη(d/d₀)²", writes: ["strength"] },
      (l, from, to, w, p, draw) => {
        if ((w.period + 1) % 24 !== 0 || (p.reinforcement === 0 && p.decay === 0)) return;
        const { source, target, strength } = l;
        const { sentiment } = w.traders;
        const between = draw.integers("rounding", 256);
        const perSquare = (stepOf(p) * stepOf(p)) / (sdOf(p) * sdOf(p));
        const N = p.traders;
        for (let k = from; k < to; k++) {
          const [i, j] = [source[k], target[k]];
          const agreement = clip(perSquare * (sentiment[i] - ZERO) * (sentiment[j] - ZERO));
          const apart = Math.abs(i - j);
          const d = Math.min(1, Math.min(apart, N - apart) / p.reach);
          const η = strength[k] / 255;
          const next = η + p.reinforcement * η * (1 - η) * agreement - p.decay * η * d * d;
          // Rounded up or down at random, so that small changes count in the mean.
          strength[k] = Math.max(1, Math.min(255, Math.floor(255 * next + (between[k] + 0.5) / 256)));
        }
      },
    ),
  }),
  metrics: {
    index: { unit: "1", doc: "geometric mean of prices over first prices", of: (w) => w.index },
    volume: { unit: "money", doc: "traded in the hour", of: (w) => w.spent },
    urgentOrders: { unit: "orders", doc: "sent for this hour's batch", of: (w) => w.urgent },
    patientOrders: { unit: "orders", doc: "sent for the next common batch", of: (w) => w.patient },
    returnedOrders: {
      unit: "orders",
      doc: "by markets whose mailbox is full, in the hour",
      of: (w) => w.returned,
    },
    heldBackOrders: {
      unit: "orders",
      doc: "by traders whom a market with a full mailbox does not hear, in the hour",
      of: (w) => w.heldBack,
    },
    waitingOrders: {
      unit: "orders",
      doc: "in the mailboxes of all markets, for their next common batch",
      of: ({ markets }) => markets.waiting.reduce((sum, x) => sum + x, 0),
    },
    clusterCorrelation: {
      unit: "1",
      doc: "of sentiment in a community, mean over pairs and midnights since warm-up",
      of: (w) => (w.variance > 0 ? w.withinPairs / w.variance : 0),
    },
    gap: { unit: "1", doc: "mean of |ln P_j/P_i| over chains of a token", of: (w) => w.gap },
    ahead: {
      unit: "per cent",
      doc: "growth of wealth of deciding traders since the beginning, less that of their mix of money and tokens at the mean price, mean; 0 where nobody decides",
      of: ({ deciders: { ahead, size } }) => (size === 0 ? 0 : ahead.reduce((sum, x) => sum + x, 0) / size),
    },
    fee: {
      unit: "1",
      doc: "mean over pools",
      of: ({ markets }) => markets.fee.reduce((sum, x) => sum + x, 0) / markets.size,
    },
    fees: { unit: "money", doc: "kept by chains", of: ({ markets }) => markets.fees.reduce((sum, x) => sum + x, 0) },
    moved: { unit: "1", doc: "|ln of the index over that of the hour before|", of: (w) => Math.abs(w.moved) },
    carried: { unit: "tokens", doc: "that set out over bridges in the hour", of: (w) => w.carried },
    inFlight: {
      unit: "tokens",
      doc: "on their way over bridges",
      of: ({ arbitrageurs }) => arbitrageurs.inFlight.reduce((sum, x) => sum + x, 0),
    },
    arbitrage: {
      unit: "money",
      doc: "profit of arbitrageurs since the beginning",
      of: ({ arbitrageurs }) => arbitrageurs.profit.reduce((sum, x) => sum + x, 0),
    },
    gini: { unit: "1", doc: "of wealth, by classes at the last midnight", of: (w) => giniOf(w.wealth) },
    ...metricsOf(DECILES, "poorest", {
      unit: "1",
      doc: (share) => `share of wealth of the poorest ${share} % of traders, by classes at the last midnight`,
      of: (w: Counted, share) => lorenzOf(w.wealth, share / 100),
    }),
    ...metricsOf(LEVELS, "richer", {
      unit: "1",
      doc: (wealth) => `share of traders with a wealth of at least ${wealth}, at the last midnight`,
      of: (w: Counted, wealth) => richerOf(w.wealth, wealth),
    }),
    ...clusterMetrics("clusterShare", 0, "1", "share of traders in it, at the last midnight"),
    ...clusterMetrics("clusterSentiment", 1, "sd", "mean sentiment"),
    ...clusterMetrics(
      "clusterDoublings",
      2,
      "1",
      "mean of how often its traders' wealth has doubled from an eighth of a unit of money on",
    ),
    ...clusterMetrics("clusterWealth", 3, "1", "share of all wealth that is its traders'"),
    ...clusterMetrics("clusterInvested", 4, "1", "share of its traders' wealth that is in tokens"),
    ...metricsOf(FIRST_CHAINS, "priceOnChain", {
      unit: "1",
      doc: (chain) => `geometric mean of prices over first prices on chain ${chain}; 0 where there is none`,
      of: (w: Traded, chain, p) => priceOn(w.markets, chain - 1, p.tokens),
    }),
    ...metricsOf(FIRST_CHAINS, "arrivedOnChain", {
      unit: "tokens",
      doc: (chain) => `minted on chain ${chain} less what left it over bridges, since the beginning`,
      of: (w: Traded, chain, p) => arrivedOn(w.arbitrageurs, chain - 1, p.tokens),
    }),
  },
  identities: {
    money: {
      doc: "of traders and arbitrageurs, in pools, waiting, due and in fees: as much as at first",
      after: "period",
      tolerance: 0,
      of: ({ traders, arbitrageurs, markets, endowed }) => {
        let sum = 0;
        for (let i = 0; i < traders.size; i++) sum += traders.money[i];
        sum = sum / UNITS - endowed;
        for (let m = 0; m < markets.size; m++)
          sum +=
            markets.money[m] + markets.waitingMoney[m] + markets.backMoney[m] + markets.dueMoney[m] + markets.fees[m];
        for (let r = 0; r < arbitrageurs.size; r++) sum += arbitrageurs.money[r];
        return sum;
      },
    },
    tokens: {
      doc: "on each chain, of traders, in pools, waiting and due: as many as were issued, but for what has left and come over bridges",
      after: "period",
      tolerance: 0,
      of: ({ traders, arbitrageurs, markets }, p) => {
        const M = p.markets;
        const sums = new Float64Array(M);
        for (let i = 0; i < traders.size; i++) for (let m = 0; m < M; m++) sums[m] += traders.tokens[i * M + m];
        for (let m = 0; m < M; m++)
          sums[m] =
            sums[m] / UNITS +
            markets.tokens[m] +
            markets.waitingTokens[m] +
            markets.backTokens[m] +
            markets.dueTokens[m] -
            markets.issued[m];
        for (let r = 0; r < arbitrageurs.size; r++) {
          sums[arbitrageurs.from[r]] += arbitrageurs.sent[r] - arbitrageurs.returned[r];
          sums[arbitrageurs.to[r]] -= arbitrageurs.minted[r];
        }
        return sums.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      },
    },
    bridges: {
      doc: "what was sent over each has arrived, is on its way, was kept as a fee or returned",
      after: "period",
      tolerance: 0,
      of: ({ arbitrageurs: k }) => {
        let most = 0;
        for (let r = 0; r < k.size; r++)
          most = Math.max(
            most,
            Math.abs(k.sent[r] - k.arrived[r] - mechanisms.laneInFlight(k, r) - k.fees[r] - k.returned[r]),
          );
        return most;
      },
    },
  },
  observe,
  reward,
  truth: (p) => ({ clusterCorrelation: unknownCorrelation(p) ?? herdingCorrelation(p.influence, p.community) }),
  truthDocs: { clusterCorrelation: "φ²/(φ² + m (1 − φ²)), mean over networks" },
  figures: [],
});

export default tokenEconomy;

const accountsOf = (p: { readonly markets: number }): number => TOLD * p.markets + CLASSES + 4 + 3 * CELLS;

const clip = (x: number): number => Math.max(-1, Math.min(1, x));
const attractionOf = (value: number, price: number): number => clip(value / price - 1);

interface Network {
  readonly traders: number;
  readonly community: number;
  readonly degree: number;
  readonly strangers: number;
  readonly influence: number;
  readonly reinforcement: number;
  readonly decay: number;
}

/** Why theory does not know the correlation of sentiment in a community; null: it does. */
function unknownCorrelation(p: Network) {
  if (p.degree >= p.community) return unknown(`there are no ${p.degree} others in a community of ${p.community}`);
  if (p.traders % p.community !== 0)
    return unknown(`the last community is larger: ${p.traders} traders in communities of ${p.community}`);
  if (p.strangers > 0) return unknown("known where nobody follows strangers");
  if (p.reinforcement > 0 || p.decay > 0) return unknown("known where strengths of links stay as they are");
  if (stepOf(p) > 1) return unknown("sentiment is posted in steps above a standard deviation of news");
  return null;
}

/** Each follows `degree` others of its community, each of them with the probability `strangers` somebody at any distance instead. Who is left over is in the last community. */
function communities(
  p: Network &
    Bridges & {
      readonly [N in "markets" | "accounts" | "routes" | "slots" | "deciding" | "operators"]: number;
    },
): Wiring {
  const { community, degree, strangers, traders } = p;
  const others = Math.min(community, traders) - 1;
  if (degree > others)
    throw new Error(
      `token-economy: everybody follows ${degree} others in a community of ${others + 1}. Raise community or lower degree.`,
    );
  for (const [name, expected] of Object.entries({
    markets: p.chains * p.tokens,
    accounts: accountsOf(p),
    routes: routesOf(p),
    slots: slotsOf(p),
  }) as ["markets" | "accounts" | "routes" | "slots", number][])
    if (p[name] !== expected)
      throw new Error(
        `token-economy: ${name} is ${p[name]}, expected ${expected}. Leave it out: it follows from the others.`,
      );
  for (const [name, most, what] of [
    ["deciding", traders, "traders"],
    ["operators", p.markets, "pools"],
  ] as const)
    if (p[name] > most)
      throw new Error(`token-economy: ${name} is ${p[name]}, but there are ${most} ${what}. Lower it.`);
  return (link, { sources: N }, draw) => {
    const [member, strange] = [draw.uniform("member"), draw.uniform("strange")];
    const [distance, side] = [draw.uniform("distance"), draw.integer("side", 2)];
    const farthest = log(Math.max(2, N / 2));
    // Kleinberg 2000, Nature 406, 845: with probability 1/d at a distance d, in one dimension. Most are near also in memory.
    const stranger = (i: number): number => {
      const d = Math.floor(exp(farthest * distance()));
      return (i + (side() === 0 ? d : N - d)) % N;
    };
    const last = Math.max(0, Math.floor(N / community) - 1);
    const chosen = new Int32Array(degree);
    for (let i = 0; i < N; i++) {
      const c = Math.min(last, Math.floor(i / community));
      const first = c * community;
      const size = c === last ? N - first : community;
      for (let k = 0; k < degree; ) {
        const j = strangers > 0 && strange() < strangers ? stranger(i) : first + Math.floor(size * member());
        let again = j === i;
        for (let before = 0; before < k; before++) again ||= chosen[before] === j;
        if (again) continue;
        chosen[k++] = j;
        link(i, j);
      }
    }
  };
}

type Pools = {
  readonly [C in
    | "money"
    | "tokens"
    | "price"
    | "batch"
    | "buyRate"
    | "sellRate"
    | "dueMoney"
    | "dueTokens"
    | "fee"
    | "fees"]: Float64Array;
};

/** A batch: buyers pay B and sellers offer S at one price, at which the product of what the pool holds stays as it is. */
function settle(k: Pools, m: number, paid: number, offered: number): void {
  const fee = k.fee[m];
  const γ = 1 - fee;
  const batch = (k.money[m] + γ * paid) / (k.tokens[m] + offered);
  k.batch[m] = batch;
  k.buyRate[m] = γ / batch;
  k.sellRate[m] = γ * batch;
  const kept = roundDown(fee * paid) + roundDown(fee * offered * batch);
  // Rounded up, and a unit more: sums of what is rounded down for each never exceed it. A pool keeps its last unit.
  const [tokens, money] = [k.tokens[m] + offered - UNIT, k.money[m] + paid - kept - UNIT];
  k.dueTokens[m] = paid > 0 ? roundUp(paid * k.buyRate[m]) + UNIT : 0;
  k.dueMoney[m] = offered > 0 ? roundUp(offered * k.sellRate[m]) + UNIT : 0;
  if (k.dueTokens[m] > tokens) {
    k.dueTokens[m] = tokens;
    k.buyRate[m] = Math.max(0, tokens - UNIT) / paid;
  }
  if (k.dueMoney[m] > money) {
    k.dueMoney[m] = money;
    k.sellRate[m] = Math.max(0, money - UNIT) / offered;
  }
  k.fees[m] += kept;
  k.money[m] += paid - kept - k.dueMoney[m];
  k.tokens[m] += offered - k.dueTokens[m];
  k.price[m] = k.money[m] / k.tokens[m];
}

interface Bridges {
  readonly chains: number;
  readonly tokens: number;
  readonly bridgeDelay: readonly number[];
}

/** One number for all pairs of chains, or a matrix by rows. */
function matrixOf(name: string, given: readonly number[], chains: number): readonly number[] {
  if (given.length === chains * chains) return given;
  if (given.length !== 1)
    throw new Error(
      `token-economy: ${name} has ${given.length} numbers, expected 1 or ${chains * chains}, a row of ${chains} for each of ${chains} chains.`,
    );
  return Array.from({ length: chains * chains }, (_, x) => (x % (chains + 1) === 0 ? 1 : given[0]));
}
const rowsOf = (matrix: readonly number[], chains: number): number[][] =>
  Array.from({ length: chains }, (_, i) => matrix.slice(i * chains, (i + 1) * chains));
const routesOf = (p: Bridges): number => p.tokens * p.chains * (p.chains - 1);
const slotsOf = (p: Bridges): number => Math.max(...p.bridgeDelay);

/** The markets that arbitrageur r buys and sells in. */
function routeOf(r: number, p: Bridges): [from: number, to: number] {
  const token = r % p.tokens;
  const pair = Math.floor(r / p.tokens);
  const from = Math.floor(pair / (p.chains - 1));
  const other = pair % (p.chains - 1);
  return [from * p.tokens + token, (other < from ? other : other + 1) * p.tokens + token];
}

/** Sells tokens to a pool, and what they bring. */
function sell(k: Pools, m: number, tokens: number): number {
  if (tokens === 0) return 0;
  const fee = k.fee[m];
  const out = mechanisms.constantProductOut({ balanceIn: k.tokens[m], balanceOut: k.money[m] }, tokens);
  const earned = roundDown((1 - fee) * out);
  const kept = roundDown(fee * out);
  k.tokens[m] += tokens;
  k.money[m] -= earned + kept;
  k.fees[m] += kept;
  return earned;
}

/** Tokens worth carrying: the best amount for what the gap between both prices will be when they arrive, as far as money goes. */
function profitable(
  { money, tokens, price, fee }: Pools,
  from: number,
  to: number,
  bridge: mechanisms.BridgeTerms,
  capital: number,
  p: {
    readonly bridgeFee: number;
    readonly correction: number;
    readonly mispricing: number;
    readonly riskAversion: number;
  },
): number {
  if (!(capital > 0) || bridge.rate === 0) return 0;
  const { rate } = bridge;
  const gap = mechanisms.ornsteinUhlenbeck({
    rate: p.correction,
    level: 0,
    volatility: p.mispricing * price[from],
  });
  const { mean, variance } = gap.moments(rate * price[to] - price[from], bridge.delay);
  const { amount } = mechanisms.bestCarry(mean, {
    cost: (2 * price[from]) / tokens[from] + (2 * rate * rate * price[to]) / tokens[to],
    toll: fee[from] * price[from] + (fee[to] + p.bridgeFee) * rate * price[to],
    riskAversion: p.riskAversion / capital,
    variance,
  });
  const affordable = (1 - fee[from]) * capital;
  const most = roundDown((tokens[from] * affordable) / (money[from] + affordable)) - UNIT;
  return roundDown(Math.min(amount, most));
}

/** Classes of wealth, products of sentiment in communities, and traders, their wealth and their money by sentiment and wealth. */
function census(
  k: {
    readonly money: Float64Array;
    readonly tokens: Int32Array;
    readonly sentiment: Uint8Array;
    readonly size: number;
  },
  from: number,
  to: number,
  price: Float64Array,
  M: number,
  p: { readonly influence: number; readonly community: number },
  send: (row: number, amount: number) => void,
): void {
  const { community } = p;
  const perStep = stepOf(p) / sdOf(p);
  const counts = new Float64Array(CELLS);
  const [held, inMoney] = [new Float64Array(CELLS), new Float64Array(CELLS)];
  const classes = new Float64Array(CLASSES);
  const bounds = classes.map((_, c) => UNITS * boundOf(c));
  for (let i = from; i < to; i++) {
    let wealth = k.money[i];
    for (let m = 0; m < M; m++) wealth += k.tokens[i * M + m] * price[m];
    let c = 0;
    for (let half = CLASSES / 2; half >= 1; half /= 2) if (wealth >= bounds[c + half]) c += half;
    classes[c]++;
    const cell = cellOf(perStep * (k.sentiment[i] - ZERO), c >> 1);
    counts[cell]++;
    held[cell] += Math.round(wealth / UNITS);
    inMoney[cell] += Math.round(k.money[i] / UNITS);
  }
  for (let c = 0; c < CLASSES; c++) if (classes[c] > 0) send(TOLD * M + c, classes[c]);
  const cells = TOLD * M + CLASSES + 4;
  for (let cell = 0; cell < CELLS; cell++)
    if (counts[cell] > 0) {
      send(cells + cell, counts[cell]);
      send(cells + CELLS + cell, held[cell]);
      send(cells + 2 * CELLS + cell, inMoney[cell]);
    }
  const sums = [0, 0, 0, 0];
  for (let first = Math.ceil(from / community) * community; first + community <= to; first += community) {
    if (Math.floor(first / BLOCK) !== Math.floor((first + community - 1) / BLOCK)) continue;
    let sum = 0;
    let squares = 0;
    for (let i = first; i < first + community; i++) {
      const x = k.sentiment[i] - ZERO;
      sum += x;
      squares += x * x;
    }
    sums[COMMUNITIES]++;
    sums[SUM] += sum;
    sums[SQUARES] += squares;
    sums[COMMUNITY_SQUARES] += sum * sum;
  }
  sums.forEach((sum, which) => {
    if (sum !== 0) send(TOLD * M + CLASSES + which, sum);
  });
}

/** Wealth at which class c begins, but the first, which has all below the second. */
function boundOf(c: number): number {
  const doubled = FIRST_CLASS * pow(2, Math.floor(c / 2));
  return c % 2 === 0 ? doubled : doubled * Math.SQRT2;
}

/** Gini coefficient of classes, everybody in the middle of theirs. */
function giniOf(classes: Float64Array): number {
  let [people, total, twice] = [0, 0, 0];
  for (let c = 0; c < CLASSES; c++) {
    twice += classes[c] * middleOf(c) * (2 * people + classes[c]);
    people += classes[c];
    total += classes[c] * middleOf(c);
  }
  return total > 0 ? twice / (people * total) - 1 : 0;
}

interface Counted {
  readonly wealth: Float64Array;
}
interface Clustered {
  readonly clusters: Float64Array;
}
interface Traded {
  readonly markets: { readonly price: Float64Array; readonly first: Float64Array };
  readonly arbitrageurs: Lanes;
}
interface Lanes {
  readonly size: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly minted: Float64Array;
  readonly sent: Float64Array;
  readonly returned: Float64Array;
}

/** A metric for each of some numbers. */
function metricsOf<W>(
  at: readonly number[],
  name: string,
  {
    unit,
    doc,
    of,
  }: {
    readonly unit: string;
    readonly doc: (x: number) => string;
    readonly of: (w: W, x: number, p: { readonly tokens: number }) => number;
  },
) {
  return Object.fromEntries(
    at.map((x) => [`${name}${x}`, { unit, doc: doc(x), of: (w: W, p: { readonly tokens: number }) => of(w, x, p) }]),
  );
}

/** A figure of every cluster. */
function clusterMetrics(name: string, figure: number, unit: string, doc: string) {
  return metricsOf(NUMBERED, name, {
    unit,
    doc: (k) => `of cluster ${k}: ${doc}`,
    of: (w: Clustered, k) => w.clusters[(k - 1) * FIGURES + figure],
  });
}

const middleOf = (c: number): number => (c === 0 ? 0 : (boundOf(c) + boundOf(c + 1)) / 2);

/** Share of wealth of the poorest, a class in proportion. */
function lorenzOf(classes: Float64Array, share: number): number {
  let [people, total] = [0, 0];
  for (let c = 0; c < CLASSES; c++) {
    people += classes[c];
    total += classes[c] * middleOf(c);
  }
  let [left, held] = [share * people, 0];
  for (let c = 0; c < CLASSES && left > 0; c++) {
    const counted = Math.min(left, classes[c]);
    held += counted * middleOf(c);
    left -= counted;
  }
  return total > 0 ? held / total : 0;
}

function richerOf(classes: Float64Array, wealth: number): number {
  let [people, richer] = [0, 0];
  for (let c = 0; c < CLASSES; c++) {
    people += classes[c];
    if (boundOf(c) >= wealth) richer += classes[c];
  }
  return people > 0 ? richer / people : 0;
}

function priceOn({ price, first }: Traded["markets"], chain: number, tokens: number): number {
  if (price.length < (chain + 1) * tokens) return 0;
  let sum = 0;
  for (let m = chain * tokens; m < (chain + 1) * tokens; m++) sum += log(price[m] / first[m]) / tokens;
  return exp(sum);
}

function arrivedOn(k: Lanes, chain: number, tokens: number): number {
  let sum = 0;
  for (let r = 0; r < k.size; r++) {
    if (Math.floor(k.to[r] / tokens) === chain) sum += k.minted[r];
    if (Math.floor(k.from[r] / tokens) === chain) sum -= k.sent[r] - k.returned[r];
  }
  return sum;
}

/** Medians of n equally likely slices of a standard normal, by Newton's method, scaled to unit variance. */
function normalValues(n: number): Float64Array {
  const z = new Float64Array(n);
  let squares = 0;
  for (let k = n / 2; k < n; k++) {
    z[k] = k === n / 2 ? 0 : z[k - 1];
    for (let step = 0; step < 8; step++) z[k] -= (normalCdf(z[k]) - (k + 0.5) / n) / normalDensity(z[k]);
    squares += (2 * z[k] * z[k]) / n;
  }
  for (let k = n / 2; k < n; k++) {
    z[k] /= Math.sqrt(squares);
    z[n - 1 - k] = -z[k];
  }
  return z;
}
