// One protocol over all transports, against participants in this thread; what a stranger may answer; what a participant gives away.
import { serialize } from "node:v8";
import { expect, test } from "vitest";
import arms from "../../test/fixtures/arms.ts";
import { seedStream } from "../random/index.ts";
import {
  createLearner,
  federate,
  federateOver,
  inlineTransport,
  joinFederation,
  type Participant,
  portTransport,
  type RemoteOptions,
  type RemoteParticipant,
  type RemoteRound,
  type Request,
  serveParticipant,
  type Transport,
  tabTransport,
} from "./index.ts";
import { federateOnProcesses } from "./processes.ts";
import { createRespondent } from "./respondent.ts";

type Options = Omit<RemoteOptions, "transport" | "stream">;

const stream = () => seedStream(1).fork("federation");

/** Participants that go half of the way to places of their own, and the third away from all in round 1. */
const PLACES = [
  [8.125, 0.3, -3.7],
  [0.45, 4.2, 5.9],
  [2.6, 2.3, 1 / 3],
];
const participants: readonly Participant[] = PLACES.map((place, id) => ({
  train: (w, round) => (id === 2 && round === 1 ? null : w.map((x, k) => x + 0.5 * (place[k] - x))),
}));
const weights = [1, 2, 3];
const CLEAR: Options = { initial: [0, 0, 0], weights, sampling: 0.5 };
const MASKED: Options = { initial: [0, 0, 0], weights, clip: 3, secure: { bits: 20 } };

type Seen = Pick<RemoteRound, "asked" | "answered" | "clipped" | "change"> & { readonly weights: readonly number[] };
const seen = ({ asked, answered, clipped, change, weights }: Omit<RemoteRound, "failures">): Seen => ({
  asked,
  answered,
  clipped,
  change,
  weights: [...weights],
});

function here({ onFailure: _, ...options }: Options, rounds = 4, who = participants): Seen[] {
  const all: Seen[] = [];
  const weighted = who.map((participant, id) => ({ ...participant, weight: options.weights?.[id] ?? 1 }));
  for (const round of federate({ initial: [], ...options, participants: weighted, stream: stream() }))
    if (all.push(seen(round)) === rounds) break;
  return all;
}

async function elsewhere(all: AsyncIterable<RemoteRound>, rounds = 4): Promise<Seen[]> {
  const out: Seen[] = [];
  for await (const round of all) if (out.push(seen(round)) === rounds) break;
  return out;
}

const over = (transport: Transport, options: Options) => federateOver({ transport, ...options, stream: stream() });

const transports: Record<string, (who: readonly RemoteParticipant[], secure: boolean) => Promise<Transport>> = {
  "in this thread": async (who, secure) => inlineTransport(who.map((participant) => ({ participant, secure }))),
  "behind ports": async (who, secure) =>
    portTransport(
      who.map((participant, id) => {
        const { port1, port2 } = new MessageChannel();
        serveParticipant(port2, { id, participant, secure });
        return port1;
      }),
    ),
  async "on a channel"(who, secure) {
    const channel = "walras remote.test";
    const joined = who.map((participant, id) => joinFederation({ channel, id, participant, secure }));
    const transport = await tabTransport({ channel, participants: who.length });
    return {
      ...transport,
      async close() {
        for (const { close } of joined) close();
        await transport.close();
      },
    };
  },
};

test.each(Object.keys(transports))(
  "participants %s have the weights of federate, in the clear and under masks",
  async (name) => {
    for (const options of [CLEAR, MASKED]) {
      const expected = here(options);
      expect(new Set(expected.map(({ answered }) => answered)).size).toBeGreaterThan(1);
      expect(new Set(expected.map(({ clipped }) => clipped > 0))).toEqual(
        new Set([false, options === MASKED].slice(-1)),
      );
      expect(await elsewhere(over(await transports[name](participants, options === MASKED), options))).toEqual(
        expected,
      );
    }
  },
);

