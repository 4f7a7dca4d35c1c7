import type { Policy } from "../agents/policies/policy.js";
import type { OrderLevel } from "./explanation.js";

/** A policy in few numbers. */
export interface ReadableOrders {
  readonly label: string;
  readonly policy: Policy;
  /** Numbers of a rule, or tests and leaves of a tree. */
  readonly size: { readonly terms: number } | { readonly nodes: number };
  /** In words; null for a tree. */
  readonly text: string | null;
  /** Of a network, road by road or node by node; null for one store. */
  readonly levels: readonly OrderLevel[] | null;
}

/** Periods in which a policy was watched. */
export interface Watched {
  /** [n, width] */
  readonly pipelines: Float64Array;
  /** [n, numEdges] */
  readonly orders: Float64Array;
}
