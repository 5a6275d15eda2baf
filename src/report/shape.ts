// Whether JSON from a file has the shape that the code counts on: files may be anybody's.

/** What a value must be; of an object, each of its fields. Fields that no shape names are left out. */
export type Shape = ((value: unknown, where: string) => unknown) | { readonly [field: string]: Shape };

/** The value, of that shape; an error that names the place where it has another. */
export function shaped(value: unknown, shape: Shape, where: string): unknown {
  if (typeof shape === "function") return shape(value, where);
  const object = fields(value, where);
  return Object.fromEntries(
    Object.entries(shape).flatMap(([name, inner]) => {
      const checked = shaped(Object.hasOwn(object, name) ? object[name] : undefined, inner, `${where}.${name}`);
      return checked === undefined ? [] : [[name, checked] as const];
    }),
  );
}

export const text: Shape = (value, where) => (typeof value === "string" ? value : refuse(value, where, "text"));

export const number: Shape = (value, where) => (typeof value === "number" ? value : refuse(value, where, "a number"));

export const nullable =
  (shape: Shape): Shape =>
  (value, where) =>
    value === null ? null : shaped(value, shape, where);

export const optional =
  (shape: Shape): Shape =>
  (value, where) =>
    value === undefined ? undefined : shaped(value, shape, where);

export const oneOf =
  (...words: readonly string[]): Shape =>
  (value, where) =>
    words.includes(value as string) ? value : refuse(value, where, words.join(" or "));

export const listOf =
  (shape: Shape): Shape =>
  (value, where) =>
    Array.isArray(value)
      ? value.map((inner, i) => shaped(inner, shape, `${where}[${i}]`))
      : refuse(value, where, "a list");

export const record =
  (shape: Shape): Shape =>
  (value, where) =>
    Object.fromEntries(
      Object.entries(fields(value, where)).map(([name, inner]) => [name, shaped(inner, shape, `${where}.${name}`)]),
    );

function fields(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(value, where, "an object");
  return value as Readonly<Record<string, unknown>>;
}

function refuse(value: unknown, where: string, expected: string): never {
  const got = value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
  throw new Error(`${where}: got ${got.length > 60 ? `${got.slice(0, 59)}…` : got}, expected ${expected}.`);
}
