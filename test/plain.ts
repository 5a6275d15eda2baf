// Networks and densities by plain loops in double precision: what formulas of losses are recomputed with, apart from the tracer and its operations.
type Values = Readonly<Record<string, ArrayLike<number>>>;

/** A multilayer perceptron `name/0`, `name/1`, … of one row x; the last layer is linear. */
export function plainMlp(values: Values, name: string, x: readonly number[], activation: "tanh" | "relu"): number[] {
  let h = [...x];
  for (let layer = 0; values[`${name}/${layer}/weight`]; layer++) {
    const weight = values[`${name}/${layer}/weight`]!;
    const bias = values[`${name}/${layer}/bias`]!;
    const last = !values[`${name}/${layer + 1}/weight`];
    const input = h;
    h = Array.from(bias, (b, k) => {
      const sum = input.reduce((total, value, j) => total + value * weight[j * bias.length + k]!, b);
      return last ? sum : activation === "tanh" ? Math.tanh(sum) : Math.max(0, sum);
    });
  }
  return h;
}

/** A gated recurrent unit: h′ = (1 − z) n + z h, gates in the order z, r, n. */
export function plainGru(values: Values, name: string, x: readonly number[], h: readonly number[]): number[] {
  const H = h.length;
  const gates = (side: string, of: readonly number[]) =>
    Array.from(values[`${name}/${side}/bias`]!, (b, k) =>
      of.reduce((sum, value, j) => sum + value * values[`${name}/${side}/weight`]![j * 3 * H + k]!, b),
    );
  const [input, hidden] = [gates("input", x), gates("hidden", h)];
  const sigmoid = (u: number) => 1 / (1 + Math.exp(-u));
  return h.map((before, k) => {
    const z = sigmoid(input[k]! + hidden[k]!);
    const r = sigmoid(input[H + k]! + hidden[H + k]!);
    const n = Math.tanh(input[2 * H + k]! + r * hidden[2 * H + k]!);
    return (1 - z) * n + z * before;
  });
}

/** Softmax of logits. */
export function plainSoftmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** ln of the density of a normal at x. */
export const plainLogNormal = (x: number, mean: number, deviation: number): number =>
  -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
