import { Command } from "commander";
import { describeEconomy, list, type ParamValue, rangeOf, withinAll } from "../economy/index.ts";
import { type Experiment, resolveRun } from "../experiment/experiment.ts";
import { findTarget } from "./catalog.ts";
import { type CommonOptions, print, printJson } from "./common.ts";

export const describeVerb = (): Command =>
  new Command("describe")
    .description(
      "an economy's rules, precisely enough to implement them again; of an experiment, also every setting of its learner",
    )
    .argument("<economy or experiment>", "a name from `walras list`, or the path of a module")
    .option("--json", "print one JSON document")
    .action(async (name: string, { json }: CommonOptions) => {
      const { experiment } = await findTarget(name, { bare: true });
      const { economy } = experiment;
      if (!json) return print([describeEconomy(economy), describeSettings(experiment)].filter(Boolean).join("\n"));
      const documented = (phases: typeof economy.phases) =>
        withinAll(phases).map(([phase, declared]) => ({
          phase,
          ...Object.fromEntries(
            Object.entries(declared).filter(([, value]) => typeof value === "string" || typeof value === "number"),
          ),
        }));
      printJson({
        economy: economy.name,
        source: economy.source,
        summary: economy.summary,
        params: economy.params,
        horizon: economy.horizon,
        world: economy.world,
        populations: economy.populations,
        links: economy.links,
        start: documented(economy.start),
        phases: documented(economy.phases),
        observe: economy.observe,
        reward: economy.reward,
        mask: economy.mask,
        identities: Object.fromEntries(
          Object.entries(economy.identities).map(([key, { doc, tolerance, after }]) => [
            key,
            { doc, tolerance, after },
          ]),
        ),
        metrics: Object.fromEntries(
          Object.entries(economy.metrics).map(([key, { doc, unit }]) => [key, { doc, unit }]),
        ),
        truth: economy.truthDocs,
        experiment: experiment.algorithm && {
          name: experiment.name,
          summary: experiment.summary,
          algorithm: experiment.algorithm.name,
          settings: settings(experiment),
        },
      });
    });

/** What `--set` takes beside parameters, with the experiment's values. */
function settings(experiment: Experiment) {
  const { config, numEnvs, totalSteps } = resolveRun(experiment, {}, 1);
  const declared = Object.entries(experiment.algorithm?.config ?? {}).map(([name, { doc, unit, ...param }]) => ({
    path: `config.${name}`,
    value: config[name] as ParamValue,
    unit,
    range:
      param.kind === "number"
        ? rangeOf({ ...param, doc, unit })
        : param.kind === "choice"
          ? list(param.choices)
          : param.kind,
    doc,
  }));
  const whole = { unit: "1", range: "an integer at least 1" };
  return [
    ...declared,
    { path: "numEnvs", value: numEnvs, ...whole, doc: "worlds side by side" },
    { path: "totalSteps", value: totalSteps, ...whole, doc: "world-periods, over all worlds" },
  ];
}

function describeSettings(experiment: Experiment): string {
  if (!experiment.algorithm) return "";
  const differing =
    resolveRun(experiment, {}, 1).config["populations"] === undefined ? "" : " Some differ by population.";
  const rows = settings(experiment).map(
    ({ path, value, range, doc }) =>
      `| ${[path, [value].flat().join(", "), range, doc].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
  );
  return `## Settings of ${experiment.name}

${experiment.summary} Trained by ${experiment.algorithm.name}.${differing} Change one by \`--set path=value\`.

| setting | value | range | meaning |
|---|---|---|---|
${rows.join("\n")}
`;
}
