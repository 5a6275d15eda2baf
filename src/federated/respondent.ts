// A participant's side of messages.ts: trains on data that never leave it, and hands in weights, or its update under masks.
import type { Box, Introduced, Replies, Reply, Request } from "./messages.ts";
import { createSealer, type Sealer } from "./sealing.ts";
import { type Confided, createMasker, cryptoWords, type Masker, type RandomWords } from "./secure-aggregation.ts";
import { updateOf, vectorOf } from "./update.ts";

type Answer<T> = T | Promise<T>;

/** Who trains on data of its own, anywhere. */
export interface RemoteParticipant {
  /** What its training makes of the weights in this round; null where it drops out. */
  train(weights: Float32Array, round: number): Answer<ArrayLike<number> | null>;
  /** Its present weights, for a federation without `initial`. */
  weights?(): Answer<ArrayLike<number>>;
}

export interface RespondentOptions {
  /** From 0 on. */
  readonly id: number;
  readonly participant: RemoteParticipant;
  /** It answers under masks only. Default false. */
  readonly secure?: boolean;
  /** Default: `crypto.getRandomValues`. */
  readonly random?: RandomWords;
}

export interface Respondent {
  /** Rejects what it does not give away, and what is out of turn. */
  answer(request: Request): Promise<Reply>;
}

/** One round under masks, in this order: keys, shares, one vector, shares of others. */
interface Masked {
  readonly round: number;
  readonly name: string;
  readonly threshold: number;
  readonly masker: Masker;
  stage: "announced" | "confided" | "updated";
  everybody: readonly Introduced[];
  /** Shares of its own secrets that it keeps. */
  own: readonly Confided[];
}

export function createRespondent({
  id,
  participant,
  secure = false,
  random = cryptoWords,
}: RespondentOptions): Respondent {
  let sealer: Promise<Sealer> | null = null;
  let masked: Masked | null = null;

  const inTurn = (kind: Request["kind"], round: number, stage: Masked["stage"]): Masked => {
    if (masked?.round !== round || masked.stage !== stage)
      throw new Error(
        `got "${kind}" of round ${round} ${masked ? `after round ${masked.round} was ${masked.stage}` : "before any round was announced"}, expected each step of a round once and in order.`,
      );
    return masked;
  };
  const numbers = (values: ArrayLike<number>): Float32Array | Float64Array =>
    values instanceof Float32Array ? values : Float64Array.from(values);
  const about = (name: string, from: number, to: number): string => `${name}/${from}/${to}`;
  const train = async (weights: Float32Array, round: number): Promise<Float32Array | Float64Array | null> => {
    const after = await participant.train(weights.slice(), round);
    return after && numbers(after);
  };

  const answers: {
    readonly [K in Request["kind"]]: (request: Extract<Request, { kind: K }>) => Promise<Replies[K]>;
  } = {
    async weights() {
      if (!participant.weights) throw new Error("it has no weights before a round. Give the federation `initial`.");
      return { weights: numbers(await participant.weights()) };
    },
    async train({ weights, round }) {
      return { weights: await train(weights, round) };
    },
    async announce({ round, name, threshold }) {
      if (masked && round <= masked.round)
        throw new Error(`got round ${round} after round ${masked.round}, expected a later one.`);
      sealer ??= createSealer();
      const { publicKey: sealingKey } = await sealer;
      const masker = createMasker({ id, threshold, round: name, random });
      masked = { round, name, threshold, masker, stage: "announced", everybody: [], own: [] };
      return { publicKey: masker.announced.publicKey, sealingKey };
    },
    async confide({ round, everybody }) {
      const now = inTurn("confide", round, "announced");
      const all = now.masker.confide(everybody);
      now.stage = "confided";
      now.everybody = everybody;
      now.own = all.filter(({ to }) => to === id);
      const { seal } = await sealer!;
      const boxes = everybody.flatMap(({ id: to, sealingKey }, k): Promise<Box>[] =>
        to === id
          ? []
          : [seal(all[k], sealingKey, about(now.name, id, to)).then((sealed) => ({ from: id, to, sealed }))],
      );
      return { boxes: await Promise.all(boxes) };
    },
    async update({ round, weights, recipe, share, boxes }) {
      const now = inTurn("update", round, "confided");
      now.stage = "updated"; // whatever comes of it: two vectors under one mask differ by what they hide
      const { open } = await sealer!;
      const received = await Promise.all(
        boxes.map(async ({ from, sealed }): Promise<Confided> => {
          const sender = now.everybody.find((other) => other.id === from);
          if (!sender) throw new Error(`got a box of participant ${from}, who is not of the round.`);
          try {
            return { from, to: id, ...(await open(sealed, sender.sealingKey, about(now.name, from, id))) };
          } catch (error) {
            throw new Error(`the box of participant ${from} does not open: ${(error as Error).message}`);
          }
        }),
      );
      now.masker.receive([...now.own, ...received].sort((a, b) => a.from - b.from));
      const after = await train(weights, round);
      if (!after) return { vector: null };
      if (after.length !== weights.length)
        throw new Error(`its training made ${after.length} numbers of ${weights.length}, expected as many.`);
      return { vector: now.masker.masked(vectorOf(updateOf(weights, after, recipe.clip), share, recipe)) };
    },
    async reveal({ round, survivors }) {
      const now = inTurn("reveal", round, "updated");
      if (survivors.length < now.threshold)
        throw new Error(`got ${survivors.length} survivors, expected at least ${now.threshold}.`);
      return { revealed: now.masker.reveal(survivors) };
    },
  };

  return {
    async answer(request) {
      const { kind, round } = request;
      const answer = answers[kind] as ((request: Request) => Promise<Replies[Request["kind"]]>) | undefined;
      if (!answer) throw new Error(`got a request "${kind}", expected one of ${Object.keys(answers).join(", ")}.`);
      if (secure && (kind === "weights" || kind === "train"))
        throw new Error("it answers under masks only, and was asked in the clear. Set `secure` for the server, too.");
      return { participant: id, kind, round, ...(await answer(request)) } as Reply;
    },
  };
}
