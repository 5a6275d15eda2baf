// The thread of watchdog.ts.
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { type Running, readRunning } from "../economy/running.ts";
import { plain } from "./terminal.ts";
import type { WatchdogTask } from "./watchdog.ts";

/** Seconds after which a phase is said to be running still, and may be ended by a signal. */
const LONG = 10;
/** Seconds that a second signal leaves the process to end by itself. */
const GRACE = 1;

interface Watched {
  readonly cell: Int32Array;
  /** Phases begun when `since` was noted. */
  begun: number;
  since: number;
}

const { cell, descriptor } = workerData as WatchdogTask;
const watched: Watched[] = [];
const watch = (cell: Int32Array): void => void watched.push({ cell, begun: -1, since: 0 });
watch(cell);
parentPort?.on("message", watch);
parentPort?.unref();

const said = new Set<string>();
let signals = 0;
const say = (text: string): void => void writeSync(2, `walras: ${plain(text)}\n`);
const kill = (): void => void process.kill(process.pid, "SIGKILL");
const named = ({ what, world, period }: Running): string => `${what} (world ${world}, period ${period})`;

function look(): void {
  const now = performance.now() / 1000;
  for (const one of watched) {
    const running = readRunning(one.cell);
    if (running.what === null || running.begun !== one.begun) {
      one.begun = running.begun;
      one.since = now;
      continue;
    }
    if (now - one.since < LONG) continue;
    if (signals > 0) {
      say(`${named(running)} does not end, so the signal ends it.`);
      kill();
    }
    const text = `${named(running)} has been running for ${LONG} s. Should it never end, Ctrl-C ends it.`;
    if (said.has(text)) continue; // threads that share a world are in one phase
    said.add(text);
    say(text);
  }
}
setInterval(look, 250);

if (descriptor !== null) {
  const pipe = new Socket({ fd: descriptor });
  pipe.on("close", kill).on("error", kill);
  pipe.on("data", (bytes) => {
    signals += bytes.length;
    if (signals > 1) setTimeout(kill, 1000 * GRACE);
    look();
  });
}
