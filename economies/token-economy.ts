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
// Other parts: token-params, token-network and token-sentiment, token-orders and token-mail, token-pools with bridges, token-census and token-metrics.
//
// Columns are narrow because there are many rows: holdings are i32, sentiment is posted in a byte, and so is the strength of a link. 160 bytes a trader at degree 10.
import { defineEconomy, f64, i32, index, links, math, mechanisms, population, u8 } from "walras";
import { CELLS, CLUSTERS, FIGURES, followCrowd } from "./parts/crowd-clusters.ts";
import { accountsOf, CLASSES, COMMUNITIES, census, giniOf } from "./parts/token-census.ts";
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
import { chainMetrics, clusterMetrics, wealthMetrics } from "./parts/token-metrics.ts";
import { communities, unknownCorrelation } from "./parts/token-network.ts";
import {
  attractionOf,
  CREDITED,
  EARNED,
  HELD_BACK,
  MOST,
  OFFERED,
  OFFERED_WAITING,
  PAID,
  PAID_WAITING,
  PATIENTLY,
  TOLD,
  takeAndOrder,
  UNITS,
  URGENTLY,
} from "./parts/token-orders.ts";
import { tokenParams } from "./parts/token-params.ts";
import { matrixOf, profitable, routeOf, routesOf, rowsOf, sell, settle, slotsOf } from "./parts/token-pools.ts";
import { adaptStrengths, clip, followOthers, NEWS_VALUES, sdOf, stepOf, ZERO } from "./parts/token-sentiment.ts";
import { herdingCorrelation } from "./theory/herding.ts";

const { exp, log } = math;
const { roundDown, roundUp } = mechanisms;

export const tokenEconomy = defineEconomy({
  name: "token-economy",
  source: "a paper on simulating token economies of up to a million agents: hierarchy, influence, chains, messages",
  summary:
    "Traders who follow each other hold tokens on several chains, pools settle their orders, an authority leans against the index.",
  params: tokenParams,
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
      (k, from, to, { followed }, p, draw, before) => {
        followOthers(k, [from, to], followed, p, draw.integers("news", NEWS_VALUES), before.sentiment);
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
        takeAndOrder(k, [from, to], w, p, send);
        if (w.period % 24 === 0) census(k, from, to, w.markets.price, p.markets, p, send);
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
        adaptStrengths(l, [from, to], w.traders, p, draw.integers("rounding", 256));
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
    ...wealthMetrics,
    ...clusterMetrics,
    ...chainMetrics,
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
