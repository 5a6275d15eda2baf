// What one policy network that all traders share adds to a day: features of every trader are gathered each hour, and the network says each one's drive, by the kernels.
// The network is drawn and stays as it is, since what it costs does not depend on what it has learned; its drives go nowhere. bench/scale.ts starts it in a process of its own.
import { parseArgs } from "node:util";
import { createSimulation } from "../../src/economy/index.ts";
import { loadModule } from "../../src/experiment/load.ts";
import { accelerateMath, accelerateRandom, createArena } from "../../src/kernels/index.ts";
import { compile, initialise, layoutOf, matrix, mlp, trace } from "../../src/nn/index.ts";
import { seedStream } from "../../src/random/index.ts";

/** Seconds of processor time of each day: of the network and the gathering alone. */
export interface PolicyDays {
  readonly processor: readonly number[];
}

const [HOURS, ROWS, FEATURES, HIDDEN] = [24, 4096, 4, 32];
const { values } = parseArgs({
  options: { traders: { type: "string" }, days: { type: "string" }, activation: { type: "string" } },
});
const activation = values.activation === "relu" ? "relu" : "tanh";
const [traders, days] = [Number(values.traders), Number(values.days)];
accelerateMath();
accelerateRandom();
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const { economy } = await loadModule(new URL(`../../economies/token-economy${extension}`, import.meta.url).href);
const simulation = createSimulation(economy, { params: { traders }, seed: 1 });
simulation.reset(0);

const arena = createArena();
const graph = trace({ obs: matrix(ROWS, FEATURES) }, ({ obs }, param) => ({
  outputs: { drive: mlp(param, obs, { name: "drive", hidden: [HIDDEN, HIDDEN], outputs: 1, activation }) },
}));
const layout = layoutOf(graph);
const theta = arena.f32(layout.size);
initialise(theta, layout, seedStream(1));
const { inputs, outputs, run } = compile(graph, { arena, params: theta, layout });

const { columns } = simulation;
const markets = columns["markets.price"]!.length;
const drive = new Float32Array(traders);

/** Sentiment, the asset's attraction, the asset over what a trader has of it in the mean, and money over the mean. */
function act(period: number): void {
  const sentiment = columns["traders.sentiment"]!;
  const attraction = columns["markets.attraction"]!;
  const tokens = columns["traders.tokens"]!;
  const money = columns["traders.money"]!;
  const obs = inputs.obs;
  for (let from = 0; from < traders; from += ROWS) {
    const to = Math.min(traders, from + ROWS);
    for (let i = from, at = 0, m = (from + period) % markets; i < to; i++, m = m + 1 === markets ? 0 : m + 1) {
      obs[at++] = (sentiment[i]! - 128) / 16;
      obs[at++] = attraction[m]!;
      obs[at++] = tokens[i * markets + m]! / 102_400;
      obs[at++] = money[i]! / 1_024_000;
    }
    run();
    drive.set(outputs.drive.subarray(0, to - from), from);
  }
}

const processor: number[] = [];
for (let day = 0; day < days; day++) {
  simulation.phases.forEach((_, index) => {
    simulation.runPhase(index, 0);
  });
  simulation.endPeriod(0);
  const before = process.cpuUsage();
  for (let hour = 0; hour < HOURS; hour++) act(hour);
  const { user, system } = process.cpuUsage(before);
  processor.push((user + system) / 1e6);
}
if (!drive.every(Number.isFinite)) throw new Error("bench scale: the network said what is no number.");
process.stdout.write(`${JSON.stringify({ processor } satisfies PolicyDays)}\n`);
