// What a declaration may not say: settings that do not exist, names whose order JavaScript would change, names of nothing.

import { list } from "../core/errors.ts";
import { readParam } from "../core/params.ts";
import {
  DISTANCE,
  type Expected,
  FLAG,
  FUNCTION,
  isRecord,
  LIST,
  oneOf,
  RECORD,
  refuseOther,
  refuseShape,
  SCALE,
  SIZE,
  TEXT,
} from "../core/shape.ts";
import type { Economy } from "./economy.ts";
import { phaseBuilder, withinAll } from "./phases/index.ts";
import type { Names } from "./phases/kind.ts";

const DEFINITION = {
  name: TEXT,
  source: TEXT,
  summary: TEXT,
  params: RECORD,
  derive: RECORD,
  horizon: SIZE,
  world: RECORD,
  populations: RECORD,
  links: RECORD,
  start: FUNCTION,
  phases: FUNCTION,
  observe: RECORD,
  reward: RECORD,
  mask: RECORD,
  potential: RECORD,
  counterfactual: RECORD,
  payoffs: RECORD,
  informationCost: RECORD,
  discountFactor: RECORD,
  end: FUNCTION,
  metrics: RECORD,
  identities: RECORD,
  truth: FUNCTION,
  truthDocs: RECORD,
  figures: LIST,
  stress: RECORD,
};
const OBSERVATION = {
  column: TEXT,
  of: oneOf("everyone"),
  world: TEXT,
  transform: oneOf("identity", "log"),
  center: SCALE,
  scale: SCALE,
  transient: FLAG,
  doc: TEXT,
};
const FIGURE = { title: TEXT, theory: TEXT, theoryLabel: TEXT, caption: TEXT };
const COLUMN_FIGURE = {
  ...FIGURE,
  population: TEXT,
  column: TEXT,
  statistic: oneOf("mean", "median"),
  law: FUNCTION,
  density: FUNCTION,
};
const METRIC_FIGURE = { ...FIGURE, metric: TEXT, path: FUNCTION };
const METRIC = { unit: TEXT, doc: TEXT, of: FUNCTION };
const IDENTITY = { doc: TEXT, tolerance: DISTANCE, after: oneOf("phase", "period"), of: FUNCTION };

/** What a value of this kind is made by. */
const made = (kinds: readonly string[], by: readonly string[], fields: readonly string[]): Expected => ({
  words: `what ${list(by)} returns`,
  holds: (value) =>
    isRecord(value) &&
    fields.every((field) => field in value) &&
    (kinds.length === 0 || kinds.includes(String(value["kind"]))),
});
const PARAM = made(
  ["number", "numbers", "choice", "flag", "text"],
  ["param", "numbers", "choice", "flag", "text"],
  ["value", "doc"],
);
const COLUMN = made(["f64", "i32", "u8"], ["f64()", "i32()", "u8()", "index(…)"], ["initial", "each"]);
const ACTION = made(["grid", "box", "discrete"], ["grid(…)", "box(…)", "discrete(…)"], ["unit", "each"]);
const POPULATION = made([], ["population({ … })"], ["size", "state", "actions"]);
const LINKS = made([], ["links(…)"], ["from", "to", "degree", "state"]);

