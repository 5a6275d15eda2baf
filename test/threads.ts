// The same run on one thread and on several, which must not differ. Workers import what they run, so it is written to a file.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { callingThread, execute } from "../src/engine/run.ts";
import { threadGroup } from "../src/engine/threads.ts";
import { type Experiment, resolveRun } from "../src/experiment/experiment.ts";
import { loadModule } from "../src/experiment/load.ts";
import { createRun, memoryStore } from "../src/store/index.ts";

/** An import's address in quotes, of a path from the repository's root. */
type From = (path: string) => string;

/** What a module exports, and hashes of its run: without workers, then with each number of threads. */
export async function runOnThreads(
  module: (from: From) => string,
  threads = [2, 3],
): Promise<{ readonly hashes: readonly string[]; readonly experiment: Experiment }> {
  const directory = mkdtempSync(join(tmpdir(), "walras-threads-"));
  try {
    const file = join(directory, "experiment.mjs");
    writeFileSync(
      file,
      module((path) => JSON.stringify(new URL(`../${path}`, import.meta.url).href)),
    );
    const address = pathToFileURL(file).href;
    const experiment = await loadModule(address);
    const run = resolveRun(experiment, {}, 3);
    const machine = { platform: "", arch: "", cpu: "", cores: 1 };
    const manifest = { name: experiment.name, config: {}, version: "", node: "", machine };
    const hashes: string[] = [];
    for (const group of [callingThread, ...threads.map((n) => threadGroup(address, n))])
      hashes.push((await execute({ experiment, run, writer: createRun(memoryStore("run"), manifest), group })).hash);
    return { hashes, experiment };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
