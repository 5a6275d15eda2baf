// A verb of the command line run in this process: no start of Node for a message.
import type { Command } from "commander";
import { vi } from "vitest";

/** What a verb writes to stdout. Rejects with its error; restore the mocks after each test. */
export async function said(verb: () => Command, ...args: string[]): Promise<string> {
  let out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  await verb()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(args, { from: "user" });
  return out;
}
