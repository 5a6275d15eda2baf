// How traders learn, and the crowd's prices at which there is something to learn: large mistakes, and arbitrageurs who close gaps slowly.
export const slowMarkets = { fee: 0.001, mispricing: 0.03, shockRate: 0.03, capital: 0.005, horizon: 1200 } as const;

export const traderLearning = {
  learnersEvery: 240,
  gamma: 0.9,
  gaeLambda: 0.8,
  numSteps: 48,
  numMinibatches: 4,
  updateEpochs: 2,
  learningRate: 7e-4,
  entCoef: 0.003,
  hiddenWidth: 32,
  scaleRewards: true,
  updates: 12,
} as const;
