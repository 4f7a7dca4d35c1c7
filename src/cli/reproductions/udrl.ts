import { findAgent, type OptionValue, parseOptions } from "../../index.js";
import { type Cell, type CellResult, cellConfig, type Reproduction } from "./reproduction.js";
import { type Claim, claimsText, PAPER_CLAIMS, rowOf, type Setting } from "./udrl-verdicts.js";

const SEEDS = [42, 43, 44, 45, 46] as const;
/** The published protocol counts rounds, not environment steps. */
const NO_BUDGET = 1_000_000_000;

type Options = Readonly<Record<string, OptionValue>>;

/** What the published code fixes, by learner and by world. */
const BY_LEARNER: Readonly<Record<string, Options>> = {
  network: { warmUp: 260, doubleSoftmax: true },
};
const CARTPOLE_V0: Options = { horizon: 200 };
const BY_WORLD: Readonly<Record<string, { readonly env: Options; readonly agent: Options }>> = {
  cartpole: {
    env: CARTPOLE_V0,
    agent: { evaluationCommand: "fixed", evaluationReturn: 200, evaluationHorizon: 200 },
  },
  acrobot: { env: {}, agent: { evaluationCommand: "frequent" } },
  "lunar-lander": { env: {}, agent: { evaluationCommand: "frequent" } },
};

const { options: schema, presets } = findAgent("udrl");
/** The defaults are the published settings; presets of the lab would change them. */
const PUBLISHED = parseOptions(schema, {}, "agent") as Options;

/**
 * Asks for up to four standard deviations more than the best episodes gave, and cuts eight examples from each episode;
 * a fifth of the rounds is then enough.
 */
const BOLD: Options = { optimism: 4, segments: 8, rounds: 100 };

/** Bold, but drawing actions from probabilities instead of a random one in five; for longer. */
const SAMPLED: Options = { ...BOLD, sampleActions: "all", rounds: 250 };
/** Trees look at all inputs for each split instead of the square root of their number. */
const ALL_OF_CARTPOLE: Options = { maxFeatures: 6 };
/** Few of the best episodes in memory, so that rare successes stand out, and more examples from each. */
const CHOOSY: Options = { ...SAMPLED, optimism: 2, bufferSize: 150, lastFew: 20, segments: 16, rounds: 150 };

/** The lab's preset for a world with what only trees heed left as published, and the softmax taken once. */
const forNetworks = (world: string): Options => {
  const { segments, sampleActions, maxFeatures } = PUBLISHED;
  return { ...presets[world], segments, sampleActions, maxFeatures, doubleSoftmax: false };
};
const SWUNG: Options = { ...forNetworks("acrobot"), rounds: 200 };
const DEMONSTRATED: Options = { ...forNetworks("lunar-lander"), rounds: 30 };
/** The same number of episodes of random actions in their place. */
const UNDEMONSTRATED: Options = { ...DEMONSTRATED, demonstrations: 0, warmUp: 101 };
const LANDING_TREES: Options = { ...DEMONSTRATED, rounds: 10, segments: 128, sampleActions: "all", maxFeatures: 10 };

/** One setting of the table: as published, or with what is changed. */
function paper(world: string, learner: string, published: Setting["published"]): Setting {
  return { world, learner, published, change: null, options: {} };
}

function beyond(world: string, learner: string, change: string, options: Options): Setting {
  return { world, learner, published: null, change, options };
}

