import { Worker } from "node:worker_threads";
import { Command } from "commander";
import type { Check } from "../economy/index.ts";
import { createRunningCell, readRunning } from "../economy/running.ts";
import { moduleBeside } from "../engine/pool.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { locate } from "./catalog.ts";
import type { CheckMessage, CheckTask } from "./check-worker.ts";
import { type CommonOptions, duration, print, printJson, table, whole, withSettings } from "./common.ts";

interface CheckVerbOptions extends CommonOptions {
  readonly set?: Overrides;
  readonly seeds: number;
  readonly periods: number;
  readonly maxSeconds: number;
  readonly maxMemory: number;
}

export const checkVerb = (): Command =>
  withSettings(new Command("check"))
    .description("an economy's contract: random unmasked actions, identities, determinism, cuts, theory")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .option("--seeds <n>", "seeds to play", whole(1, 10_000), 3)
    .option("--periods <n>", "periods per seed", whole(1), 100)
    .option("--max-seconds <n>", "seconds that the checks may take together", whole(1, 1e6), 300)
    .option("--max-memory <n>", "MiB of memory that the checks may take", whole(64, 1e7), 2048)
    .option("--json", "print one JSON document")
    .action(async (name: string, { set = {}, seeds, periods, maxSeconds, maxMemory, json }: CheckVerbOptions) => {
      const { module } = await locate(name);
      const params = Object.fromEntries(
        Object.entries(set).map(([path, value]) => [path.replace(/^params\./, ""), value]),
      );
      const { economy, checks } = await checkWithin({ module, params, seeds, periods }, maxSeconds, maxMemory);
      const pass = checks.every((check) => check.pass);
      if (json) printJson({ economy, pass, checks });
      else
        print(
          table(
            ["", "check", "detail"],
            checks.map((check) => [check.pass ? "pass" : "FAIL", check.name, check.detail]),
          ),
        );
      if (!pass) process.exitCode = 1;
    });

const MIB = 2 ** 20;

/** Makes the checks on a thread of their own. One that goes beyond a limit is stopped there and fails, and those after it are not made. */
async function checkWithin(
  task: Omit<CheckTask, "running">,
  maxSeconds: number,
  maxMemory: number,
): Promise<{ economy: string; checks: readonly Check[] }> {
  const running = createRunningCell();
  const entry = moduleBeside(import.meta.url, "check-worker");
  const before = process.memoryUsage.rss();
  const worker = new Worker(entry, {
    workerData: { ...task, running } satisfies CheckTask,
    resourceLimits: { maxOldGenerationSizeMb: maxMemory },
  });
  let economy = "";
  let name = "its module loads";
  const checks: Check[] = [];
  worker.on("message", (message: CheckMessage) => {
    if (message.kind === "economy") economy = message.name;
    else if (message.kind === "begin") name = message.name;
    else checks.push(message.check);
  });
  const stopped = await new Promise<string | null>((resolve, reject) => {
    const stop = (what: string): void => {
      const { what: phase, world, period } = readRunning(running);
      const where = phase === null ? "" : `: ${phase} was running (world ${world}, period ${period})`;
      resolve(`${what}${where}. Checks after this one were not made.`);
    };
    const outOfMemory = (): void => stop(`took more than ${maxMemory} MiB, see --max-memory`);
    const clock = setTimeout(
      () => stop(`did not end within ${duration(maxSeconds)}, see --max-seconds`),
      1000 * maxSeconds,
    );
    const meter = setInterval(() => process.memoryUsage.rss() - before > maxMemory * MIB && outOfMemory(), 50);
    worker.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory() : reject(error),
    );
    worker.once("exit", () => {
      clearTimeout(clock);
      clearInterval(meter);
      resolve(null);
    });
  });
  if (stopped !== null) {
    await worker.terminate();
    checks.push({ name, pass: false, detail: stopped });
  }
  return { economy, checks };
}
