// What a declaration may not say: settings that do not exist, names whose order JavaScript would change, names of nothing.
import type { Economy } from "./define.ts";
import { refuseUnknown } from "./errors.ts";
import { withinAll } from "./phases/index.ts";
import type { Names } from "./phases/kind.ts";

const KEYS = [
  "name",
  "source",
  "summary",
  "params",
  "derive",
  "horizon",
  "world",
  "populations",
  "links",
  "start",
  "phases",
  "observe",
  "reward",
  "mask",
  "potential",
  "unfilled",
  "payoffs",
  "informationCost",
  "discountFactor",
  "end",
  "metrics",
  "identities",
  "truth",
  "truthDocs",
  "figures",
] as const;

/** Keys of the definition and of the plain values in it; what `param`, `box`, `decide` and their like make has been looked at by them. */
export function refuseMisspelt(name: string, definition: object): void {
  const given = definition as Readonly<Record<string, unknown>>;
  const where = `Economy "${name}"`;
  refuseUnknown(where, given, KEYS);
  const entries = (key: string): [string, object][] =>
    Object.entries((given[key] ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, object] => typeof entry[1] === "object" && entry[1] !== null,
    );
  const observation = ["column", "of", "world", "transform", "center", "scale", "transient", "doc"];
  for (const [population, observed] of entries("observe"))
    for (const [feature, declared] of Object.entries(observed))
      refuseUnknown(`${where}: observe.${population}.${feature}`, declared as object, observation);
  for (const [population, declared] of entries("reward"))
    refuseUnknown(`${where}: reward.${population}`, declared, ["column", "doc"]);
  for (const [metric, declared] of entries("metrics"))
    refuseUnknown(`${where}: metrics.${metric}`, declared, ["unit", "doc", "of"]);
  for (const [identity, declared] of entries("identities"))
    refuseUnknown(`${where}: identities.${identity}`, declared, ["doc", "tolerance", "after", "of"]);
  const figure = ["title", "population", "column", "statistic", "theory", "theoryLabel", "law", "caption"];
  for (const [index, declared] of entries("figures")) refuseUnknown(`${where}: figures[${index}]`, declared, figure);
  for (const [population, masks] of entries("mask"))
    for (const [action, declared] of Object.entries(masks))
      refuseUnknown(`${where}: mask.${population}.${action}`, declared as object, ["doc", "allows"]);
  for (const [population, actions] of entries("unfilled"))
    for (const [action, declared] of Object.entries(actions))
      refuseUnknown(`${where}: unfilled.${population}.${action}`, declared as object, ["reward", "instead"]);
}

/** Names, and which of them must be there. */
export function verifyNames(economy: Economy, names: Names): void {
  const { fail } = names;
  const { world, populations, start, phases, observe, metrics, identities, derive } = economy;
  const ordered: Readonly<Record<string, object>> = {
    parameter: economy.params,
    "world scalar": world,
    population: populations,
    "start phase": start,
    phase: phases,
    ...Object.fromEntries(
      [...Object.entries(start), ...Object.entries(phases)].flatMap(([name, phase]) =>
        phase.kind === "repeat" ? [[`phase of ${name}`, phase.phases]] : [],
      ),
    ),
    metric: metrics,
    identity: identities,
    ...Object.fromEntries(
      Object.entries(populations).flatMap(([name, { state, actions }]) => [
        [`column of ${name}`, state],
        [`action of ${name}`, actions],
      ]),
    ),
    links: economy.links,
    ...Object.fromEntries(Object.entries(economy.links).map(([name, { state }]) => [`column of ${name}`, state])),
    ...Object.fromEntries(Object.entries(observe).map(([name, observed]) => [`observation of ${name}`, observed])),
  };
  for (const [what, named] of Object.entries(ordered))
    for (const name of Object.keys(named))
      if (/^\d+$/.test(name))
        fail(`the ${what} "${name}" is named by a number, and JavaScript would move it before the others; use a word.`);

  const { parameter } = names;
  parameter("horizon", economy.horizon);
  for (const name of Object.keys(derive)) parameter(`derive`, name);
  for (const [name, { degree, state }] of Object.entries(economy.links)) {
    parameter(`the degree of ${name}`, degree);
    for (const [column, { each }] of Object.entries(state))
      if (each !== null) parameter(`the number of items of ${name}.${column}`, each);
  }
  for (const [name, { each }] of Object.entries(world))
    if (each !== null) parameter(`the number of items of world.${name}`, each);
  for (const [name, { size, state, actions }] of Object.entries(populations)) {
    parameter(`the size of ${name}`, size);
    for (const [column, { each }] of [...Object.entries(state), ...Object.entries(actions)])
      if (each !== null) parameter(`the number of items of ${name}.${column}`, each);
    for (const [action, space] of Object.entries(actions)) {
      if (space.kind !== "discrete") {
        parameter(`the lower bound of ${name}.${action}`, space.low);
        parameter(`the upper bound of ${name}.${action}`, space.high);
      }
      if (space.kind !== "box") parameter(`the count of ${name}.${action}`, space.count);
      if (space.kind === "grid") parameter(`the spacing of ${name}.${action}`, space.spacing, ["linear", "log"]);
    }
  }

  for (const [name, phase] of [...withinAll(start), ...withinAll(phases)])
    if ("run" in phase && /^\[object (Async|Generator)/.test(Object.prototype.toString.call(phase.run)))
      fail(`phase "${name}" is an async function or a generator; a phase is over when it returns.`);

  const deciding = new Map<string, string>();
  for (const [name, phase] of Object.entries(phases)) {
    if (phase.kind !== "decide") continue;
    const before = deciding.get(phase.population);
    if (before !== undefined)
      fail(
        `${phase.population} decide in phase "${before}" and again in "${name}", which would overwrite the first choices. Let them decide once, with an action for each choice, or make the second decision another population's.`,
      );
    deciding.set(phase.population, name);
  }
}