const SETTINGS: readonly Setting[] = [
  paper("cartpole", "network", { mean: 199.93, std: 0.255 }),
  paper("cartpole", "random-forest", { mean: 188.25, std: 13.82 }),
  paper("cartpole", "extra-trees", null),
  paper("cartpole", "boosting", { mean: 199.27, std: 4.06 }),
  paper("cartpole", "neighbours", null),
  paper("acrobot", "network", { mean: -75, std: 15.36 }),
  paper("acrobot", "random-forest", { mean: -100.05, std: 62.8 }),
  paper("acrobot", "extra-trees", { mean: -100, std: 93.72 }),
  paper("acrobot", "boosting", null),
  paper("lunar-lander", "network", { mean: -157.04, std: 71.26 }),
  paper("lunar-lander", "random-forest", { mean: -54.74, std: 96.22 }),
  paper("lunar-lander", "extra-trees", null),
  paper("lunar-lander", "boosting", { mean: -76.96, std: 89.69 }),
  beyond("cartpole", "network", "bold, single softmax", { ...BOLD, segments: 1, doubleSoftmax: false }),
  beyond("cartpole", "random-forest", "bold, 8 examples", BOLD),
  beyond("cartpole", "extra-trees", "bold, 8 examples", BOLD),
  beyond("cartpole", "boosting", "bold, 8 examples", BOLD),
  beyond("cartpole", "neighbours", "bold, 8 examples", BOLD),
  beyond("cartpole", "random-forest", "sampled, all inputs", { ...SAMPLED, ...ALL_OF_CARTPOLE }),
  beyond("cartpole", "extra-trees", "sampled, all inputs", { ...SAMPLED, ...ALL_OF_CARTPOLE }),
  beyond("cartpole", "boosting", "sampled", SAMPLED),
  beyond("acrobot", "network", "choosy, long warm-up", { ...CHOOSY, segments: 1, rounds: 250, warmUp: 1000 }),
  beyond("acrobot", "network", "patient, scaled commands", SWUNG),
  beyond("acrobot", "random-forest", "choosy, all inputs", { ...CHOOSY, maxFeatures: 8 }),
  beyond("acrobot", "extra-trees", "choosy, all inputs", { ...CHOOSY, maxFeatures: 8 }),
  beyond("lunar-lander", "network", "demonstrations", DEMONSTRATED),
  beyond("lunar-lander", "network", "no demonstrations, else the same", UNDEMONSTRATED),
  beyond("lunar-lander", "random-forest", "demonstrations", LANDING_TREES),
  beyond("lunar-lander", "extra-trees", "demonstrations", LANDING_TREES),
];

/** Upside-down RL with the published protocol, and what goes beyond it. */
export const udrl: Reproduction = {
  name: "udrl",
  title: "Upside-down RL with interchangeable learners",
  about:
    "The protocol of Cardenas-Cartagena et al. 2025 (arXiv:2411.11457): 500 rounds of one training and 15 episodes, the " +
    "700 best episodes in memory, one example cut from each, and 100 greedy episodes at the end. A published figure is " +
    "the median over seeds of each seed's mean ± the median of its standard deviations. CartPole is asked for 200 in 200 " +
    "steps; elsewhere the command is what training asked for most often (the paper picks the best of its runs' commands " +
    "afterwards). The cells below the published ones change what they name, and nothing else.",
  cells() {
    return SETTINGS.flatMap((setting) =>
      SEEDS.map((seed): Cell => {
        const { world, learner, options } = setting;
        const config = cellConfig({
          env: world,
          agent: "udrl",
          seed,
          envOptions: BY_WORLD[world].env,
          agentOptions: {
            ...PUBLISHED,
            learner,
            rounds: 500,
            ...BY_LEARNER[learner],
            ...BY_WORLD[world].agent,
            ...options,
          },
          budget: NO_BUDGET,
          evaluation: { every: 0, episodes: 100 },
        });
        const variant = variantOf(setting);
        return { id: `${variant}-s${seed}`, variant, config };
      }),
    );
  },
  table(results) {
    const header = [
      "world",
      "learner",
      "setting",
      "seeds",
      "published",
      "median ± median deviation",
      "mean over seeds",
      "follows commands",
      "verdict on the published mean",
    ];
    return [header, ...SETTINGS.map((setting) => rowOf(setting, resultsOf(setting, results)))];
  },
  notes(results) {
    const find = (world: string, learner: string) =>
      resultsOf({ world, learner, published: null, change: null, options: {} }, results);
    return claimsText(PAPER_CLAIMS satisfies readonly Claim[], find);
  },
};

function resultsOf(setting: Setting, results: readonly CellResult[]): readonly CellResult[] {
  return results.filter(({ variant }) => variant === variantOf(setting));
}

/** `cartpole-network`, or `cartpole-network-ten-examples`. */
function variantOf({ world, learner, change }: Setting): string {
  const words = change === null ? [] : [change.toLowerCase().replace(/[^a-z0-9]+/g, "-")];
  return [world, learner, ...words].join("-");
}
