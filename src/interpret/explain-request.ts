import type { Policy } from "../agents/policies/policy.js";
import type { OptionValues } from "../core/options.js";
import type { Environment } from "../envs/environment.js";
import type { ExplanationMethod } from "./explanation.js";
import type { Pace } from "./pace.js";

/** What is explained, and how. */
export interface ExplainRequest {
  readonly policy: Policy;
  readonly environment: Environment;
  /** Options of the world, as the policy was trained. */
  readonly envOptions: OptionValues;
  readonly agent: string;
  /** Environment steps that the policy was trained for. */
  readonly step: number;
  readonly method: ExplanationMethod;
  /** Only what differs from the method's defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Decides what is gathered and drawn; never the test episodes. */
  readonly seed: number;
  readonly pace?: Pace;
}
