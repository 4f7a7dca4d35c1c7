/** Said of every world whose first states are drawn otherwise than the reference's. */
const OWN_STARTS = "Start states come from Vitrine's own random stream: the same distribution, other numbers.";
const OWN_POSITIONS = "Start positions come from Vitrine's own random stream: the same distribution, other numbers.";

const LANDER = [
  "Bodies are moved by planck 1.4.2 in float64 instead of Box2D in float32: after a contact paths part, and what agrees are distributions.",
  "Noise comes from Vitrine's own random stream: the same distributions, other numbers.",
  "The state holds where bodies are and how they move; what the engine remembers of joints and contacts is not in it, so a state put back goes on nearly, and a saved run exactly, by playing its episode again.",
];

const INVENTORY = [
  "The reward is minus the cost per store: over the horizon, the reference's metric with its start included.",
  "Orders are bounded by four periods of the mean demand behind their road, of recorded sales by four of the largest.",
  "Warehouses scale down in proportion what they cannot fill; one without room ships all, evenly if nobody orders.",
  "Poisson problems round orders to whole units in training too.",
  "Demand has Vitrine's own random stream: the same distributions, other numbers.",
  "The published sales may not be passed on: without a file of one's own, generated ones of the same shape are played. Episodes play the weeks that are learned from; what is reported of a run is measured in later ones.",
];

const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  cartpole: [OWN_STARTS],
  "mountain-car": [OWN_POSITIONS],
  "mountain-car-continuous": [OWN_POSITIONS, "The state is float64 between steps; the reference rounds it to float32."],
  acrobot: [OWN_STARTS],
  pendulum: [OWN_STARTS],
  "lunar-lander": LANDER,
  "lunar-lander-continuous": LANDER,
  lavaland: [
    "The reference is no reinforcement-learning task: the rewards (goal 1, step −0.02, grass −0.1, lava −1) are ours.",
    "Lava ends the episode unless the option says otherwise; the reference only counts it.",
    "The agent observes flags for the tiles within two steps and the way to the target, not an RGB image.",
    "Maps can be smaller than 11 × 13. As in the reference, a map need not have a way to the target.",
  ],
  inventory: INVENTORY,
  "inventory-whole": INVENTORY.slice(0, -1),
};

/** What differs from the reference that a world follows, in sentences; apart from its spec, which the page loads first. */
export const differencesOf = (world: string): readonly string[] => DIFFERENCES[world] ?? [];
