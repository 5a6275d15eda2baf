import { join, relative } from "node:path";
import { Command, Option } from "commander";
import type { Segments, Transform } from "../calibration/index.ts";
import { isDecided } from "../economy/decisions.ts";
import { closest, type Economy } from "../economy/index.ts";
import { createPool, moduleBeside, type Pool, TaskFailed } from "../engine/pool.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import {
  counterfactual,
  createPrior,
  type Draw,
  type PosteriorMethod,
  posteriorMethods,
  seriesSummaries,
  simulatedPosterior,
} from "../inference/index.ts";
import { mean, variance } from "../math/index.ts";
import {
  type CounterfactualContext,
  counterfactualDocument,
  counterfactualFindings,
  effectColumns,
  effectRows,
  posteriorColumns,
  posteriorRows,
  renderCounterfactual,
  type Statistic,
  statistics,
} from "../report/index.ts";
import { assets } from "../report/write.ts";
import { hashOf, type Json } from "../store/index.ts";
import type { CandidateWork } from "./calibrate-worker.ts";
import {
  type CommonOptions,
  collectSettings,
  duration,
  packageVersion,
  print,
  printJson,
  quoted,
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
  readonly policy: Overrides;
  readonly outcome?: string;
  readonly statistic: Statistic;
  readonly method: PosteriorMethod;
  readonly simulations: number;
  readonly draws: number;
  readonly worlds: number;
  readonly periods?: number;
  readonly threads: number;
  readonly out?: string;
}

/** Draws whose simulations are kept together. */
const PORTION = 16;

