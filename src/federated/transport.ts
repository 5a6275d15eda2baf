// How the server reaches participants: in this thread, or over wires that carry structured clones, each to one participant or to several.
//
//   { number, to, request } →      ← { number, reply } or { number, error }
import { clean, type Reply, type Request } from "./messages.ts";
import { createRespondent, type Respondent, type RespondentOptions } from "./respondent.ts";

/** Ways to participants 0 … participants − 1. */
export interface Transport {
  readonly participants: number;
  /** What the participant replied, which is a stranger's. Rejects where it threw, ended, or was silent for too long. */
  ask(participant: number, request: Request): Promise<unknown>;
  /** Lets go of all participants; whatever they do is stopped where that can be done. */
  close(): Promise<void>;
}

/** One end of a way, of either side. */
export interface Wire {
  post(message: unknown): void;
  /** Called once. `ended`: why nothing can come any more. */
  listen(heard: (message: unknown) => void, ended: (reason: string) => void): void;
  close(): void | Promise<void>;
}

/** A way to some of the participants. */
export interface Line {
  readonly wire: Wire;
  readonly participants: readonly number[];
  /** What the other end is told first. */
  readonly begin?: unknown;
}

/** Participants in this thread; what is said is copied, as on a wire. */
export function inlineTransport(participants: readonly Omit<RespondentOptions, "id">[]): Transport {
  const respondents = participants.map((options, id) => createRespondent({ ...options, id }));
  return {
    participants: participants.length,
    ask: async (id, request) => structuredClone(await respondents[id].answer(structuredClone(request))),
    close: async () => {},
  };
}

interface Pending {
  resolve(reply: unknown): void;
  reject(error: Error): void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

const MOST_TEXT = 500;

/** `patience`: seconds that a participant may take for one answer. */
export function connect(lines: readonly Line[], patience = Number.POSITIVE_INFINITY): Transport {
  const asks = new Map<number, (request: Request) => Promise<unknown>>();
  for (const { wire, participants, begin } of lines) {
    const pending = new Map<number, Pending>();
    let count = 0;
    let over: string | null = null;
    wire.listen(
      (message) => {
        const { number, reply, error } = (message ?? {}) as { number?: unknown; reply?: unknown; error?: unknown };
        const one = pending.get(number as number);
        if (!one) return; // too late, or nobody's
        pending.delete(number as number);
        clearTimeout(one.timer);
        if (error === undefined) one.resolve(reply);
        else one.reject(new Error(clean(error, MOST_TEXT)));
      },
      (reason) => {
        over ??= reason;
        for (const { reject, timer } of pending.values()) {
          clearTimeout(timer);
          reject(new Error(over));
        }
        pending.clear();
      },
    );
    if (begin !== undefined) wire.post({ begin });
    const ask = (to: number, request: Request): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (over !== null) return reject(new Error(over));
        const number = count++;
        const late = (): void => {
          pending.delete(number);
          reject(new Error(`it has not answered "${request.kind}" for ${patience} s. Look whether it still runs.`));
        };
        const timer = patience < Number.POSITIVE_INFINITY ? setTimeout(late, 1000 * patience) : undefined;
        pending.set(number, { resolve, reject, timer });
        wire.post({ number, to, request });
      });
    for (const id of participants) asks.set(id, (request) => ask(id, request));
  }
  return {
    participants: asks.size,
    ask: (id, request) => asks.get(id)!(request),
    async close() {
      await Promise.all(lines.map(({ wire }) => wire.close()));
    },
  };
}

export type Respondents = ReadonlyMap<number, Respondent>;

/** The participants' end: answers one request after another. `respondents` may be made of what the server tells first. */
export function serve(wire: Wire, respondents: Respondents | ((begin: unknown) => Promise<Respondents>)): void {
  let made: Promise<Respondents> | null = typeof respondents === "function" ? null : Promise.resolve(respondents);
  let before: Promise<unknown> = Promise.resolve();
  const answer = async (to: number, request: Request): Promise<Reply> => {
    const respondent = (await made)?.get(to);
    if (!respondent) throw new Error(`participant ${to} is not here.`);
    return respondent.answer(request);
  };
  wire.listen(
    (message) => {
      const { begin, number, to, request } = (message ?? {}) as {
        begin?: unknown;
        number?: unknown;
        to?: unknown;
        request?: unknown;
      };
      if (begin !== undefined && typeof respondents === "function") {
        made ??= respondents(begin);
        made.catch(() => {}); // whoever asks is told
      }
      if (typeof number !== "number") return;
      before = before.then(async () => {
        try {
          wire.post({ number, reply: await answer(to as number, request as Request) });
        } catch (error) {
          wire.post({ number, error: (error as Error).message });
        }
      });
    },
    () => {},
  );
}

/** A Worker, a MessagePort, or `self` of a worker. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Of a Worker whose script fails. */
  addEventListener(type: "error", listener: (event: { readonly message?: unknown }) => void): void;
  /** Of a MessagePort. */
  start?(): void;
  close?(): void;
  /** Of a Worker. */
  terminate?(): void;
}

const portWire = (port: Port): Wire => ({
  post: (message) => port.postMessage(message),
  listen(heard, ended) {
    port.addEventListener("message", ({ data }) => heard(data));
    port.addEventListener("error", ({ message }) =>
      ended(`its worker failed: ${message ?? "its script could not be loaded"}.`),
    );
    port.start?.();
  },
  close() {
    if (port.terminate) port.terminate();
    else port.close?.();
  },
});

/**
 * Participants behind ports, one each: web workers, or MessagePorts to windows and frames. Ports do not say that their other end is gone: a participant that is silent for `patience`
 * seconds, by default 60, counts as failed. `close` ends workers.
 */
export const portTransport = (
  ports: readonly Port[],
  { patience = 60 }: { readonly patience?: number } = {},
): Transport =>
  connect(
    ports.map((port, id) => ({ wire: portWire(port), participants: [id] })),
    patience,
  );

/** The other end of `portTransport`: a participant in a worker, with `self` as port, or behind a MessagePort. */
export const serveParticipant = (port: Port, options: RespondentOptions): void =>
  serve(portWire(port), new Map([[options.id, createRespondent(options)]]));