test("learners in processes that mask their updates have the weights of those here; the others go on when a process ends", async () => {
  const learners = [{ seed: 1 }, { seed: 2 }, { seed: 3, updates: 2 }];
  const initial = createLearner(arms, { seed: 4 }).weights();
  const options = { ...MASKED, clip: 0.005, initial };
  const made: Participant[] = learners.map((settings) => createLearner(arms, settings));
  made[1] = { train: (w, round) => (round < 1 ? createLearner(arms, learners[1]).train(w, round) : null) };
  const module = new URL("../../test/fixtures/quitting.ts", import.meta.url).href;
  const reasons: string[] = [];
  async function* watched() {
    const settings = { module, learners, processes: 2, ...options, stream: stream() };
    for await (const round of federateOnProcesses({ ...settings, onFailure: "dropOut" })) {
      reasons.push(round.failures.map(({ participant, reason }) => `${participant}: ${reason}`).join());
      yield round;
    }
  }
  const expected = here({ ...options, weights: [1, 1, 1] }, 3, made);
  expect(expected.map(({ answered }) => answered)).toEqual([3, 2, 2]);
  expect(expected[0].clipped).toBeGreaterThan(0);
  expect(await elsewhere(watched(), 3)).toEqual(expected);
  expect(reasons.map((reason) => reason.replace(/\d{2,}/, "…"))).toEqual([
    "",
    ...Array(2).fill("1: its process … ended with code 3. Look at what it printed."),
  ]);
});

/** What goes to and from participants, as it came. */
function recorded(transport: Transport): { transport: Transport; said: { request: Request; reply: unknown }[] } {
  const said: { request: Request; reply: unknown }[] = [];
  const ask = async (id: number, request: Request): Promise<unknown> => {
    const reply = await transport.ask(id, request);
    said.push(structuredClone({ request, reply }));
    return reply;
  };
  return { transport: { ...transport, ask }, said };
}

/** The bytes that a number has in a message, as a float of either length and as a fixed-point word of 20 bits after the point. */
const bytesOf = (x: number): Buffer[] =>
  [Float64Array.of(x), Float32Array.of(x), Uint32Array.of(Math.round(x * 2 ** 20))].map(({ buffer }) =>
    Buffer.from(buffer),
  );

test("under masks no message of a participant holds a number of its data, weights or update, though their sum comes out", async () => {
  const secrets = participants.flatMap(({ train }, id) => {
    const after = [...(train(new Float32Array(3), 0) as Float32Array)]; // the update, too: weights begin at 0
    const scale = (weights[id] / 3) * Math.min(1, 3 / Math.hypot(...after));
    return [...PLACES[id], ...after, ...after.map((x) => x * scale)].filter((x) => x !== 0);
  });
  const found = async (options: Options): Promise<{ kinds: Set<string>; count: number }> => {
    const { transport, said } = recorded(await transports["behind ports"](participants, options === MASKED));
    expect(await elsewhere(over(transport, options), 1)).toEqual(here(options, 1));
    const messages = said.map(({ reply }) => serialize(reply));
    const held = secrets.filter((x) => bytesOf(x).some((bytes) => messages.some((message) => message.includes(bytes))));
    return { kinds: new Set(said.map(({ request }) => request.kind)), count: held.length };
  };
  expect(await found(MASKED)).toEqual({ kinds: new Set(["announce", "confide", "update", "reveal"]), count: 0 });
  const clear = await found({ ...CLEAR, sampling: 1 });
  expect(clear.kinds).toEqual(new Set(["train"]));
  expect(clear.count).toBeGreaterThanOrEqual(8); // weights after training
});

/** A transport whose first replies of participant 1 to one kind of request are others. */
function lying(kind: Request["kind"], lie: (reply: never) => unknown): Transport {
  const secure = kind !== "train";
  const transport = inlineTransport(participants.map((participant) => ({ participant, secure })));
  const ask = async (id: number, request: Request) => {
    const reply = await transport.ask(id, request);
    return id === 1 && request.kind === kind ? lie(reply as never) : reply;
  };
  return { ...transport, ask };
}

