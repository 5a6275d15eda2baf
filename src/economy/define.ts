// defineEconomy: an economy as a value. TypeScript infers the world from the declared columns, parameters and populations, so a misspelt
// name is a compile error; everything the machinery needs is here, and nothing here knows how it will be run.

import { list, suggest } from "../core/errors.ts";
import type { ParamDeclarations } from "../core/params.ts";
import type { Columns } from "./columns.ts";
import { decisionsOf, verifyDecisions } from "./decisions.ts";
import { refuseMisspelt, refuseOtherPhases, verifyNames } from "./declared.ts";
import type { Economy, EconomyDefinition, TypedEconomy } from "./economy.ts";
import { kindOf, type PhaseBuilder, phaseBuilder } from "./phases/index.ts";
import type { Names } from "./phases/kind.ts";
import type { Populations } from "./population.ts";
import type { AnyObservation, LinkDeclarations } from "./structure.ts";
import type { Truth } from "./truth.ts";

/**
 * Declares an economy. Names are checked by the compiler where types can see them, and here where they cannot; an error names the economy,
 * the offender and what was expected.
 */
export function defineEconomy<
  const P extends ParamDeclarations,
  const G extends Populations<keyof P & string>,
  T extends Truth = Record<never, never>,
  const W extends Columns<keyof P & string> = Record<never, never>,
  const L extends LinkDeclarations<keyof P & string> = Record<never, never>,
>(definition: EconomyDefinition<P, W, G, T, L>): TypedEconomy<P, W, G & L, T> {
  refuseMisspelt(definition);
  const { start, phases, ...rest } = definition;
  const build = phaseBuilder as unknown as PhaseBuilder<P, W, G & L>;
  const economy: Economy = {
    derive: {},
    world: {},
    links: {},
    observe: {},
    reward: {},
    mask: {},
    potential: {},
    counterfactual: {},
    payoffs: {},
    informationCost: {},
    discountFactor: {},
    end: null,
    metrics: {},
    identities: {},
    truth: null,
    truthDocs: {},
    figures: [],
    stress: null,
    ...(rest as unknown as Partial<Economy> &
      Pick<Economy, "name" | "source" | "summary" | "params" | "horizon" | "populations">),
    start: start?.(build) ?? {},
    phases: phases(build),
  };
  refuseOtherPhases(`Economy "${economy.name}": what phases returns`, economy.phases);
  refuseOtherPhases(`Economy "${economy.name}": what start returns`, economy.start);
  verify(economy);
  return economy as TypedEconomy<P, W, G & L, T>;
}

