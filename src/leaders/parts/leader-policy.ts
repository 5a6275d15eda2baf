// A leader that plays one θ, taken from a snapshot: what is evaluated and reported after training.
import type { Policy } from "../../algorithms/algorithm.ts";
import { restore } from "../../algorithms/parts/restore.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { characteristicsOf, type Task } from "../task.ts";

export function leaderPolicy(task: Task, spec: PopulationSpec): Policy {
  const characteristics = characteristicsOf(task, spec);
  const theta = new Float64Array(characteristics.names.length);
  return {
    load(arrays) {
      restore({ "concept/theta": theta }, arrays);
    },
    act(actions) {
      characteristics.encode(actions, theta);
    },
  };
}
