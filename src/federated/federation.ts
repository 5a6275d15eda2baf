// Federated averaging: participants train the same network on data that they keep, and a server averages what changed.
// McMahan et al. 2017, "Communication-efficient learning of deep networks from decentralized data" (FedAvg); private: McMahan et al. 2018, "Learning differentially private
// recurrent language models" (clipped updates, a fixed denominator, Gaussian noise on the sum).
//
//   w ← w + η Σ_i n_i u_i/Σ_i n_i        u_i = what participant i's training makes of w, less w
//   private:  w ← w + η (Σ_i clip(u_i, S) + N(0, σ²S²))/(q N)
import { pairwiseSum } from "../math/index.ts";
import type { Stream } from "../random/index.ts";
import { coordinateMedian, krum, trimmedMean } from "./aggregate.ts";
import { aggregateSecurely, fromFixed, type RandomWords, toFixed } from "./secure-aggregation.ts";

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
  /** Sums under masks, with so many binary digits after the point; the server sees no update. `share` of those asked have to stay, more than half; default ⅔. */
  readonly secure?: { readonly bits: number; readonly random: RandomWords; readonly share?: number };
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

  /** Σ n_i u_i and Σ n_i, n_i of at most 1. */
  const sums = (updates: readonly Float64Array[], who: readonly number[]): { sum: Float64Array; total: number } => {
    const shares = who.map((i) => given[i] / heaviest);
    const weighted = updates.map((update, k) => Float64Array.from([...update.map((x) => x * shares[k]), shares[k]]));
    let all: Float64Array;
    if (secure) {
      const expected = asked();
      const threshold = Math.max(
        Math.floor(expected.length / 2) + 1,
        Math.ceil(expected.length * (secure.share ?? 2 / 3)),
      );
      const vectors = expected.map((i) => {
        const k = who.indexOf(i);
        return k < 0 ? null : toFixed(weighted[k], secure.bits, expected.length);
      });
      all = fromFixed(
        aggregateSecurely(vectors, { threshold, round: `round ${round}`, random: secure.random }),
        secure.bits,
      );
    } else {
      all = new Float64Array(weights.length + 1);
      for (const update of weighted) for (let k = 0; k < all.length; k++) all[k] += update[k];
    }
    return { sum: all.subarray(0, -1), total: all[all.length - 1] };
  };

  const combined = (updates: readonly Float64Array[], who: readonly number[]): Float64Array => {
    if (combine === "median") return coordinateMedian(updates);
    if (combine !== "mean")
      return "trim" in combine ? trimmedMean(updates, combine.trim) : updates[krum(updates, combine.krum)];
    const { sum, total } = sums(updates, who);
    return sum.map((x) => x / total);
  };

  /** A clipped sum with noise, over how many are expected. */
  const privately = (updates: readonly Float64Array[], who: readonly number[], S: number): Float64Array => {
    const out = updates.length > 0 ? sums(updates, who).sum : new Float64Array(weights.length);
    return out.map((x, k) => (x + noise * S * normals.normalAt(0, round, k)) / (sampling * participants));
  };

  return {
    weights,
    get rounds() {
      return round;
    },
    asked,
    close(answers) {
      const expected = asked();
      const who = expected.filter((i) => answers.get(i));
      let cut = 0;
      const updates = who.map((i) => {
        const after = answers.get(i)!;
        if (after.length !== weights.length)
          throw new Error(
            `federation: participant ${i} answered with ${after.length} numbers, expected ${weights.length}.`,
          );
        const update = Float64Array.from(weights, (w, k) => after[k] - w);
        if (clip === undefined) return update;
        const size = Math.sqrt(pairwiseSum(update.map((x) => x * x)));
        if (!(size > clip)) return size >= 0 ? update : update.fill(0); // not a number: nothing of it
        cut++;
        return update.map((x) => (size < Infinity ? (x * clip) / size : 0));
      });
      const change =
        noise !== 0 && clip !== undefined
          ? privately(updates, who, clip)
          : updates.length > 0
            ? combined(updates, who)
            : new Float64Array(weights.length);
      change.forEach((x, k) => {
        weights[k] += serverRate * x;
      });
      chosen = null;
      return {
        round: round++,
        asked: expected.length,
        answered: who.length,
        clipped: who.length > 0 ? cut / who.length : 0,
        change: serverRate * Math.sqrt(pairwiseSum(change.map((x) => x * x))),
      };
    },
  };
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