function verify(economy: Economy): void {
  const fail = (what: string): never => {
    throw new Error(`Economy "${economy.name}": ${what}`);
  };
  if (!/^[a-z][a-z0-9-]*$/.test(economy.name)) fail(`the name must be lower-case words joined by hyphens.`);
  const populations = Object.keys(economy.populations);
  if (populations.length === 0) fail("it has no population.");
  const linked = Object.keys(economy.links);
  for (const name of populations) {
    if (Object.hasOwn(economy.world, name)) fail(`"${name}" is both a population and a world scalar.`);
    if (linked.includes(name)) fail(`"${name}" is both a population and links.`);
  }
  const known = (where: string, name: string, names: readonly string[]): void => {
    if (!names.includes(name)) fail(`${where} names "${name}".${suggest(name, names)}`);
  };
  for (const [name, { from, to, state }] of Object.entries(economy.links)) {
    if (Object.hasOwn(economy.world, name)) fail(`"${name}" is both links and a world scalar.`);
    known(`where links "${name}" come from`, from, populations);
    known(`where links "${name}" lead to`, to, populations);
    for (const column of ["source", "target", "start", "size"])
      if (Object.hasOwn(state, column))
        fail(`links "${name}" declare a column "${column}", which every kind of link has.`);
    for (const [column, { names }] of Object.entries(state))
      if (names !== null) known(`index column ${name}.${column}`, names, populations);
  }
  const columnsOf = (table: string): string[] => {
    if (linked.includes(table)) return ["source", "target", ...Object.keys(economy.links[table]!.state)];
    const { state, actions } = economy.populations[table]!;
    return [...Object.keys(state), ...Object.keys(actions)];
  };
  const scalars = Object.keys(economy.world);
  const names: Names = {
    population: (where, name) => known(where, name, populations),
    mortal: (population) => economy.populations[population]!.lives !== null,
    table: (where, name) => known(where, name, [...populations, ...linked]),
    links(where, name) {
      known(where, name, linked);
      return economy.links[name]!;
    },
    column(where, population, name) {
      known(where, name, columnsOf(population));
      const links = economy.links[population];
      if (links)
        return links.state[name] ?? { kind: "i32", each: null, names: name === "source" ? links.from : links.to };
      const { state, actions } = economy.populations[population]!;
      const action = actions[name];
      if (!action || state[name]) return state[name]!;
      return { kind: action.kind === "discrete" ? "i32" : "f64", each: action.each, names: null };
    },
    single(where, population, name, kinds) {
      if (names.column(where, population, name).each !== null)
        fail(`${where} is ${population}.${name}, which has several items; expected a column of single values.`);
      const { state } = economy.links[population] ?? economy.populations[population]!;
      const kind = economy.links[population] && !state[name] ? "i32" : state[name]?.kind; // source and target
      if (kinds && !(kind && kinds.includes(kind)))
        fail(`${where} is ${population}.${name}, ${kind ?? "an action"}; expected a column of kind ${list(kinds)}.`);
    },
    scalar(where, name) {
      known(where, name, scalars);
      return economy.world[name]!;
    },
    parameter: (where, given, others = []) => {
      if (typeof given === "string") known(where, given, [...others, ...Object.keys(economy.params)]);
    },
    choice(where, parameter, value) {
      known(`what ${where} varies by`, parameter, Object.keys(economy.params));
      const declared = economy.params[parameter]!;
      if (declared.kind !== "choice" && declared.kind !== "flag")
        fail(`${where} varies by ${parameter}, a parameter of kind ${declared.kind}; expected a choice or a flag.`);
      known(where, value, declared.kind === "choice" ? declared.choices : ["true", "false"]);
    },
    fail,
  };
  for (const [name, phase] of [...Object.entries(economy.start), ...Object.entries(economy.phases)])
    kindOf(phase).verify(name, phase, names);
  for (const [name, phase] of Object.entries(economy.start))
    if (phase.kind === "decide") fail(`start phase "${name}" is a decision; decisions belong to phases.`);
    else if (phase.kind === "events") fail(`start phase "${name}" has events; time begins with the first period.`);
  for (const [population, { state, actions }] of Object.entries(economy.populations)) {
    for (const [name, column] of Object.entries(state))
      if (column.names !== null) known(`index column ${population}.${name}`, column.names, populations);
    for (const [name, action] of Object.entries(actions))
      if (state[name] && state[name].each !== action.each)
        fail(`${population}.${name} is a column and an action with different items (\`each\`); expected the same.`);
  }
  for (const figure of economy.figures) {
    const where = `figure "${figure.title}"`;
    if ("metric" in figure) {
      known(where, figure.metric, Object.keys(economy.metrics));
      continue;
    }
    const { population, column, law, density } = figure;
    known(where, population, populations);
    names.single(where, population, column);
    if (law && density) fail(`${where} has a law of whole numbers and a density of reals; expected one of them.`);
  }
  if (economy.stress) {
    const { shocks, loss, fails, carries } = economy.stress;
    for (const name of Object.keys(shocks)) known("stress.shocks", name, Object.keys(economy.params));
    known("stress.loss", loss, Object.keys(economy.metrics));
    for (const column of fails ? [fails.column, fails.order ?? fails.column] : [])
      names.single("stress.fails", fails!.population, column);
    if (carries) {
      known("stress.carries", carries.links, linked);
      names.single("stress.carries", carries.links, carries.column);
    }
  }
  const verifyObservations = (
    path: string,
    population: string,
    observed: Readonly<Record<string, AnyObservation>>,
  ): void => {
    for (const [name, { column, world }] of Object.entries(observed)) {
      const where = `${path}.${name}`;
      if (column !== undefined) known(where, column, columnsOf(population));
      else if (world !== undefined) known(where, world, scalars);
      else fail(`${where} has neither a column nor a world scalar.`);
      const { event } = column !== undefined ? names.column(where, population, column) : economy.world[world!]!;
      if (event) fail(`${where} is the time of an event, which may be Infinity; observe a column made from it.`);
      if (column !== undefined && world !== undefined)
        fail(`${where} has both a column and a world scalar; expected one of them.`);
    }
  };
  for (const [population, observed] of Object.entries(economy.observe)) {
    known("observe", population, populations);
    verifyObservations(`observe.${population}`, population, observed);
  }
  verifyDecisions(economy, fail);
  for (const { key, phase, event, population, observe } of decisionsOf(economy)) {
    const where = event === null ? `phase "${phase}"` : `event "${event}"`;
    verifyObservations(`observe of ${where}`, population, observe);
    const cost = economy.informationCost[population];
    if (cost !== undefined && !Object.hasOwn(observe, cost) && Object.hasOwn(economy.observe[population] ?? {}, cost))
      fail(
        `informationCost.${population} is observed as ${cost}, which decision "${key}" does not see; add it to what ${where} observes.`,
      );
  }
  for (const [population, { state, lives }] of Object.entries(economy.populations)) {
    if (lives === null) continue;
    known(`what ${population} live by`, lives, Object.keys(state));
    names.single(`what ${population} live by`, population, lives, ["u8"]);
  }
  for (const [population, { column }] of Object.entries(economy.reward)) {
    known("reward", population, populations);
    names.single(`reward.${population}`, population, column);
  }
  for (const [population, masks] of Object.entries(economy.mask)) {
    known("mask", population, populations);
    const { actions } = economy.populations[population]!;
    for (const action of Object.keys(masks)) {
      known(`mask.${population}`, action, Object.keys(actions));
      if (actions[action]!.kind === "box") fail(`mask.${population}.${action}: a box has no choices to leave out.`);
    }
  }
  for (const population of Object.keys(economy.potential)) known("potential", population, populations);
  for (const [population, actions] of Object.entries(economy.counterfactual)) {
    known("counterfactual", population, populations);
    for (const [action, { reward, instead }] of Object.entries(actions)) {
      known(`counterfactual.${population}`, action, Object.keys(economy.populations[population]!.actions));
      for (const column of [reward, ...Object.keys(instead), ...Object.values(instead)])
        names.single(`counterfactual.${population}.${action}`, population, column);
      names.single(`counterfactual.${population}.${action}`, population, action);
    }
  }
  for (const population of Object.keys(economy.payoffs)) {
    known("payoffs", population, populations);
    if (!economy.reward[population]) fail(`payoffs.${population} are of a population without reward.`);
    for (const [action, { kind }] of Object.entries(economy.populations[population]!.actions))
      if (kind === "box")
        fail(`payoffs.${population}: the action "${action}" is a box; payoffs are of grids and codes.`);
    for (const decision of decisionsOf(economy))
      if (decision.population === population && (decision.every !== 1 || decision.event !== null))
        fail(`payoffs.${population}: ${population} must decide in every period.`);
  }
  for (const [population, feature] of Object.entries(economy.informationCost)) {
    known("informationCost", population, populations);
    const observed = economy.observe[population] ?? {};
    known(`informationCost.${population}`, feature, Object.keys(observed));
    const { column, of, transform = "identity" } = observed[feature]!;
    if (column !== undefined) names.single(`informationCost.${population}`, population, column);
    if (column === undefined || of !== undefined || transform !== "identity")
      fail(`informationCost.${population} must be observed as a column of the agent's own, not of its logarithm.`);
  }
  verifyNames(economy, names);
  for (const [population, name] of Object.entries(economy.discountFactor)) {
    known("discountFactor", population, populations);
    known(`discountFactor.${population}`, name, Object.keys(economy.params));
    const declared = economy.params[name]!;
    if (declared.kind !== "number" || declared.min < 0 || declared.max > 1)
      fail(`discountFactor.${population}: ${name} must be a number within 0 and 1; declare its min and max.`);
  }
  for (const name of Object.keys(economy.params)) {
    const declared = economy.params[name]!;
    if (declared.value === null && !economy.derive[name])
      fail(`parameter "${name}" is derived but derive.${name} is missing.`);
  }
}