/** Settings that do not exist and values of another kind, where the compiler has not looked. `param`, `box`, `decide` and their like have seen to their own. */
export function refuseMisspelt(definition: object): void {
  const given = definition as Readonly<Record<string, unknown>>;
  refuseOther("An economy's name", given["name"], TEXT);
  const where = `Economy "${given["name"]}"`;
  const required = ["source", "summary", "params", "horizon", "populations", "phases"];
  refuseShape(where, given, DEFINITION, required);
  /** Visits what a record holds, `path` telling where that is. */
  const entries = (path: string, record: unknown, visit: (path: string, value: unknown) => void): void => {
    if (record === undefined) return;
    refuseOther(`${where}: ${path}`, record, RECORD);
    for (const [name, value] of Object.entries(record as object)) visit(`${path}.${name}`, value);
  };
  const all = (key: string, expected: Expected): void =>
    entries(key, given[key], (path, value) => refuseOther(`${where}: ${path}`, value, expected));
  const each = (key: string, visit: (path: string, value: unknown) => void): void => entries(key, given[key], visit);
  const columns = (path: string, state: unknown): void =>
    entries(`${path}.state`, state, (path, column) => refuseOther(`${where}: ${path}`, column, COLUMN));

  all("params", PARAM);
  all("world", COLUMN);
  each("populations", (path, value) => {
    refuseOther(`${where}: ${path}`, value, POPULATION);
    const { size, state, actions } = value as { readonly [K in "size" | "state" | "actions"]: unknown };
    refuseOther(`${where}: the size of ${path}`, size, SIZE);
    columns(path, state);
    entries(`${path}.actions`, actions, (path, action) => refuseOther(`${where}: ${path}`, action, ACTION));
  });
  each("links", (path, value) => {
    refuseOther(`${where}: ${path}`, value, LINKS);
    columns(path, (value as { readonly state: unknown }).state);
  });
  for (const key of ["derive", "potential", "payoffs"]) all(key, FUNCTION);
  for (const key of ["informationCost", "discountFactor", "truthDocs"]) all(key, TEXT);
  each("observe", (path, observed) =>
    entries(path, observed, (path, declared) => refuseShape(`${where}: ${path}`, declared, OBSERVATION)),
  );
  each("reward", (path, declared) =>
    refuseShape(`${where}: ${path}`, declared, { column: TEXT, doc: TEXT }, ["column"]),
  );
  each("metrics", (path, declared) => refuseShape(`${where}: ${path}`, declared, METRIC, ["of"]));
  each("identities", (path, declared) => refuseShape(`${where}: ${path}`, declared, IDENTITY, ["of"]));
  for (const [index, declared] of ((given["figures"] ?? []) as readonly unknown[]).entries())
    if (isRecord(declared) && "metric" in declared)
      refuseShape(`${where}: figures[${index}]`, declared, METRIC_FIGURE, ["title", "metric"]);
    else refuseShape(`${where}: figures[${index}]`, declared, COLUMN_FIGURE, ["title", "population", "column"]);
  each("mask", (path, masks) =>
    entries(path, masks, (path, declared) =>
      refuseShape(`${where}: ${path}`, declared, { doc: TEXT, allows: FUNCTION }, ["allows"]),
    ),
  );
  each("counterfactual", (path, actions) =>
    entries(path, actions, (path, declared) =>
      refuseShape(`${where}: ${path}`, declared, { reward: TEXT, instead: RECORD }, ["reward", "instead"]),
    ),
  );
}

/** What `phases` and `start` return: an object of phases. */
export function refuseOtherPhases(where: string, phases: unknown): void {
  refuseOther(where, phases, RECORD);
  const known = Object.keys(phaseBuilder);
  for (const [name, phase] of Object.entries(phases as object)) {
    refuseOther(`${where}: phase "${name}"`, phase, made(known, known, []));
    if ("phases" in phase) refuseOtherPhases(`${where}: phase "${name}"`, phase.phases); // within it
  }
}

/** Defaults within their own ranges. */
function verifyDefaults({ name, params }: Pick<Economy, "name" | "params">): void {
  for (const [key, declared] of Object.entries(params)) {
    const where = `Economy "${name}": the default of params.${key}`;
    if ("min" in declared && !(declared.min <= declared.max))
      throw new Error(
        `Economy "${name}": params.${key} has min ${declared.min} and max ${declared.max}, expected min ≤ max.`,
      );
    if (declared.value === null) continue;
    const value = readParam(where, declared, declared.value);
    if (typeof value !== typeof declared.value)
      throw new Error(`${where} is the text "${declared.value}", expected a ${declared.kind} without quotes.`);
  }
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
        "phases" in phase ? [[`phase of ${name}`, phase.phases]] : [],
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
    for (const name of Object.keys(named)) {
      if (/^\d+$/.test(name))
        fail(`the ${what} "${name}" is named by a number, and JavaScript would move it before the others; use a word.`);
      if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) || name in Object.prototype)
        fail(
          `the ${what} "${name}" has a name that cannot be used; take letters, digits, _ and -, and no name that every object has.`,
        );
    }
  const reserved: readonly (readonly [what: string, names: readonly string[], taken: readonly string[]])[] = [
    ["world scalar", Object.keys(world), ["period"]],
    ["population", Object.keys(populations), ["period", "world"]],
    ["links", Object.keys(economy.links), ["period", "world"]],
    ...Object.entries(populations).map(
      ([name, { state, actions }]) => [`column of ${name}`, Object.keys({ ...state, ...actions }), ["size"]] as const,
    ),
  ];
  for (const [what, names, taken] of reserved)
    for (const name of names)
      if (taken.includes(name)) fail(`the ${what} "${name}" has a name that Walras uses itself there; take another.`);
  verifyDefaults(economy);

  const { parameter } = names;
  parameter("horizon", economy.horizon);
  for (const name of Object.keys(derive)) parameter(`derive`, name);
  for (const [name, { to, degree, state, mailbox }] of Object.entries(economy.links)) {
    parameter(`the degree of ${name}`, degree);
    if (mailbox) {
      parameter(`the mailbox of ${name}`, mailbox.holds);
      if (mailbox.lost !== "") names.single(`what counts ${name} that are lost`, to, mailbox.lost, ["f64"]);
      if (mailbox.flooder !== "") names.single(`who floods the mailbox of ${name}`, to, mailbox.flooder, ["i32"]);
    }
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
}
