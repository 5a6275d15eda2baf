// Records learning curves, ours and the peers', for docs/images/learning-curves.js to draw over each other. Minutes per run, one at a time:
//
//   node bench/peers/record-curves.ts dqn-cartpole 3      seeds 1 to 3 of control/dqn-cartpole, CleanRL's and Stable-Baselines3's DQN
//   node bench/peers/record-curves.ts dqn-cartpole 5 walras
//
// Adds to curves/<task>.json: per system its versions and settings, and per seed 40 mean returns, one for each equal part of the run.
// The peers' and our PPO's are of the episodes that ended in it, explored as training does; our DQN and SAC are played greedily at its end,
// for ten episodes. Seeds that are there are not run again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { meanReturn } from "../../experiments/control/parts/returns.ts";
import { program, roomyArena } from "../../src/engine/program.ts";
import { callingThread } from "../../src/engine/run.ts";
import { resolveRun } from "../../src/experiment/experiment.ts";
import { loadModule } from "../../src/experiment/load.ts";
import { createPlayer } from "../../src/experiment/play.ts";
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

const [task, count = "3", ...only] = process.argv.slice(2);
if (task === undefined) throw new Error("usage: node bench/peers/record-curves.ts <task> [seeds] [systems]");
const folder = join(import.meta.dirname, "curves");
const file = join(folder, `${task}.json`);
mkdirSync(folder, { recursive: true });
const command = `node bench/peers/record-curves.ts ${task}`;
const recorded: Curves = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { task, command, systems: {} };
for (let seed = 1; seed <= Number(count); seed++)
  for (const system of only.length > 0 ? only : ["walras", "cleanrl", "sb3"]) {
    if (recorded.systems[system]?.runs.some((run) => run.seed === seed)) continue;
    const { versions, settings, steps, curve } = system === "walras" ? await ours(seed) : await theirs(system, seed);
    const { seed: _, ...same } = settings as { seed?: number };
    (recorded.systems[system] ??= { versions, settings: same, runs: [] }).runs.push({ seed, steps, curve });
    // lists of numbers on one line
    const text = JSON.stringify(recorded, null, 1).replace(/\[[-\d.,nul\s]+\]/g, (list) => list.replace(/\s+/g, ""));
    writeFileSync(file, `${text}\n`);
    process.stderr.write(`${task}, ${system}, seed ${seed}: ${curve.at(-1)} at the end\n`);
  }

type Run = Omit<System, "runs"> & Omit<System["runs"][number], "seed">;

async function theirs(system: string, seed: number): Promise<Run> {
  const answer = await peer("control", [system, task!, "--seed", String(seed)]);
  if (!answer.ok) throw new Error(`${system}, seed ${seed}: ${answer.reason}`);
  return answer.result as Run;
}

async function ours(seed: number): Promise<Run> {
  const experiment = await loadModule(new URL(`../../experiments/control/${task}.ts`, import.meta.url).href);
  const run = resolveRun(experiment, {}, seed);
  const request = { experiment, run, pieces: 1, from: null, checkIdentities: false };
  const player = createPlayer(experiment.economy, experiment.algorithm!, run.config, run.params);
  const population = Object.keys(experiment.economy.reward)[0]!;
  const curve: number[] = [];
  for (const { metrics, snapshot } of program(experiment, run, {
    ...request,
    arena: roomyArena({}),
    team: callingThread(request).team,
  })) {
    player.load(snapshot().arrays);
    const played =
      metrics["charts/episodicReturn"] ?? meanReturn(player, population, 10 * (run.params["horizon"] as number));
    curve.push(Number(played.toFixed(3)));
  }
  return { versions: { node: process.versions.node }, settings: { ...run.config }, steps: run.totalSteps, curve };
}
