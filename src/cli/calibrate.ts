import { join, relative } from "node:path";
import { Command, Option } from "commander";
import {
  type Calibration,
  type Candidate,
  type Comparison,
  calibrate,
  comparisons,
  type DistanceName,
  distanceNames,
  type Evaluation,
  type Segments,
} from "../calibration/index.ts";
import { isDecided } from "../economy/decisions.ts";
import { createPool, moduleBeside, TaskFailed } from "../engine/pool.ts";
import { resolveRun } from "../experiment/experiment.ts";
import { LEAST_RETURNS } from "../metrics/index.ts";
import { bayesianOptimisation } from "../optimise/bayesian-optimisation.ts";
import { cmaEs } from "../optimise/cma-es.ts";
import {
  type CalibrationContext,
  calibrationDocument,
  factColumns,
  factRows,
  findingsOf,
  momentRows,
  parameterColumns,
  parameterRows,
  renderCalibration,
} from "../report/index.ts";
import { assets } from "../report/write.ts";
import { hashOf, type Json } from "../store/index.ts";
import type { CandidateWork } from "./calibrate-worker.ts";
import type { Target } from "./catalog.ts";
import {
  type CommonOptions,
  duration,
  packageVersion,
  print,
  printJson,
  quoted,
  shown,
  table,
  whole,
  withSettings,
} from "./common.ts";
import { keptCandidates } from "./kept-candidates.ts";
import {
  dataOf,
  fitted,
  readColumn,
  type SeriesOptions,
  seriesOf,
  seriesWords,
  targetFor,
  trainStepsOf,
  withSeries,
} from "./series-data.ts";
import { sourcesOf } from "./sources.ts";
import { exitStatus, say } from "./terminal.ts";
import { documentOf, freshDirectory, Interrupted, takeUp, writeDocument } from "./unfinished.ts";
import { alsoWatch } from "./watchdog.ts";

interface Given extends CommonOptions, SeriesOptions {
  readonly compare?: Comparison;
  readonly distance?: DistanceName;
  readonly optimiser: "bayesian-optimisation" | "cma-es";
  readonly steps?: number;
  readonly worlds: number;
  readonly threads: number;
  readonly out?: string;
}

/** Options with those that were left out: the experiment's, if it says how to calibrate, or usual ones. */
type CalibrateVerbOptions = Given &
  Required<Pick<Given, "column" | "fit" | "series" | "transform" | "compare" | "distance" | "burnIn">>;

export const calibrateVerb = (): Command =>
  withSeries(withSettings(new Command("calibrate")))
    .description("fit an economy's parameters to a series of your own, and say which the series identifies")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .addOption(new Option("--distance <name>", "what is made small; default energy").choices(distanceNames))
    .addOption(
      new Option("--compare <what>", "distributions of levels, of changes between periods, or both (default)").choices(
        comparisons,
      ),
    )
    .addOption(
      new Option("--optimiser <name>", "how parameters are searched")
        .choices(["bayesian-optimisation", "cma-es"])
        .default("bayesian-optimisation"),
    )
    .option("--steps <n>", "candidates to simulate; default 40, or 200 with cma-es, per parameter", whole(10, 100_000))
    .option("--worlds <n>", "worlds simulated per candidate, each as long as the data", whole(1, 10_000), 20)
    .option("--seed <n>", "seed of everything random", whole(0), 1)
    .option("--threads <n>", "candidates simulated side by side; results do not depend on it", whole(1, 256), 1)
    .option(
      "--out <directory>",
      "where to write calibration.json and report.html; default runs/calibrate-<name>-<hash>-s<seed>",
    )
    .option("--json", "print one JSON document")
    .action(async (name: string, given: Given) => {
      const started = performance.now();
      const { column, x } = readColumn(given);
      const target = await targetFor(name, given);
      const { economy } = target.experiment;
      const options = completed(given, target, column);
      const data = dataOf(x, options);
      const { series } = options;
      const settings = options.set ?? {};
      const usual = resolveRun(target.experiment, settings, options.seed);
      const fit = options.fit.map((parameter) => fitted(economy, parameter, usual.params, options));
      const steps = options.steps ?? (options.optimiser === "cma-es" ? 200 : 40) * fit.length;
      const trainSteps = trainStepsOf(options, target);
      const asked = { ...options, name, series, steps, trainSteps, threads: 0, out: "", json: false };
      const request = hashOf({ ...asked, data: [...data], sources: sourcesOf(target.module) } as unknown as Json);
      const unfinished = { kind: "calibration", economy: economy.name, request };
      const directory =
        options.out ?? freshDirectory("calibrate", name, hashOf(asked as unknown as Json), options.seed, unfinished);
      const { store, signals, release } = takeUp(directory, unfinished);
      const kept = keptCandidates<CandidateWork>(store);
      const write = (document: object): void => writeDocument(store, unfinished.kind, document);

      const work = (candidate: Candidate): CandidateWork => ({
        request: {
          settings: { ...settings, ...candidate.params },
          series,
          worlds: candidate.worlds,
          periods: data.length + (options.transform === "none" ? 0 : 1),
          burnIn: options.burnIn,
          seed: candidate.seed,
          trainSteps,
          trainSeed: candidate.trainSeed,
        },
        transform: options.transform,
      });
      // Also a single one is simulated on a thread of its own, so that this one hears signals meanwhile.
      const pool = createPool<CandidateWork, readonly Segments[]>({
        entry: moduleBeside(import.meta.url, "calibrate-worker"),
        threads: options.threads,
        data: { module: target.module },
        watch: alsoWatch,
      });
      const one = async (candidate: CandidateWork): Promise<readonly Segments[] | Error> => {
        const done = kept.get(candidate);
        if (done !== null) return done;
        try {
          const series = await pool.run(candidate);
          kept.put(candidate, series);
          return series;
        } catch (error) {
          if (error instanceof TaskFailed) return error;
          throw error;
        }
      };
      const simulate = (all: readonly CandidateWork[]): Promise<(readonly Segments[] | Error)[]> =>
        Promise.race([Promise.all(all.map(one)), signals.interrupted]);
      let evaluations: readonly Evaluation[] = [];
      let result: Calibration;
      try {
        result = await calibrate({
          data,
          fit,
          distance: options.distance,
          compare: options.compare,
          optimiser: options.optimiser === "cma-es" ? cmaEs : bayesianOptimisation,
          steps,
          worlds: options.worlds,
          replicas: 100,
          seed: options.seed,
          returns: options.transform === "log-changes" && data.length >= LEAST_RETURNS,
          simulate: (candidates) => simulate(candidates.map(work)),
          onEvaluation(all) {
            evaluations = all;
            if (process.stderr.isTTY)
              process.stderr.write(
                `\r\x1b[2Kcalibrate ${name}: ${all.length} of ${steps} candidates, distance ${shown(least(all))}`,
              );
          },
        });
      } catch (error) {
        if (error instanceof Interrupted) {
          const threads = options.threads > 1 ? ` --threads ${options.threads}` : "";
          say(
            `Interrupted after ${evaluations.length} of ${steps} candidates. Continue with: ${commandOf(name, options)}${threads} --out ${quoted(directory)}`,
          );
          process.exitCode = exitStatus(error.signal);
          return;
        }
        const { message, cause } = error as Error;
        if ((cause as NodeJS.ErrnoException | undefined)?.code !== undefined) throw error; // of the place, not of candidates: it can go on
        if (evaluations.length === 0) {
          store.delete(documentOf(unfinished.kind));
          throw error;
        }
        write({ economy: economy.name, status: "failed", error: message, evaluations });
        kept.clear();
        throw new Error(
          `${message} What was simulated until then is in ${join(directory, documentOf(unfinished.kind))}.`,
        );
      } finally {
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
        signals.close();
        await pool.close();
        release();
      }
      const seconds = (performance.now() - started) / 1000;
      const context = {
        economy,
        options,
        name,
        series,
        data,
        fit,
        steps,
        trainSteps,
        seconds,
        learns: isDecided(economy, usual.params),
        command: commandOf(name, options),
        version: packageVersion(),
      };
      const document = calibrationDocument(result, context);
      store.put("report.html", new TextEncoder().encode(renderCalibration(result, context, assets())));
      write(document);
      kept.clear();
      const report = join(directory, "report.html");
      if (options.json) return printJson({ run: directory, ...document });
      printResult(result, context);
      print(`\n${duration(seconds)}\nrun     ${relative(".", directory) || directory}\nreport  ${report}`);
    });

