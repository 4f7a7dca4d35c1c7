import type { EngineFactory } from "../../compute/engine.js";
import type { UdrlOptions } from "../udrl-options.js";
import { GatedNetwork } from "./gated-network.js";
import type { Learner, LearnerSizes } from "./learner.js";
import { fitLogistic } from "./logistic.js";
import { fitNeighbours } from "./neighbours.js";
import { RefitLearner } from "./refit-learner.js";
import { bodyOf } from "./shape.js";
import { fitBoostedTrees, fitTrees } from "./trees.js";

interface LearnerContext {
  readonly createEngine: EngineFactory;
  readonly seed: number;
}

/** A learner that knows what another knows now, and that further learning of the other does not change. */
export async function copyLearner(
  learner: Learner,
  options: UdrlOptions,
  sizes: LearnerSizes,
  context: LearnerContext,
): Promise<Learner> {
  if (learner instanceof RefitLearner) return learner.copy();
  const copy = createLearner(options, sizes, context);
  copy.setState(await learner.getState());
  return copy;
}

/** Makes the learner that the options name. */
export function createLearner(options: UdrlOptions, sizes: LearnerSizes, context: LearnerContext): Learner {
  switch (options.learner) {
    case "network": {
      const batch = Math.max(options.batchSize, 128);
      const engine = context.createEngine(bodyOf(sizes.numActions, options), batch);
      return new GatedNetwork(engine, sizes, options, context.seed);
    }
    case "random-forest":
    case "extra-trees": {
      const { numTrees, maxDepth, minSamplesLeaf, maxFeatures } = options;
      return new RefitLearner(
        sizes,
        fitTrees(options.learner, {
          numTrees,
          maxDepth,
          minSamplesLeaf,
          maxFeatures: Math.min(maxFeatures, sizes.inputSize),
        }),
      );
    }
    case "boosting": {
      const { numTrees, boostingDepth, boostingRate, minSamplesLeaf } = options;
      return new RefitLearner(
        sizes,
        fitBoostedTrees({ numStages: numTrees, maxDepth: boostingDepth, learningRate: boostingRate, minSamplesLeaf }),
      );
    }
    case "neighbours":
      return new RefitLearner(sizes, fitNeighbours(options.numNeighbours));
    case "linear":
      return new RefitLearner(sizes, fitLogistic(options.penalty));
    default:
      return options.learner satisfies never;
  }
}