type Fields = Record<string, unknown>;
const others: readonly [kind: Request["kind"], what: string, lie: (reply: Fields) => unknown, message: string][] = [
  ["train", "nothing", () => null, '"train" of round 0 with null, expected an answer of participant 1 to that.'],
  ["train", "text", () => "5", "with a string, expected an answer"],
  ["train", "another's", (r) => ({ ...r, participant: 0 }), '{ participant: 0, kind: "train", round: 0, weights: 3 of'],
  ["train", "another round's", (r) => ({ ...r, round: 1 }), "expected an answer of participant 1 to that"],
  ["train", "another kind", (r) => ({ ...r, kind: "update\n" }), 'kind: "update?", round'],
  ["train", "few", (r) => ({ ...r, weights: new Float32Array(2) }), "weights: 2 of Float32Array }, expected 3 numbers"],
  ["train", "a list", (r) => ({ ...r, weights: [1, 2, 3] }), "weights: a list of 3 }, expected 3 numbers, all finite"],
  ["train", "no number", (r) => ({ ...r, weights: Float64Array.of(0, NaN, 0) }), "Float64Array, number 1 NaN }, exp"],
  ["train", "infinity", (r) => ({ ...r, weights: Float32Array.of(0, 0, -1 / 0) }), "number 2 -Infinity }, expected 3"],
  ["announce", "no key", (r) => ({ ...r, publicKey: 1n }), "expected a key of the group and one of 65 bytes."],
  ["announce", "a short key", (r) => ({ ...r, sealingKey: new Uint8Array(64) }), "sealingKey: 64 of Uint8Array }, exp"],
  ["confide", "no boxes", (r) => ({ ...r, boxes: [] }), "boxes of 164 bytes for participants 0, 2."],
  [
    "confide",
    "boxes of others",
    (r) => ({ ...r, boxes: (r["boxes"] as Fields[]).map((b) => ({ ...b, from: 0 })) }),
    "exp",
  ],
  ["confide", "boxes for one", (r) => ({ ...r, boxes: (r["boxes"] as Fields[]).map((b) => ({ ...b, to: 0 })) }), "exp"],
  ["update", "a short vector", (r) => ({ ...r, vector: new Uint32Array(3) }), "expected 5 words, or null."],
  ["update", "floats", (r) => ({ ...r, vector: new Float64Array(5) }), "vector: 5 of Float64Array }, expected 5 words"],
  ["reveal", "nothing", (r) => ({ ...r, revealed: [] }), "expected shares at 2 of participants 0, 1, 2."],
  [
    "reveal",
    "other secrets",
    (r) => ({ ...r, revealed: (r["revealed"] as Fields[]).map((one) => ({ ...one, secret: "exponent" })) }),
    "expected shares at 2",
  ],
  [
    "reveal",
    "shares elsewhere",
    (r) => ({ ...r, revealed: (r["revealed"] as Fields[]).map((one) => ({ ...one, share: { at: 1, value: 1n } })) }),
    "expected shares at 2",
  ],
];

test.each(others)("a reply to %j with %s is refused by name, or its sender left out", async (kind, _, lie, message) => {
  const options = { ...(kind === "train" ? { ...CLEAR, sampling: 1 } : MASKED) };
  const refused = elsewhere(over(lying(kind, lie), options), 1);
  await expect(refused).rejects.toThrow(`federation: participant 1: it answered "${kind}" of round 0 with `);
  await expect(refused).rejects.toThrow(message);
  const [{ answered }] = await elsewhere(over(lying(kind, lie), { ...options, onFailure: "dropOut" }), 1);
  expect(answered).toBe(kind === "reveal" ? 3 : 2); // its vector had come
});

test("a box that was changed on its way does not open; its receiver fails", async () => {
  const transport = lying("confide", ({ boxes, ...reply }: { boxes: { sealed: Uint8Array }[] }) => {
    boxes[0].sealed[20] ^= 1;
    return { ...reply, boxes };
  });
  await expect(elsewhere(over(transport, MASKED), 1)).rejects.toThrow(
    "participant 0: the box of participant 1 does not open",
  );
});

