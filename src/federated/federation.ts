// Federated averaging: participants train the same network on data that they keep, and a server averages what changed.
// McMahan et al. 2017, "Communication-efficient learning of deep networks from decentralized data" (FedAvg); private: McMahan et al. 2018, "Learning differentially private
// recurrent language models" (clipped updates, a fixed denominator, Gaussian noise on the sum).
//
//   w ← w + η Σ_i n_i u_i/Σ_i n_i        u_i = what participant i's training makes of w, less w
//   private:  w ← w + η (Σ_i clip(u_i, S) + N(0, σ²S²))/(q N)
import { pairwiseSum } from "../math/index.ts";
import type { Stream } from "../random/index.ts";
import { coordinateMedian, krum, trimmedMean } from "./aggregate.ts";
import { aggregateSecurely, cryptoWords, type RandomWords } from "./secure-aggregation.ts";
import { type Recipe, type Sum, sumOf, type Update, updateOf, vectorOf } from "./update.ts";

/** Who trains on data of its own. */
export interface Participant {
  /** n_i: its weight in the mean. Default 1. */
  readonly weight?: number;
  /** What its training makes of the weights in this round; null where it drops out. */
  train(weights: Float32Array, round: number): ArrayLike<number> | null;
}

/** How updates become one. Others than the mean see each update, so that they cannot be aggregated securely. */
export type Combination = "mean" | "median" | { readonly trim: number } | { readonly krum: number };

export interface FederationOptions {
  readonly initial: ArrayLike<number>;
  readonly participants: number;
  /** n_i of each; default: all alike. */
  readonly weights?: readonly number[];
  readonly stream: Stream;
  /** q: probability with which a participant is asked in a round. Default 1. */
  readonly sampling?: number;
  /** η. Default 1. */
  readonly serverRate?: number;
  /** Default: the mean. */
  readonly combine?: Combination;
  /** S: the most that an update may be, as its Euclidean length; longer ones are scaled down. Default: no limit. */
  readonly clip?: number;
  /** σ: noise in units of S, for the mean of all alike. Default 0. */
  readonly noise?: number;
  /** Sums under masks; the server sees no update. */
  readonly secure?: SecureOptions;
}

export interface SecureOptions {
  /** Binary digits after the point. */
  readonly bits: number;
  /** Share of those asked who have to stay, more than half. Default ⅔. */
  readonly share?: number;
  /** Default: `crypto.getRandomValues`. Sums do not depend on it. */
  readonly random?: RandomWords;
}

export interface Round {
  readonly round: number;
  /** Participants that were asked, and of them those that answered. */
  readonly asked: number;
  readonly answered: number;
  /** Share of the answers that were clipped. */
  readonly clipped: number;
  /** Euclidean length of what the weights changed by. */
  readonly change: number;
}

export interface Federation {
  /** The common weights. */
  readonly weights: Float32Array;
  readonly rounds: number;
  /** Who is asked in the next round, ascending. */
  asked(): number[];
  /** Ends the round with what participants made of the weights; who is missing, or null, has dropped out. */
  close(answers: ReadonlyMap<number, ArrayLike<number> | null>): Round;
  /** The next round under masks, for participants who mask their vectors themselves. Throws without `secure`. */
  masking(): Masking;
  /** Ends a round under masks with the sum of as many vectors as `answered`; null where none came. */
  closeMasked(sum: Uint32Array | null, answered: number): Round;
}

/** What participants of one round under masks are told. */
export interface Masking {
  /** Names the round in masks. */
  readonly name: string;
  /** How many have to stay. */
  readonly threshold: number;
  readonly recipe: Recipe;
  /** n_i over the largest, of each participant. */
  readonly shares: readonly number[];
}

