/** What a population's learner must remember: `named` adds an array to `state`, where snapshots find it. */
export function createState(population: string) {
  const state: Record<string, ArrayBufferView> = {};
  const named = <X extends ArrayBufferView>(name: string, array: X): X => {
    state[`${population}/${name}`] = array;
    return array;
  };
  return { state, named };
}
