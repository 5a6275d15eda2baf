// Records the peers' learning curves, once; scripts/learning-curves.ts draws ours over them. Minutes per run, one run at a time:
//
//   node bench/peers/record-curves.ts dqn-cartpole 3      seeds 1 to 3 of CleanRL's and Stable-Baselines3's DQN
//
// Adds to curves/<task>.json: per system its versions and settings, and per seed the mean return of the episodes that ended in each
// of 40 equal parts of the run. Seeds that are there are not run again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peer } from "./run.ts";

/** A file of curves. */
export interface Curves {
  readonly task: string;
  readonly command: string;
  readonly systems: Record<string, System>;
}
interface System {
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly runs: { readonly seed: number; readonly steps: number; readonly curve: readonly (number | null)[] }[];
}

const [task, count = "3"] = process.argv.slice(2);
if (task === undefined) throw new Error("usage: node bench/peers/record-curves.ts <task> [seeds]");
const folder = join(import.meta.dirname, "curves");
const file = join(folder, `${task}.json`);
mkdirSync(folder, { recursive: true });
const command = `node bench/peers/record-curves.ts ${task}`;
const recorded: Curves = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { task, command, systems: {} };
for (let seed = 1; seed <= Number(count); seed++)
  for (const system of ["cleanrl", "sb3"]) {
    if (recorded.systems[system]?.runs.some((run) => run.seed === seed)) continue;
    const answer = await peer("control", [system, task, "--seed", String(seed)]);
    if (!answer.ok) throw new Error(`${system}, seed ${seed}: ${answer.reason}`);
    const { versions, settings, steps, stepsPerSecond, curve } = answer.result as System &
      System["runs"][number] & { readonly stepsPerSecond: number };
    const { seed: _, ...same } = settings;
    (recorded.systems[system] ??= { versions, settings: same, runs: [] }).runs.push({ seed, steps, curve });
    // lists of numbers on one line
    const text = JSON.stringify(recorded, null, 1).replace(/\[[-\d.,nul\s]+\]/g, (list) => list.replace(/\s+/g, ""));
    writeFileSync(file, `${text}\n`);
    process.stderr.write(`${task}, ${system}, seed ${seed}: ${stepsPerSecond} steps/s\n`);
  }