/** The server's side, for participants wherever they are: in this thread, in others or in browsers. */
export function createFederation(options: FederationOptions): Federation {
  const { participants, stream, sampling = 1, serverRate = 1, combine = "mean", clip, noise = 0, secure } = options;
  const given = options.weights ?? Array.from({ length: participants }, () => 1);
  if (given.length !== participants || !given.every((weight) => weight > 0))
    throw new Error(`federation: got weights [${given}], expected ${participants} numbers above 0.`);
  if (!(sampling > 0 && sampling <= 1))
    throw new Error(`federation: got sampling ${sampling}, expected more than 0 and at most 1.`);
  if (clip !== undefined && !(clip > 0)) throw new Error(`federation: got clip ${clip}, expected a number above 0.`);
  const alike = given.every((weight) => weight === given[0]);
  if (noise !== 0 && (clip === undefined || combine !== "mean" || !alike))
    throw new Error(
      "federation: noise needs a clip, the mean, and equal weights: its privacy is that of a clipped sum.",
    );
  if (secure && combine !== "mean")
    throw new Error(
      "federation: secure aggregation gives the server a sum and no updates, so that it can only take the mean.",
    );
  const weights = Float32Array.from(options.initial);
  const [chance, normals] = [stream.fork("asked"), stream.fork("noise")];
  const heaviest = given.reduce((most, weight) => Math.max(most, weight), 0);
  let round = 0;
  let chosen: number[] | null = null;

  const asked = (): number[] => {
    chosen ??= given.flatMap((_, i) => (sampling === 1 || chance.uniformAt(0, round, i) < sampling ? [i] : []));
    return chosen;
  };

  const shares = given.map((weight) => weight / heaviest);

  const masking = (): Masking => {
    if (!secure) throw new Error("federation: no round is under masks without `secure`.");
    const count = asked().length;
    const threshold = Math.max(Math.floor(count / 2) + 1, Math.ceil(count * (secure.share ?? 2 / 3)));
    return { name: `round ${round}`, threshold, recipe: { clip, bits: secure.bits, count }, shares };
  };

  /** The sum under masks of vectors made here. */
  const masked = (updates: readonly Update[], who: readonly number[]): Uint32Array => {
    const { name, threshold, recipe } = masking();
    const vectors = asked().map((i) => {
      const k = who.indexOf(i);
      return k < 0 ? null : vectorOf(updates[k], shares[i], recipe);
    });
    return aggregateSecurely(vectors, { threshold, round: name, random: secure!.random ?? cryptoWords });
  };

  const added = (updates: readonly Update[], who: readonly number[]): Sum => {
    const values = new Float64Array(weights.length);
    let [total, clipped] = [0, 0];
    updates.forEach((update, u) => {
      const share = shares[who[u]];
      for (let k = 0; k < values.length; k++) values[k] += update.values[k] * share;
      total += share;
      clipped += Number(update.clipped);
    });
    return { values, total, clipped };
  };

  /** A clipped sum with noise over how many are expected, or the mean; null: nobody answered. */
  const changeOf = (sum: Sum | null): Float64Array => {
    const values = sum?.values ?? new Float64Array(weights.length);
    if (noise !== 0 && clip !== undefined)
      return values.map((x, k) => (x + noise * clip * normals.normalAt(0, round, k)) / (sampling * participants));
    return sum ? values.map((x) => x / sum.total) : values;
  };

  const end = (change: Float64Array, answered: number, clipped: number): Round => {
    change.forEach((x, k) => {
      weights[k] += serverRate * x;
    });
    const expected = asked().length;
    chosen = null;
    return {
      round: round++,
      asked: expected,
      answered,
      clipped: answered > 0 ? clipped / answered : 0,
      change: serverRate * Math.sqrt(pairwiseSum(change.map((x) => x * x))),
    };
  };

  const closeMasked = (words: Uint32Array | null, answered: number): Round => {
    const sum = words && sumOf(words, masking().recipe.bits);
    return end(changeOf(sum), answered, sum?.clipped ?? 0);
  };

  return {
    weights,
    get rounds() {
      return round;
    },
    asked,
    masking,
    closeMasked,
    close(answers) {
      const who = asked().filter((i) => answers.get(i));
      const updates = who.map((i) => {
        const after = answers.get(i)!;
        if (after.length !== weights.length)
          throw new Error(
            `federation: participant ${i} answered with ${after.length} numbers, expected ${weights.length}.`,
          );
        return updateOf(weights, after, clip);
      });
      if (secure) return closeMasked(who.length > 0 ? masked(updates, who) : null, who.length);
      const sum = who.length > 0 ? added(updates, who) : null;
      const change = sum && combine !== "mean" ? combinedBy(combine, updates) : changeOf(sum);
      return end(change, who.length, sum?.clipped ?? 0);
    },
  };
}

function combinedBy(combine: Exclude<Combination, "mean">, updates: readonly Update[]): Float64Array {
  const values = updates.map((update) => update.values);
  if (combine === "median") return coordinateMedian(values);
  return "trim" in combine ? trimmedMean(values, combine.trim) : values[krum(values, combine.krum)];
}

export interface FederateOptions extends Omit<FederationOptions, "participants" | "weights"> {
  readonly participants: readonly Participant[];
}

/** Rounds of participants in this thread: iterate for as many as are wanted. */
export function* federate({
  participants,
  ...options
}: FederateOptions): Generator<Round & { readonly weights: Float32Array }, never, void> {
  const weights = participants.map(({ weight = 1 }) => weight);
  const federation = createFederation({ ...options, participants: participants.length, weights });
  for (;;) {
    const answers = federation
      .asked()
      .map((i) => [i, participants[i].train(federation.weights.slice(), federation.rounds)] as const);
    yield { ...federation.close(new Map(answers)), weights: federation.weights };
  }
}
