// What reaches a terminal: text without control characters, and an end without noise when nobody reads any more.
import { constants } from "node:os";

// C0 and C1 controls but tab and newline, and what reorders text: names and files may hold escapes that move the cursor or recolour what follows.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Control characters spelt out, as in \x1b. */
export const plain = (text: string): string =>
  text.replace(/\r\n/g, "\n").replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });

/** A line on stderr. */
export const say = (text: string): void => {
  process.stderr.write(`${plain(text)}\n`);
};

/** The exit status of a program that a signal ends, as shells count: 130 after SIGINT, 143 after SIGTERM. */
export const exitStatus = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** A reader that goes away (`| head`) ends the program quietly; a stream that cannot be written any more is an error in a sentence. */
export function watchStreams(): void {
  process.stderr.on("error", () => {}); // nobody is left to tell
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    say(`walras: cannot write to stdout (${error.code ?? error.message}).`);
    process.exit(1);
  });
}
