// Learners at places, each with participants of its own: threads.ts and processes.ts say what a place is.
import { loadModule } from "../experiment/load.ts";
import { createLearner, type LearnerOptions } from "./learner.ts";
import type { RemoteOptions } from "./remote.ts";
import { createRespondent } from "./respondent.ts";
import { connect, type Respondents, type Transport, type Wire } from "./transport.ts";

export interface PlacedOptions extends Omit<RemoteOptions, "transport" | "weights"> {
  /** URL of the module whose default export is the experiment. */
  readonly module: string;
  /** Settings of each participant's training. */
  readonly learners: readonly Omit<LearnerOptions, "backend">[];
}

/** What a place is told when it begins. */
interface Told {
  readonly module: string;
  readonly learners: readonly { readonly id: number; readonly settings: LearnerOptions }[];
  readonly secure: boolean;
}

/** Options of `federateOver`, for participants dealt in turns to at most so many places. */
export function atPlaces(
  { module, learners, ...rest }: PlacedOptions,
  places: number,
  open: (participants: readonly number[]) => Wire,
): RemoteOptions {
  const lines = Array.from({ length: Math.min(places, learners.length) }, (_, place) => {
    const participants = learners.flatMap((_, id) => (id % places === place ? [id] : []));
    const own = participants.map((id) => ({ id, settings: learners[id] }));
    const begin: Told = { module, learners: own, secure: rest.secure !== undefined };
    return { wire: open(participants), participants, begin };
  });
  const transport: Transport = connect(lines);
  return { ...rest, weights: learners.map(({ weight = 1 }) => weight), transport };
}

export async function respondentsOf(begin: unknown): Promise<Respondents> {
  const { module, learners, secure } = begin as Told;
  const experiment = await loadModule(module);
  return new Map(
    learners.map(({ id, settings }) => {
      const participant = createLearner(experiment, settings);
      return [id, createRespondent({ id, participant, secure })];
    }),
  );
}
