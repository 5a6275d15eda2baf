// The command line for tests: each command in a process of its own, or many in one, which loads the program once.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { finished } from "node:stream/promises";

export interface Asked {
  /** The working directory. */
  readonly place: string;
  readonly args: readonly string[];
}
export interface Given {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What users start: `node main …`. */
export const main = join(import.meta.dirname, "../src/cli/main.ts");

/** A command in a process of its own, as users start it: with its start, its end, and modules that nobody has loaded before. */
export function alone(place: string, ...args: string[]): Given {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: place,
    encoding: "utf8",
    input: "",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

export interface Commands {
  /** Carries out a command after those that were asked for before it. A module that is loaded once stays loaded. */
  run(place: string, ...args: string[]): Promise<Given>;
  /** Ends the process. Throws if commands ended it, or wrote to it past stdout and stderr. */
  close(): Promise<void>;
}

/** A process in which commands follow one another, which takes a tenth of the time of a process for each. */
export function commands(): Commands {
  let last: Promise<unknown> = Promise.resolve();
  let child: ChildProcess | null = null;
  let beside = "";
  let answer: PromiseWithResolvers<Given> | null = null;
  const start = (): ChildProcess => {
    const started = spawn(process.execPath, [join(import.meta.dirname, "fixtures/commands.ts")], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [started.stdout, started.stderr])
      stream!.setEncoding("utf8").on("data", (text: string) => (beside += text));
    started.on("message", (given) => answer?.resolve(given as Given));
    started.on("exit", (code, signal) =>
      answer?.reject(new Error(`the command ended the process (${signal ?? code})`)),
    );
    return started;
  };
  const ask = (asked: Asked): Promise<Given> => {
    child ??= start();
    answer = Promise.withResolvers<Given>();
    child.send(asked);
    return answer.promise;
  };
  return {
    run(place, ...args) {
      const given = last.then(() => ask({ place, args }));
      last = given.catch(() => {});
      return given;
    },
    async close() {
      await last;
      if (child === null) return;
      const ended = child.exitCode === null ? once(child, "exit") : null;
      if (child.connected) child.disconnect();
      await Promise.all([ended, finished(child.stdout!), finished(child.stderr!)]);
      if (beside !== "") throw new Error(`Commands wrote past stdout and stderr: ${beside}`);
    },
  };
}
