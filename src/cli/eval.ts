import { Command } from "commander";
import type { Arrays } from "../algorithms/algorithm.ts";
import { type AnyParamValues, type Economy, resolveParams, stated, valueOrNull } from "../economy/index.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { createPlayer } from "../experiment/play.ts";
import { fileStore } from "../store/files.ts";
import { openRun } from "../store/index.ts";
import { type CommonOptions, noted, print, printJson, shown, table, whole, withSettings } from "./common.ts";
import { targetOf } from "./resume.ts";

interface EvalOptions extends CommonOptions {
  readonly periods: number;
  readonly seed: number;
  readonly set?: Overrides;
}

export const evalVerb = (): Command =>
  withSettings(new Command("eval"))
    .description("play a run's latest policies, as its experiment evaluates them, and print the economy's metrics")
    .argument("<directory>", "a run directory")
    .option("--periods <n>", "periods to play", whole(1), 100)
    .option("--seed <n>", "seed of the worlds played in", whole(0), 1)
    .option("--json", "print one JSON document")
    .action(async (directory: string, { periods, seed, set = {}, json }: EvalOptions) => {
      const reader = openRun(fileStore(directory));
      const { target, run } = await targetOf(reader);
      const { economy, algorithm } = target.experiment;
      if (!algorithm) throw new Error(`${directory} was simulated without learning, so it has no policies to play.`);
      const checkpoint = reader.latestCheckpoint();
      if (!checkpoint)
        throw new Error(
          `${directory} has no checkpoint yet; let it run longer, or continue it with: walras resume ${directory}`,
        );
      const { params } = resolveRun(target.experiment, { ...chosen(economy, run.params), ...set }, run.seed);
      const player = createPlayer(economy, algorithm, run.config, params, target.experiment.evaluation);
      player.load(checkpoint.arrays as Arrays);
      const metrics = player.play({ seed, periods });
      const truth = economy.truth?.(params) ?? {};
      if (json) return printJson({ run: directory, step: checkpoint.step, periods, metrics, ...stated(truth) });
      print(
        table(
          ["metric", "value", "theory", ""],
          Object.entries(metrics).map(([name, value]) => [
            name,
            shown(value),
            shown(valueOrNull(truth[name])),
            noted(economy.metrics[name]!.doc, truth[name]),
          ]),
        ),
      );
    });

/** The parameters that are not what `derive` makes of the others, so that a change of one carries over to what follows from it. */
function chosen(economy: Economy, params: AnyParamValues): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...params };
  for (const [name, declared] of Object.entries(economy.params)) {
    if (declared.value !== null) continue;
    const { [name]: value, ...others } = kept;
    if (resolveParams(economy, others)[name] === value) delete kept[name];
  }
  return kept;
}
