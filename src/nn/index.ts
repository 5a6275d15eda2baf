// Traced graphs with reverse-mode gradients, layers, Adam; lowered to the WebAssembly kernels.
export { type Adam, type AdamOptions, createAdam } from "./adam.ts";
export { type Backend, type BackendName, backendNames, wasmBackend } from "./backend.ts";
export { type CompileOptions, compile, type Executable } from "./backends/wasm.ts";
export { gradient } from "./gradient.ts";
export { type Graph, indices, matrix, type Param, type Shape, type Tensor, trace } from "./graph.ts";
export { type Categorical, type CategoricalOptions, categorical, sampleCategorical } from "./heads/categorical.ts";
export { type Gaussian, gaussian, squashedGaussian } from "./heads/gaussian.ts";
export {
  constantInit,
  fanInUniform,
  glorotUniform,
  heUniform,
  type Initialiser,
  orthogonal,
  uniform,
  zeros,
} from "./initialise.ts";
export { type Activation, dense, gru, layerNorm, mlp } from "./layers.ts";
export {
  abs,
  add,
  broadcast,
  clip,
  colSum,
  concatCols,
  constant,
  div,
  exp,
  gather,
  huber,
  lessEqual,
  log,
  logSoftmax,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type Operand,
  pick,
  relu,
  reshape,
  rowArgmax,
  rowMax,
  rowMean,
  rowSum,
  sigmoid,
  sliceCols,
  softmax,
  softplus,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  weightedMean,
  where,
} from "./ops.ts";
export { initialise, layoutOf, type ParamLayout, type ParamSlice, rangeOf } from "./params.ts";
