// Correlations of traders who follow others: the stationary law of x′ = φ W x + ε with independent ε of equal variance.
//
// A clique of m who follow its mean, W = J/m:  x̄′ = φ x̄ + ε̄,  Var x̄ = 1/(m (1 − φ²)),  Cov(x_i, x_j) = φ² Var x̄,  Var x_i = 1 + φ² Var x̄
//   ρ = φ²/(φ² + m (1 − φ²)); 0 between cliques
// Each of n follows the mean of d others, drawn at random: two listen to the same one with probability 1/n, so that c = φ² (v/n + (1 − 1/n) c), whatever d is
//   ρ = φ²/(φ² + n (1 − φ²))
// The second is a mean over networks. One that is drawn differs from it where some are followed by many.

/** Correlation of two who follow, with influence φ below 1, the mean of `group` rows that are drawn from each other; 0 in a group of one. */
export const herdingCorrelation = (influence: number, group: number): number => {
  const φ2 = influence * influence;
  return group === 1 ? 0 : φ2 / (φ2 + group * (1 - influence) * (1 + influence));
};
