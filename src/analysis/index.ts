// What dynamics do in the long run.
export {
  type Boundary,
  type Dynamics,
  type Ends,
  type EndsOptions,
  type Equilibria,
  type EquilibriaOptions,
  type Equilibrium,
  endsOfEconomy,
  findEquilibria,
  gridOfStarts,
} from "./equilibria.ts";
