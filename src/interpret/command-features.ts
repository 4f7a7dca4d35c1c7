import type { Command } from "../core/command.js";
import type { Feature } from "../core/spaces.js";

/** What is left of a command, as the two features that follow the observation of a policy that obeys it. */
export function commandFeatures({ desiredReturn, desiredHorizon }: Command): readonly Feature[] {
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
  const returns = { name: "desired return", unit: "", low: NEGATIVE_INFINITY, high: POSITIVE_INFINITY };
  // An axis needs a length, also where nothing is asked for.
  const reach = desiredReturn === 0 ? 1 : desiredReturn;
  return [
    { ...returns, typical: [Math.min(0, reach), Math.max(0, reach)] },
    {
      name: "desired horizon",
      unit: "steps",
      low: 1,
      high: POSITIVE_INFINITY,
      typical: [1, Math.max(2, desiredHorizon)],
    },
  ];
}