test("a participant under masks answers each step of a round once, in order, never in the clear, and not alone", async () => {
  const { answer } = createRespondent({ id: 0, participant: participants[0], secure: true });
  const announce = (round: number) => answer({ kind: "announce", round, name: `${round}`, threshold: 2 });
  const clear = { round: 0, weights: new Float32Array(3) };
  await expect(answer({ kind: "train", ...clear })).rejects.toThrow("it answers under masks only");
  await expect(answer({ kind: "weights", round: 0 })).rejects.toThrow("it answers under masks only");
  await expect(answer({ kind: "confide", round: 0, everybody: [] })).rejects.toThrow("before any round was announced");
  const { publicKey, sealingKey } = (await announce(3)) as never;
  const me = { id: 0, publicKey, sealingKey };
  const update = { kind: "update", ...clear, round: 3, recipe: { bits: 20, count: 2 }, share: 1, boxes: [] } as const;
  await expect(answer(update)).rejects.toThrow('got "update" of round 3 after round 3 was announced');
  await expect(answer({ kind: "confide", round: 3, everybody: [me] })).rejects.toThrow("3 has one participant");
  await expect(announce(3)).rejects.toThrow("got round 3 after round 3, expected a later one");
  await announce(4);
  await answer({ kind: "confide", round: 4, everybody: [me, { ...me, id: 1 }] });
  await answer({ ...update, round: 4 });
  await expect(answer({ ...update, round: 4 })).rejects.toThrow("after round 4 was updated, expected each step");
  await expect(answer({ kind: "reveal", round: 4, survivors: [0] })).rejects.toThrow("got 1 survivors, expected at");
  await expect(answer({ kind: "look" } as never)).rejects.toThrow(
    'got a request "look", expected one of weights, train',
  );
});

test("who is silent, has left or never came is named; too few under masks end the federation; masks need `initial`", async () => {
  const { port1, port2 } = new MessageChannel();
  const silent = portTransport([port1], { patience: 0.02 });
  await expect(elsewhere(over(silent, { initial: [0] }), 1)).rejects.toThrow(
    'federation: participant 0: it has not answered "train" for 0.02 s. Look whether it still runs.',
  );
  port2.close();
  const channel = "walras remote.test left";
  const joined = [0, 1, 2].map((id) => joinFederation({ channel, id, participant: participants[id] }));
  const transport = await tabTransport({ channel, participants: 3 });
  await Promise.all(joined.map((one) => one.joined));
  const late = joinFederation({ channel, id: 1, participant: { train: (w) => w.fill(100) } }); // the place is taken
  joined[0].close();
  const left = over(transport, { ...CLEAR, sampling: 1, onFailure: "dropOut" });
  const { value } = await left.next();
  expect([value.answered, value.failures]).toEqual([2, [{ participant: 0, reason: "its tab was closed." }]]);
  expect(Math.max(...value.weights)).toBeLessThan(5);
  await left.return(undefined as never);
  for (const { close } of [...joined, late]) close();
  await expect(tabTransport({ channel, participants: 2, patience: 0.02 })).rejects.toThrow(
    `no tab for participant 0, 1 came to channel "${channel}" in 0.02 s. Open one that calls joinFederation`,
  );
  const gone = lying("announce", () => null);
  const failing = { ...gone, ask: async (id: number, r: Request) => (id === 2 ? null : gone.ask(id, r)) };
  await expect(elsewhere(over(failing, { ...MASKED, onFailure: "dropOut" }), 1)).rejects.toThrow(
    "1 of 3 participants announced keys in round 0 under masks, expected at least 2",
  );
  const { initial: _, ...without } = MASKED;
  await expect(elsewhere(over(gone, without), 1)).rejects.toThrow("with `secure` it needs `initial`");
});