export const counterfactualVerb = (): Command =>
  withSeries(withSettings(new Command("counterfactual")))
    .description("what a policy would do, averaged over the parameters that a series of your own leaves possible")
    .argument("<economy>", "a name from `walras list`, or the path of a module")
    .requiredOption(
      "--policy <name=value>",
      "parameters of the economy as the policy sets them; repeatable",
      collectSettings,
    )
    .option("--outcome <name>", "the metric or world scalar that the policy is judged by; default: the series compared")
    .addOption(new Option("--statistic <which>", "of the outcome over periods").choices(statistics).default("mean"))
    .addOption(
      new Option("--method <name>", "how the posterior is found: ABC-SMC or a neural posterior")
        .choices(posteriorMethods)
        .default("abc"),
    )
    .option("--simulations <n>", "of one world each, for the posterior", whole(400, 1_000_000), 4000)
    .option("--draws <n>", "from the posterior, each simulated with and without the policy", whole(20, 100_000), 200)
    .option("--worlds <n>", "of each draw, with the same shocks with and without the policy", whole(1, 10_000), 4)
    .option("--periods <n>", "over which the policy is judged; default: as many as the data", whole(1, 1e7))
    .option("--seed <n>", "seed of everything random", whole(0, 100_000_000), 1)
    .option("--threads <n>", "simulations side by side; results do not depend on it", whole(1, 256), 1)
    .option(
      "--out <directory>",
      "where to write counterfactual.json and report.html; default runs/counterfactual-<name>-<hash>-s<seed>",
    )
    .option("--json", "print one JSON document")
    .action(async (name: string, given: Given) => {
      const started = performance.now();
      const question = await questionOf(name, given);
      const { economy, target, command } = question;
      const request = hashOf({
        command,
        data: [...question.data],
        sources: sourcesOf(target.module),
      } as unknown as Json);
      const unfinished = { kind: "counterfactual", economy: economy.name, request };
      const hash = hashOf(command as unknown as Json);
      const directory = given.out ?? freshDirectory("counterfactual", name, hash, given.seed, unfinished);
      const { store, signals, release } = takeUp(directory, unfinished);
      const kept = keptCandidates<readonly CandidateWork[]>(store);
      const pool: Pool<CandidateWork, readonly Segments[]> = createPool({
        entry: moduleBeside(import.meta.url, "calibrate-worker"),
        threads: given.threads,
        data: { module: target.module },
        watch: alsoWatch,
      });
      let simulations = 0;
      try {
        const result = await answer(question, given, simulator(pool, kept, signals.interrupted), (text, n) => {
          simulations = n;
          if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2Kcounterfactual ${name}: ${text}`);
        });
        const seconds = (performance.now() - started) / 1000;
        const context: CounterfactualContext = {
          ...question,
          name,
          data: given.data,
          values: question.x.length,
          statistic: given.statistic,
          method: given.method,
          worlds: given.worlds,
          seed: given.seed,
          seconds,
          version: packageVersion(),
        };
        const document = counterfactualDocument(result, context);
        store.put("report.html", new TextEncoder().encode(renderCounterfactual(result, context, assets())));
        writeDocument(store, unfinished.kind, document);
        kept.clear();
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
        if (given.json) return printJson({ run: directory, ...document });
        print(table(effectColumns, effectRows(result, context)));
        print(`\n${table(posteriorColumns, posteriorRows(result, context))}\n`);
        for (const finding of counterfactualFindings(result, context)) print(finding);
        const path = relative(".", directory) || directory;
        print(`\n${duration(seconds)}\nrun     ${path}\nreport  ${join(path, "report.html")}`);
      } catch (error) {
        if (error instanceof Interrupted) {
          const threads = given.threads > 1 ? ` --threads ${given.threads}` : "";
          say(
            `Interrupted after ${simulations} of ${given.simulations} simulations. Continue with: ${command}${threads} --out ${quoted(directory)}`,
          );
          process.exitCode = exitStatus(error.signal);
          return;
        }
        if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== undefined) throw error; // of the place, not of draws: it can go on
        store.delete(documentOf(unfinished.kind));
        kept.clear();
        throw error;
      } finally {
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
        signals.close();
        await pool.close();
        release();
      }
    });

type Question = Awaited<ReturnType<typeof questionOf>>;

/** What is asked of which economy, once everything given has been found sensible. */
async function questionOf(name: string, given: Given) {
  const { column, x } = readColumn(given);
  const target = await targetFor(name, given);
  const { economy, calibration } = target.experiment;
  const names = given.fit ?? Object.keys(calibration?.fit ?? {});
  if (names.length === 0)
    throw new Error(
      `${economy.name}: no experiment says which parameters are unknown. Name numeric ones with --fit, separated by commas.`,
    );
  const transform: Transform = given.transform ?? calibration?.transform ?? "none";
  const series = seriesOf(economy, given.series ?? calibration?.series, column);
  const outcome = given.outcome === undefined ? series : seriesOf(economy, given.outcome, column, "--outcome");
  const own = Object.entries(calibration?.fit ?? {})
    .filter(([parameter]) => names.includes(parameter))
    .map(([parameter, [low, high]]) => [parameter, { low, high }]);
  const options = {
    ...given,
    column,
    fit: names,
    series,
    transform,
    range: { ...Object.fromEntries(own), ...given.range },
  };
  const data = dataOf(x, options);
  const settings = given.set ?? {};
  const policy = policyOf(economy, given.policy, names);
  const usual = resolveRun(target.experiment, settings, given.seed);
  const changed = resolveRun(target.experiment, { ...settings, ...policy }, given.seed);
  const fit = names.map((parameter) => fitted(economy, parameter, usual.params, options));
  if (Object.keys(policy).every((parameter) => same(usual.params[parameter], changed.params[parameter])))
    throw new Error(`--policy ${wordsOf(policy)}: the economy is so already. Set something else.`);
  return {
    target,
    economy,
    column,
    x,
    data,
    series,
    transform,
    outcome,
    fit,
    settings,
    policy,
    burnIn: given.burnIn ?? calibration?.burnIn ?? 0,
    trainSteps: trainStepsOf(given, target),
    periods: given.periods ?? x.length,
    learns: isDecided(economy, usual.params),
    command: commandOf(name, { ...options, policy }),
  };
}

/** The posterior of what is fitted, and the effect of the policy under it; `onProgress` hears how many simulations the posterior has. */
async function answer(
  { x, data, series, transform, outcome, fit, settings, policy, burnIn, trainSteps, periods }: Question,
  { method, simulations, draws: drawn, seed, worlds, statistic }: Given,
  simulated: ReturnType<typeof simulator>,
  onProgress: (text: string, simulations: number) => void,
) {
  const requestOf = (draw: Draw, set: Overrides) => ({
    settings: { ...settings, ...Object.fromEntries(fit.map((p, k) => [p.name, draw.theta[k]!])), ...set },
    burnIn,
    seed: draw.seed,
    trainSteps,
    trainSeed: draw.seed,
  });
  const posterior = await simulatedPosterior({
    prior: createPrior(Object.fromEntries(fit.map(({ name, ...range }) => [name, { kind: "uniform", ...range }]))),
    method,
    observed: seriesSummaries([data]),
    simulations,
    draws: drawn,
    seed,
    onSimulated: (n) => onProgress(`${n} of ${simulations} simulations`, n),
    summaries: async (draws) => {
      const works = draws.map((draw) => ({
        request: { ...requestOf(draw, {}), series, worlds: 1, periods: x.length },
        transform,
      }));
      return (await simulated(works)).map((found) => (found instanceof Error ? found : seriesSummaries(found[0]!)));
    },
  });
  onProgress("with and without the policy", simulations);
  const effect = await counterfactual({
    sample: posterior.sample,
    worlds,
    seed,
    outcomes: async (draws, under) => {
      const works = draws.map((draw) => ({
        request: { ...requestOf(draw, under ? policy : {}), series: outcome, worlds, periods },
        transform: "none" as const,
      }));
      return (await simulated(works)).map((found) =>
        found instanceof Error ? found : Float64Array.from(found, (world) => judged(world, statistic)),
      );
    },
  });
  return { posterior, effect };
}

type Simulated = readonly Segments[] | Error;

/** Simulations of candidates, side by side. Portions are kept as they end, but for those in which something failed. */
function simulator(
  pool: Pool<CandidateWork, readonly Segments[]>,
  kept: ReturnType<typeof keptCandidates<readonly CandidateWork[]>>,
  interrupted: Promise<never>,
): (works: readonly CandidateWork[]) => Promise<readonly Simulated[]> {
  const one = async (work: CandidateWork): Promise<Simulated> => {
    try {
      return await pool.run(work);
    } catch (error) {
      if (error instanceof TaskFailed) return error;
      throw error;
    }
  };
  const portion = async (works: readonly CandidateWork[]): Promise<readonly Simulated[]> => {
    const done = kept.get(works);
    let at = 0;
    if (done !== null) return works.map(({ request: { worlds } }) => done.slice(at, (at += worlds)));
    const found = await Promise.all(works.map(one));
    const whole = found.flatMap((worlds) => (worlds instanceof Error ? [] : [worlds]));
    if (whole.length === found.length) kept.put(works, whole.flat());
    return found;
  };
  return async (works) => {
    const portions: Promise<readonly Simulated[]>[] = [];
    for (let i = 0; i < works.length; i += PORTION) portions.push(portion(works.slice(i, i + PORTION)));
    return (await Promise.race([Promise.all(portions), interrupted])).flat();
  };
}

/** Parameters of the economy alone, none of them fitted. */
function policyOf(economy: Economy, given: Overrides, fit: readonly string[]): Overrides {
  const known = Object.keys(economy.params);
  return Object.fromEntries(
    Object.entries(given).map(([path, value]) => {
      const name = path.replace(/^params\./, "");
      if (!known.includes(name))
        throw new Error(
          `--policy: ${economy.name} has no parameter "${name}".${closest(name, known)} It has ${known.join(", ")}.`,
        );
      if (fit.includes(name))
        throw new Error(`--policy ${name}: it is fitted to the data, too. Leave it out of --fit or of --policy.`);
      return [name, value];
    }),
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const wordsOf = (settings: Overrides): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

function judged(world: Segments, statistic: Statistic): number {
  const values = Float64Array.from(world.flatMap((segment) => [...segment]));
  if (statistic === "mean") return mean(values);
  return statistic === "sd" ? Math.sqrt(variance(values)) : values.at(-1)!;
}

/** The command that finds the same again. */
function commandOf(name: string, options: Given & Parameters<typeof seriesWords>[2]): string {
  const words = seriesWords("counterfactual", name, options);
  words.push("--policy", quoted(wordsOf(options.policy)));
  if (options.outcome !== undefined) words.push("--outcome", options.outcome);
  if (options.statistic !== "mean") words.push("--statistic", options.statistic);
  if (options.method !== "abc") words.push("--method", options.method);
  words.push("--simulations", String(options.simulations), "--draws", String(options.draws));
  words.push("--worlds", String(options.worlds));
  if (options.periods !== undefined) words.push("--periods", String(options.periods));
  if (options.burnIn !== undefined) words.push("--burn-in", String(options.burnIn));
  if (options.experiment !== undefined) words.push("--experiment", quoted(options.experiment));
  if (options.trainSteps !== undefined) words.push("--train-steps", String(options.trainSteps));
  return words.join(" ");
}