/** What was not given as the experiment's calibration says, or as usual. */
function completed(given: Given, { experiment }: Target, column: string): CalibrateVerbOptions {
  const { economy, calibration } = experiment;
  const fit = given.fit ?? (calibration ? Object.keys(calibration.fit) : undefined);
  if (fit === undefined)
    throw new Error(
      `${economy.name}: no experiment says what of it to fit. Name numeric parameters with --fit, separated by commas.`,
    );
  const searched = Object.entries(calibration?.fit ?? {})
    .filter(([name]) => fit.includes(name))
    .map(([name, [low, high]]) => [name, { low, high }]);
  return {
    transform: calibration?.transform ?? "none",
    distance: calibration?.distance ?? "energy",
    compare: calibration?.compare ?? "both",
    burnIn: calibration?.burnIn ?? 0,
    ...given,
    column,
    fit,
    range: { ...Object.fromEntries(searched), ...given.range },
    series: seriesOf(economy, given.series ?? calibration?.series, column),
  };
}

const least = (evaluations: readonly Evaluation[]): number =>
  Math.min(...evaluations.filter(({ error }) => error === null).map(({ distance }) => distance));

/** The command that makes the same calibration again. */
function commandOf(name: string, options: CalibrateVerbOptions): string {
  const words = seriesWords("calibrate", name, options);
  if (options.distance !== "energy") words.push("--distance", options.distance);
  if (options.compare !== "both") words.push("--compare", options.compare);
  if (options.optimiser !== "bayesian-optimisation") words.push("--optimiser", options.optimiser);
  if (options.steps !== undefined) words.push("--steps", String(options.steps));
  if (options.worlds !== 20) words.push("--worlds", String(options.worlds));
  if (options.burnIn !== 0) words.push("--burn-in", String(options.burnIn));
  if (options.experiment !== undefined) words.push("--experiment", quoted(options.experiment));
  if (options.trainSteps !== undefined) words.push("--train-steps", String(options.trainSteps));
  return words.join(" ");
}

function printResult(result: Calibration, context: CalibrationContext): void {
  print(table(parameterColumns, parameterRows(result, context)));
  print(
    `\n${table(
      ["moment", "data", "at best", "at defaults"],
      momentRows(result.features).map((row) =>
        row.map((cell) => (typeof cell === "number" ? shown(cell) : (cell ?? "–"))),
      ),
    )}\n`,
  );
  if (result.facts) print(`${table(factColumns, factRows(result.facts))}\n`);
  for (const finding of findingsOf(result, context)) print(finding);
}
