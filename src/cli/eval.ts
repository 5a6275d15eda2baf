import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { basename, extname } from "node:path";
import { Command } from "commander";
import type { Arrays } from "../algorithms/algorithm.ts";
import { stated, valueOrNull } from "../economy/index.ts";
import { choosePanel, type Panel } from "../engine/panel.ts";
import { departures } from "../experiment/departures.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { createPlayer, type PlayOptions, play } from "../experiment/play.ts";
import { explain, fileStore } from "../store/files.ts";
import {
  csvMetadata,
  openRun,
  PANEL_FORMATS,
  type PanelFormat,
  type PanelSource,
  panelWriter,
} from "../store/index.ts";
import { type CommonOptions, noted, print, printJson, shown, table, whole, withSettings } from "./common.ts";
import { targetOf } from "./resume.ts";
import { trustOption } from "./trust.ts";

interface EvalOptions extends CommonOptions {
  readonly periods: number;
  readonly worlds: number;
  readonly seed: number;
  readonly set?: Overrides;
  readonly out?: string;
  readonly population?: string;
  readonly columns?: readonly string[];
  readonly force?: boolean;
  readonly trust?: boolean;
}

const names = (text: string): readonly string[] => text.split(",").map((name) => name.trim());

export const evalVerb = (): Command =>
  withSettings(new Command("eval"))
    .description(
      "play a run's latest policies in worlds they were not trained in, and print the economy's metrics with intervals",
    )
    .argument("<directory>", "a run directory")
    .option("--periods <n>", "periods to play in each world", whole(1), 100)
    .option("--worlds <n>", "worlds to play, over which intervals are", whole(1, 1e6), 16)
    .option("--seed <n>", "seed of the worlds played in", whole(0), 1)
    .option("--out <file>", "write a panel, a row per agent, world and period: .csv or .parquet")
    .option("--population <name>", "whose panel; needed where there are several populations")
    .option("--columns <names>", "the panel's columns, separated by commas; world scalars as world.<name>", names)
    .option("--force", "overwrite the panel's file")
    .addOption(trustOption())
    .option("--json", "print one JSON document")
    .action(async (directory: string, options: EvalOptions) => {
      const { periods, worlds, seed, set = {}, json } = options;
      const reader = openRun(fileStore(directory));
      const { target, run } = await targetOf(reader, options);
      const { experiment } = target;
      const { economy, algorithm, evaluation } = experiment;
      if (!algorithm) throw new Error(`${directory} was simulated without learning, so it has no policies to play.`);
      const checkpoint = reader.latestCheckpoint();
      if (!checkpoint)
        throw new Error(
          `${directory} has no checkpoint yet; let it run longer, or continue it with: walras resume ${directory}`,
        );
      const overrides = { ...departures(experiment, run), ...evaluation.params, ...set };
      const { params } = resolveRun(experiment, overrides, run.seed);
      const player = createPlayer(economy, algorithm, run.config, params, evaluation);
      player.load(checkpoint.arrays as Arrays);
      const { policies } = player;
      const asked = { economy, params, policies, seed, periods, worlds, sampled: evaluation.sampled, purpose: "eval" };
      const { out } = options;
      if (out === undefined && (options.population ?? options.columns) !== undefined)
        throw new Error("--population and --columns choose what a panel holds: add --out <file>.");
      const source = { run: reader.manifest.name, step: checkpoint.step, seed, worlds, periods };
      const metrics =
        out === undefined
          ? play(asked)
          : writePanel(out, choosePanel(economy, player.params, options), source, asked, options);
      const truth = economy.truth?.(params) ?? {};
      const measured = Object.fromEntries(
        Object.entries(metrics).map(([name, { mean, interval }]) => [
          name,
          { mean, low: interval?.low ?? null, high: interval?.high ?? null },
        ]),
      );
      if (json)
        return printJson({
          run: directory,
          step: checkpoint.step,
          periods,
          worlds,
          seed,
          metrics: measured,
          ...stated(truth),
          panel: out ?? null,
        });
      print(
        table(
          ["metric", "mean", "95 % low", "high", "theory", ""],
          Object.entries(measured).map(([name, { mean, low, high }]) => [
            name,
            shown(mean),
            shown(low),
            shown(high),
            shown(valueOrNull(truth[name])),
            noted(economy.metrics[name]!.doc, truth[name]),
          ]),
        ),
      );
      if (out !== undefined) print(`\npanel  ${out}`);
    });

/** Plays and writes the panel to a file, which appears only when it is whole. */
function writePanel(
  file: string,
  panel: Panel,
  source: PanelSource,
  asked: PlayOptions,
  { force = false }: EvalOptions,
): ReturnType<typeof play> {
  const format = extname(file).slice(1) as PanelFormat;
  if (!PANEL_FORMATS.includes(format))
    throw new Error(`--out: got "${file}", expected a name that ends in .${PANEL_FORMATS.join(" or .")}.`);
  if (existsSync(file) && !force)
    throw new Error(`${file} exists; choose another --out, or overwrite it with --force.`);
  const temporary = `${file}.tmp`;
  let fd: number | null = null;
  try {
    fd = openSync(temporary, "w");
    const open = fd;
    const sink = (bytes: Uint8Array): void => {
      for (let done = 0; done < bytes.length; ) done += writeSync(open, bytes, done);
    };
    const writer = panelWriter(format, panel.columns, source, sink);
    const metrics = play({ ...asked, visit: panel.record(writer) });
    writer.finish();
    closeSync(fd);
    fd = null;
    if (format === "csv") writeFileSync(`${file}-metadata.json`, csvMetadata(basename(file), panel.columns, source));
    renameSync(temporary, file);
    return metrics;
  } catch (error) {
    if (fd !== null) closeSync(fd);
    rmSync(temporary, { force: true });
    throw (error as NodeJS.ErrnoException).code ? explain("write", file, error) : error;
  }
}
