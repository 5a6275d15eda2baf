// For learners that neither remember nor pay for information: what the shared parts are then told.
import type { InformationOptions } from "./information.ts";
import type { RecurrenceOptions } from "./recurrence.ts";

export const plain: RecurrenceOptions & InformationOptions = {
  recurrent: false,
  memoryWidth: 1,
  sequenceLength: 1,
  informationCost: 0,
  informationCostFrom: "",
};
