// Federated averaging over participants who are elsewhere: the server's side of messages.ts, the same over every transport.
import {
  createFederation,
  type Federation,
  type FederationOptions,
  type Round,
  type SecureOptions,
} from "./federation.ts";
import { type Agreed, type Box, type Reply, type Request, readReply } from "./messages.ts";
import { unmask } from "./secure-aggregation.ts";
import type { Transport } from "./transport.ts";

export interface RemoteOptions extends Omit<FederationOptions, "participants" | "initial" | "secure"> {
  readonly transport: Transport;
  /** Default: what the first participant has before the first round. Needed with `secure`: a participant's weights tell of its data. */
  readonly initial?: ArrayLike<number>;
  /** Sums under masks, which participants put on themselves, with words of their own from `crypto`. */
  readonly secure?: Omit<SecureOptions, "random">;
  /** What follows where a participant throws, ends, is silent or answers with what was not asked for: the federation ends with an error, or goes on without it in this round. Default: "throw". */
  readonly onFailure?: "throw" | "dropOut";
}

export interface Failure {
  readonly participant: number;
  readonly reason: string;
}

export interface RemoteRound extends Round {
  /** The common weights. */
  readonly weights: Float32Array;
  /** Who failed, by participant; they count as dropped out. */
  readonly failures: readonly Failure[];
}

/**
 * Rounds over a transport: the weights of `federate`, bit for bit. Leave the loop with `break` or `return` to close the transport. Rejects where a participant fails, and names it, or
 * where too few stay in a round under masks.
 */
export async function* federateOver({
  transport,
  initial,
  onFailure = "throw",
  ...rest
}: RemoteOptions): AsyncGenerator<RemoteRound, never, void> {
  try {
    if (rest.secure && !initial)
      throw new Error(
        "federation: with `secure` it needs `initial`, because a participant's weights tell of its data. Take those of a learner of your own.",
      );
    let failures: Failure[] = [];
    /** Null where it failed and the round goes on. */
    const ask: Ask = async (request, agreed) => {
      const { participant } = agreed;
      try {
        return readReply(request, await transport.ask(participant, request), agreed);
      } catch (error) {
        const reason = (error as Error).message;
        if (onFailure === "throw")
          throw new Error(
            `federation: participant ${participant}: ${reason} To go on without it, set onFailure: "dropOut".`,
            { cause: error },
          );
        failures.push({ participant, reason });
        return null;
      }
    };
    const federation = createFederation({
      ...rest,
      participants: transport.participants,
      initial: initial ?? (await firstWeights(ask, transport.participants)),
    });
    for (;;) {
      failures = [];
      const report = await (rest.secure ? maskedRound(federation, ask) : clearRound(federation, ask));
      failures.sort((a, b) => a.participant - b.participant);
      yield { ...report, weights: federation.weights, failures };
    }
  } finally {
    await transport.close();
  }
}

type Ask = <R extends Request>(request: R, agreed: Agreed) => Promise<Reply<R["kind"]> | null>;

/** Of the first participant that has some. */
async function firstWeights(ask: Ask, participants: number): Promise<ArrayLike<number>> {
  for (let participant = 0; participant < participants; participant++) {
    const reply = await ask({ kind: "weights", round: 0 }, { participant, size: null, everybody: [], confided: [] });
    if (reply) return reply.weights;
  }
  throw new Error(`federation: none of ${participants} participants has weights to begin with. Give \`initial\`.`);
}

async function clearRound(federation: Federation, ask: Ask): Promise<Round> {
  const { weights, rounds: round } = federation;
  const answers = await Promise.all(
    federation.asked().map(async (participant) => {
      const agreed = { participant, size: weights.length, everybody: [], confided: [] };
      const reply = await ask({ kind: "train", round, weights }, agreed);
      return [participant, reply?.weights ?? null] as const;
    }),
  );
  return federation.close(new Map(answers));
}

async function maskedRound(federation: Federation, ask: Ask): Promise<Round> {
  const { weights, rounds: round } = federation;
  const asked = federation.asked();
  if (asked.length === 0) return federation.closeMasked(null, 0);
  const { name, threshold, recipe, shares } = federation.masking();
  const size = weights.length;
  const everybody: number[] = [];
  const confided: number[] = [];
  /** Answers of those who gave one, in their order. */
  const askAll = async <R extends Request>(ids: readonly number[], request: (id: number) => R) => {
    const replies = await Promise.all(
      ids.map((participant) => ask(request(participant), { participant, size, everybody, confided })),
    );
    return replies.filter((reply) => reply !== null);
  };
  const enough = (count: number, did: string): void => {
    if (count < threshold)
      throw new Error(
        `federation: ${count} of ${asked.length} participants ${did} in round ${round} under masks, expected at least ${threshold}. Ask more of them, or set a smaller secure.share.`,
      );
  };

  const keys = await askAll(asked, () => ({ kind: "announce", round, name, threshold }));
  enough(keys.length, "announced keys");
  const introduced = keys.map(({ participant: id, publicKey, sealingKey }) => ({ id, publicKey, sealingKey }));
  everybody.push(...introduced.map(({ id }) => id));

  const sealed = await askAll(everybody, () => ({ kind: "confide", round, everybody: introduced }));
  enough(sealed.length, "confided shares");
  confided.push(...sealed.map(({ participant }) => participant));
  const boxes = sealed.flatMap((reply): readonly Box[] => reply.boxes);

  const updates = await askAll(confided, (id) => ({
    kind: "update",
    round,
    weights,
    recipe,
    share: shares[id],
    boxes: boxes.filter(({ from, to }) => to === id && confided.includes(from)),
  }));
  const masked = new Map(updates.flatMap(({ participant, vector }) => (vector ? [[participant, vector]] : [])));
  if (masked.size === 0) return federation.closeMasked(null, 0);
  enough(masked.size, "handed in a vector");

  const survivors = [...masked.keys()];
  const shown = await askAll(survivors, () => ({ kind: "reveal", round, survivors }));
  enough(shown.length, "revealed shares");
  const sum = unmask({
    round: name,
    threshold,
    announced: introduced.filter(({ id }) => confided.includes(id)),
    masked,
    revealed: shown.flatMap(({ revealed }) => revealed),
  });
  return federation.closeMasked(sum, masked.size);
}
