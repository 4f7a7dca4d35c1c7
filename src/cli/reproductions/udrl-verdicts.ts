import { differenceInterval, findEnvironment, mean, meanInterval, median, type OptionValue } from "../../index.js";
import type { CellResult } from "./reproduction.js";

/** One line of the table. */
export interface Setting {
  readonly world: string;
  readonly learner: string;
  readonly published: { readonly mean: number; readonly std: number } | null;
  /** What differs from the published protocol, in a few words; null where nothing does. */
  readonly change: string | null;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export type Verdict = "supported" | "not distinguishable" | "refuted";

/** Returns that count as equal to a published one: this share of the way from chance to solved. */
const MARGIN_SHARE = 0.05;

/** The margin of a world, in its returns. */
export function marginOf(world: string): number {
  const { solvedReturn, randomReturn } = findEnvironment(world).spec;
  // CartPole-v0 ends after 200 steps.
  const best = world === "cartpole" ? 200 : (solvedReturn ?? 0);
  return MARGIN_SHARE * Math.abs(best - randomReturn);
}

/**
 * Whether the interval of our mean over seeds lies within the margin of a published mean (supported: two one-sided
 * tests at 2.5 %), wholly outside of it (refuted), or neither.
 */
export function verdictOnMean(low: number, high: number, published: number, margin: number): Verdict {
  if (low >= published - margin && high <= published + margin) return "supported";
  if (high < published - margin || low > published + margin) return "refuted";
  return "not distinguishable";
}

/** A statement of the paper that compares two learners. */
export interface Claim {
  readonly text: string;
  readonly world: string;
  readonly better: string;
  readonly worse: string;
}

/** What the paper says of its learners beside one another. */
export const PAPER_CLAIMS: readonly Claim[] = [
  {
    text: "CartPole: the network does better than the random forest",
    world: "cartpole",
    better: "network",
    worse: "random-forest",
  },
  {
    text: "CartPole: boosting does better than the random forest",
    world: "cartpole",
    better: "boosting",
    worse: "random-forest",
  },
  {
    text: "Acrobot: the network does better than the random forest",
    world: "acrobot",
    better: "network",
    worse: "random-forest",
  },
  {
    text: "Acrobot: the network does better than extra trees",
    world: "acrobot",
    better: "network",
    worse: "extra-trees",
  },
  {
    text: "LunarLander: the random forest does better than the network",
    world: "lunar-lander",
    better: "random-forest",
    worse: "network",
  },
  {
    text: "LunarLander: boosting does better than the network",
    world: "lunar-lander",
    better: "boosting",
    worse: "network",
  },
];

/** A row of the table. */
export function rowOf(setting: Setting, results: readonly CellResult[]): string[] {
  const { world, learner, published, change } = setting;
  const start = [world, learner, change ?? "as published", String(results.length)];
  const claim = published ? `${published.mean} ± ${published.std}` : "–";
  if (results.length === 0) return [...start, claim, "–", "–", "–", "–"];
  const means = results.map(({ summary }) => summary.final.returnMean);
  const deviations = results.map(({ summary }) => summary.final.returnStd);
  const correlations = results.flatMap(({ summary }) => summary.following?.correlation ?? []);
  const ours = meanInterval(means);
  return [
    ...start,
    claim,
    `${median(means).toFixed(1)} ± ${median(deviations).toFixed(1)}`,
    intervalText(ours),
    correlations.length === 0 ? "–" : `ρ ${mean(correlations).toFixed(2)}`,
    published && ours.low !== null && ours.high !== null
      ? meanVerdictText(ours.low, ours.high, published.mean, marginOf(world))
      : "–",
  ];
}

function meanVerdictText(low: number, high: number, published: number, margin: number): string {
  const verdict = verdictOnMean(low, high, published, margin);
  if (verdict !== "refuted") return verdict;
  return low > published ? "refuted: higher here" : "refuted: lower here";
}

function intervalText({ mean: centre, low, high }: ReturnType<typeof meanInterval>): string {
  return low === null || high === null
    ? centre.toFixed(1)
    : `${centre.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

/** What was seen while these cells were run; seed 42 where no other is named. */
const FINDINGS: readonly string[] = [
  "**Why the published protocol can stall.** Exploration asks for the mean of the 75 best episodes and up to one standard",
  "deviation more. With the second softmax the network's choices become nearly certain, and it does what it is asked almost",
  "exactly: from round 51 to 351 a round achieved what it was asked for to within 0.2 steps in the median, 1 at most,",
  "so the best episodes were all alike, the deviation vanished, and the mean of the memory crept from 59 to 86. 200 steps",
  "were then far outside of what it had seen, and asking for them gave 11. It does follow commands (ρ 0.87); it is hardly",
  "ever asked for more. Seeds 43 and 45 reach 199.9 as published: whether it stalls is a matter of the seed.",
  "",
  "**What changes it.** *Bold* asks for up to four standard deviations more (`optimism=4`) and stops after 100 rounds;",
  "*8 examples* cuts eight examples from each episode for a training instead of one (`segments=8`), which gives trees eight",
  "times the rows. The network takes the softmax once and keeps one example per episode; this brings it to 200.",
  "",
  "**What brings trees to it.** A forest as published plays the best action, and in one step of five a random one, so about a",
  "tenth of the actions it learns from are not its best. *Sampled* draws from the votes instead (`sampleActions=all`): undecided",
  "forests explore, decided ones do not. *All inputs* lets each split look at every input instead of the root of their",
  "number (`maxFeatures`): two of CartPole's six are the command, and in the end both say how many steps are left. Boosting",
  "looks at all inputs anyway. Tried before, on two seeds each, and worse: 5 or 20 examples to a leaf, and random actions in",
  "one step of twenty.",
  "",
  "**Acrobot.** Most random episodes never end, all with the same return, and of equals the oldest stay: the rare success",
  "is one of 700 episodes, and one of the 75 that commands are taken from. *Choosy* keeps 150, takes commands from the best",
  "20, and cuts 16 examples from each. With 700, 75 and 8, actions drawn and all inputs looked at as here, seed 42 was at -470",
  "after 100 rounds. A network that has met no success in its 50 random episodes may never meet one (seed 42, choosy: -500",
  "after 250 rounds): its choices become nearly certain before there is anything to choose. *Long warm-up* plays a thousand",
  "random episodes first, and again keeps the best 150. *Patient, scaled commands*, the lab's preset, also scales commands so",
  "that hundreds of steps come to about 1, takes the softmax once, and copies in 300 small steps a round; after 100 of its 200",
  "rounds seed 42 was at -84 or at -372, asked for -150 or for -80. After 200 it was at -84 for -80, and at -86 for -150.",
  "",
  "**What makes it land.** *Demonstrations* puts a hundred episodes of the controller that comes with the world into the",
  "memory at first (`demonstrations=100`), and then learns on from its own. With it go commands scaled so that 250 points in",
  "300 steps come to about 1 (`returnScale=0.005`, `horizonScale=0.002`), 1,500 gradient steps a round and the softmax taken",
  "once. What each of these does alone was not measured; with the softmax taken twice seed 42 gave -268, and seed 1 gave -269",
  "with `demonstrations=100 warmUp=1 bufferSize=100 lastFew=50 episodesPerRound=20` and the other options at their defaults,",
  "after 0.3 million steps. The row without demonstrations has random episodes in the place of the controller's, and all else",
  "the same. A setting of others for this world, without demonstrations (seed 1, `returnScale=0.015 horizonScale=0.03",
  "bufferSize=600 lastFew=100 episodesPerRound=20 learningRate=0.00087 batchSize=768 hidden=128,128`), went up to 17 ± 141 in",
  "greedy evaluations and back to -129 within 2.8 million steps, and was stopped there.",
];

/** The rule of the verdicts, and the paper's comparisons with the interval of the difference. */
export function claimsText(
  claims: readonly Claim[],
  find: (world: string, learner: string) => readonly CellResult[],
): string[] {
  const meansOf = (world: string, learner: string) =>
    find(world, learner).map(({ summary }) => summary.final.returnMean);
  const rows = claims.map(({ text, world, better, worse }) => {
    const [a, b] = [meansOf(world, better), meansOf(world, worse)];
    const difference = a.length > 1 && b.length > 1 ? differenceInterval(a, b) : null;
    if (!difference) return `| ${text} | – | too few seeds |`;
    const { mean: centre, low, high } = difference;
    const verdict: Verdict = low > 0 ? "supported" : high < 0 ? "refuted" : "not distinguishable";
    return `| ${text} | ${centre.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}] | ${verdict} |`;
  });
  return [
    "**Rule of the verdicts.** A published mean is *supported* where the 95 % interval of our mean over seeds lies within",
    "5 % of the way from chance to solved around it (two one-sided tests), *refuted* where it lies wholly outside, and",
    "else *not distinguishable*. *Follows commands* is Spearman's correlation of asked and achieved return over 21",
    "commands, five episodes each, at the end of training, as a mean over seeds.",
    "",
    "| claim of the paper | difference of the means | verdict |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "The difference is that of the means over seeds, with its 95 % interval (Welch's t); the claim is supported where the",
    "interval lies above zero and refuted where it lies below.",
    "",
    ...FINDINGS,
  ];
}
