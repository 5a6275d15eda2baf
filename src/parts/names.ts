// Names of what a part declares for each of several goods, sectors or markets: `farmPrice`, `millPrice`.

/** `price` of `farm` is farmPrice. */
export type Of<G extends string, Q extends string> = `${G}${Capitalize<Q>}`;
/** One declaration for each. */
export type ForEach<G extends string, Q extends string, C> = { readonly [K in G as Of<K, Q>]: C };

export const of = <G extends string, Q extends string>(name: G, quantity: Q): Of<G, Q> =>
  `${name}${quantity[0]!.toUpperCase()}${quantity.slice(1)}` as Of<G, Q>;

export const forEach = <G extends string, Q extends string, C>(
  names: readonly G[],
  quantity: Q,
  declared: (name: G) => C,
): ForEach<G, Q, C> =>
  Object.fromEntries(names.map((name) => [of(name, quantity), declared(name)])) as ForEach<G, Q, C>;

/** Names of at least one, each once. */
export function distinct<G extends string>(part: string, what: string, names: readonly G[]): readonly G[] {
  if (names.length === 0) throw new Error(`${part}([]): it has no ${what}; name at least one.`);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined)
    throw new Error(`${part}([${names.join(", ")}]): "${twice}" is there twice; name each once.`);
  return names;
}
