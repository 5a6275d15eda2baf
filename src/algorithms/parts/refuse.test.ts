import { expect, test } from "vitest";
import { larder, trainOn } from "../../../test/tiny-economies.ts";
import { logitResponse } from "../logit-response.ts";
import { naf } from "../naf.ts";
import { repeatedQ } from "../repeated-q.ts";

test("learners that do not read masks refuse a population that has one, and say who reads them", () => {
  for (const algorithm of [naf, logitResponse, repeatedQ])
    expect(() => trainOn(algorithm as never, larder, { totalSteps: 8 })).toThrow(
      `${algorithm.name}: eaters.eaten is masked, and this learner does not read masks. Use ppo, mappo, impala, actor-critic, dqn, sac, qmix or q-learning.`,
    );
});
