// The checks of one economy, on a thread of their own: the command's thread watches time and memory, and hears signals.
import { parentPort, workerData } from "node:worker_threads";
import { discountDepartures, inWords } from "../algorithms/discount.ts";
import { type Check, checkEconomy, type ParamSettings, resolveParams } from "../economy/index.ts";
import { useRunningCell } from "../economy/running.ts";
import { sealPhases } from "../economy/sealed.ts";
import { type Experiment, resolveRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";

export interface CheckTask {
  readonly module: string;
  readonly params: ParamSettings;
  readonly seeds: number;
  readonly periods: number;
  /** Where this thread says which phase it runs. */
  readonly running: Int32Array;
}

export type CheckMessage =
  | { readonly kind: "economy"; readonly name: string }
  | { readonly kind: "begin"; readonly name: string }
  | { readonly kind: "check"; readonly check: Check };

const { module, params, seeds, periods, running } = workerData as CheckTask;
const tell = (message: CheckMessage): void => parentPort?.postMessage(message);

useRunningCell(running);
sealPhases(); // before the module is loaded, which may keep a clock for itself
const experiment = await loadModule(module);
const { economy } = experiment;
resolveParams(economy, params); // a setting that is not one is the caller's mistake, not the economy's
tell({ kind: "economy", name: economy.name });
checkEconomy(economy, {
  params,
  periods,
  seeds: Array.from({ length: seeds }, (_, k) => k + 1),
  onBegin: (name) => tell({ kind: "begin", name }),
  onCheck: (check) => tell({ kind: "check", check }),
});
const discounting = discountsOf(experiment);
if (discounting) tell({ kind: "check", check: discounting });

/** Whether learners, followers too, discount as the economy does; null where the economy declares no discount factor or nobody learns. */
function discountsOf({ algorithm }: Experiment): Check | null {
  const parameters = [...new Set(Object.values(economy.discountFactor))];
  if (!algorithm || parameters.length === 0) return null;
  const run = resolveRun(experiment, params, 1);
  const departures = discountDepartures(algorithm, economy, run.params, run.config);
  return {
    name: "learners discount as the economy does",
    pass: departures.length === 0,
    detail:
      departures.length === 0
        ? parameters.map((name) => `${name} = ${run.params[name]}`).join(", ")
        : departures.map(inWords).join(" "),
  };
}
