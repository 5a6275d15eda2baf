/** The same entries by longer names, `prefix/name`: what one population or one part adds to what a run reports and saves. */
export const prefixed = <X>(prefix: string, entries: Readonly<Record<string, X>>): Record<string, X> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`${prefix}/${name}`, entry]));
