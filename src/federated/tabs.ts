// Participants in tabs of one origin, which meet on a BroadcastChannel: each tab says hello, and the server takes the first of each number.
//
//   { from: tab, id } hello     { from: "server" } who is there?     { from: tab, message } · { from: "server", to: tab, message }     { from: tab, gone }
//
// Every page of the origin hears a BroadcastChannel, and could speak on it: what participants say to each other is sealed, and updates are hidden from the others with `secure` only.
import { createRespondent, type RespondentOptions } from "./respondent.ts";
import { connect, serve, type Transport, type Wire } from "./transport.ts";

export interface TabsOptions {
  /** Name of the channel, the same in all tabs. */
  readonly channel: string;
  /** How many participants there will be. */
  readonly participants: number;
  /** Seconds that tabs may take to come, and a participant for one answer. Default 60. */
  readonly patience?: number;
}

type Heard = Readonly<Record<"from" | "to" | "id" | "message" | "gone", unknown>>;

const SERVER = "server";

/** The server's tab: waits until participants 0 … participants − 1 are there. Rejects where some have not come within `patience` seconds. */
export async function tabTransport({ channel: name, participants, patience = 60 }: TabsOptions): Promise<Transport> {
  const channel = new BroadcastChannel(name);
  const tabs = new Map<number, string>();
  const ends = new Map<string, { heard(message: unknown): void; ended(reason: string): void }>();
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const meet = (id: unknown, from: string): void => {
    if (!(Number.isInteger(id) && (id as number) >= 0 && (id as number) < participants)) return;
    if (!tabs.has(id as number)) tabs.set(id as number, from);
    if (tabs.get(id as number) === from) channel.postMessage({ from: SERVER, to: from, id });
    if (tabs.size === participants) resolve();
  };
  channel.addEventListener("message", ({ data }) => {
    const { from, id, message, gone } = (data ?? {}) as Heard;
    if (typeof from !== "string") return;
    if (id !== undefined) meet(id, from);
    else if (message !== undefined) ends.get(from)?.heard(message);
    else if (gone === true) {
      ends.get(from)?.ended("its tab was closed.");
      if (ends.size === 0) for (const [id, tab] of tabs) if (tab === from) tabs.delete(id); // another may take its place
    }
  });
  channel.postMessage({ from: SERVER });
  const timer = setTimeout(resolve, 1000 * patience);
  await complete;
  clearTimeout(timer);
  if (tabs.size < participants) {
    channel.close();
    const missing = Array.from({ length: participants }, (_, id) => id).filter((id) => !tabs.has(id));
    throw new Error(
      `federation: no tab for participant ${missing.join(", ")} came to channel "${name}" in ${patience} s. Open one that calls joinFederation, on the same origin.`,
    );
  }
  const wireOf = (tab: string): Wire => ({
    post: (message) => channel.postMessage({ from: SERVER, to: tab, message }),
    listen: (heard, ended) => void ends.set(tab, { heard, ended }),
    close: () => {},
  });
  const lines = [...tabs].map(([id, tab]) => ({ wire: wireOf(tab), participants: [id] }));
  const transport = connect(lines, patience);
  return {
    ...transport,
    async close() {
      await transport.close();
      channel.close();
    },
  };
}

export interface JoinOptions extends RespondentOptions {
  readonly channel: string;
}

/** A participant's tab: takes part until `close`, or until its page is left. Resolves once the server has taken it; a server that opens later finds it, too. */
export function joinFederation({ channel: name, ...options }: JoinOptions): {
  readonly joined: Promise<void>;
  close(): void;
} {
  const channel = new BroadcastChannel(name);
  const tab = crypto.randomUUID();
  const { promise: joined, resolve } = Promise.withResolvers<void>();
  const hello = (): void => channel.postMessage({ from: tab, id: options.id });
  const wire: Wire = {
    post: (message) => channel.postMessage({ from: tab, message }),
    listen(heard) {
      channel.addEventListener("message", ({ data }) => {
        const { from, to, id, message } = (data ?? {}) as Heard;
        if (from !== SERVER) return;
        if (to === undefined) hello();
        else if (to !== tab) return;
        else if (id !== undefined) resolve();
        else heard(message);
      });
    },
    close: () => channel.close(),
  };
  serve(wire, new Map([[options.id, createRespondent(options)]]));
  hello();
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    channel.postMessage({ from: tab, gone: true });
    channel.close();
  };
  globalThis.addEventListener?.("pagehide", close);
  return { joined, close };
}
