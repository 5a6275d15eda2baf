// Records the peers' learning curves, once: the docs draw ours over them. An hour for everything on one core.
//
//   node bench/peers/record-curves.ts ppo-cartpole 5      five seeds of CleanRL's and Stable-Baselines3's PPO
//
// Writes curves/<task>.json: per system its versions and settings, and per seed the mean return of the episodes that ended
// in each of 40 equal parts of the run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peer } from "./run.ts";

interface Run {
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly curve: readonly (number | null)[];
}

const [task, count = "5"] = process.argv.slice(2);
if (task === undefined) throw new Error("usage: node bench/peers/record-curves.ts <task> [seeds]");
const systems = [];
for (const system of ["cleanrl", "sb3"]) {
  const runs: Run[] = [];
  for (let seed = 1; seed <= Number(count); seed++) {
    const answer = await peer("control", [system, task, "--seed", String(seed)]);
    if (!answer.ok) throw new Error(`${system}, seed ${seed}: ${answer.reason}`);
    runs.push(answer.result as Run);
    process.stderr.write(`${system} ${task} seed ${seed}: ${runs.at(-1)!.stepsPerSecond} steps/s\n`);
  }
  const { versions, settings } = runs[0]!;
  const { seed: _, ...rest } = settings;
  systems.push({ system, versions, settings: rest, curves: runs.map(({ curve }) => curve) });
}
mkdirSync(join(import.meta.dirname, "curves"), { recursive: true });
const command = `node bench/peers/record-curves.ts ${task} ${count}`;
writeFileSync(
  join(import.meta.dirname, "curves", `${task}.json`),
  `${JSON.stringify({ task, command, seeds: Number(count), systems }, null, 1).replace(/\[\s+([-\d.nul,\s]+?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, " ")}]`)}\n`,
);
