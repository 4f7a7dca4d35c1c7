import { InputError, showValue } from "../../core/errors.js";
import { type InventoryProblem, pipelineStarts } from "../../envs/inventory/problem.js";
import { type InventoryRule, ordersOf, ruleText } from "../../evaluate/inventory/rules.js";
import type { Policy, SerialisedPolicy } from "./policy.js";

/** A rule of few numbers at work in an inventory network: pipelines of all nodes in, orders along all edges out. */
export class InventoryRulePolicy implements Policy {
  private readonly orders: ReturnType<typeof ordersOf>;

  /** Throws `RangeError` where the rule is for another kind of network. */
  constructor(
    readonly rule: InventoryRule,
    readonly problem: InventoryProblem,
  ) {
    this.orders = ordersOf(rule, problem);
  }

  act(observations: Float32Array, _commands: Float32Array | null, actions: Float32Array): void {
    const orders = new Float64Array(actions.length);
    void this.orders(Float64Array.from(observations), actions.length / this.problem.edges.length, orders);
    actions.set(orders);
  }

  serialise(): SerialisedPolicy {
    return {
      kind: "rule",
      ...this.rule,
      text: ruleText(this.rule, this.problem),
      problem: JSON.parse(JSON.stringify(this.problem)),
    };
  }
}

/** Whether a serialised rule is one of an inventory network. */
export const isInventoryRule = (value: SerialisedPolicy): boolean => typeof value["rule"] === "string";

/** Reads what {@link InventoryRulePolicy.serialise} wrote. Throws {@link InputError} for anything else. */
export function readInventoryRule(value: SerialisedPolicy, observationSize: number): InventoryRulePolicy {
  const { rule, problem } = value as unknown as { readonly rule: unknown; readonly problem: InventoryProblem };
  const numbers = NUMBERS[String(rule)];
  if (!numbers) throw new InputError("rule", showValue(rule), `one of ${Object.keys(NUMBERS).join(", ")}`);
  for (const field of numbers) {
    const given = [value[field]].flat();
    // JSON has no infinity: a stage that takes all there is, or a road that may carry any number, comes as null.
    if (given.length > 0 && given.every((entry) => entry === null || Number.isFinite(entry))) continue;
    throw new InputError(`rule ${field}`, showValue(value[field]), "numbers");
  }
  const infinite = (field: unknown) =>
    Array.isArray(field) ? field.map((entry) => entry ?? Number.POSITIVE_INFINITY) : field;
  const read = { ...value, ...Object.fromEntries(numbers.map((field) => [field, infinite(value[field])])) };
  const width = pipelineStarts(problem)[problem.nodes.length];
  if (width !== observationSize) throw new InputError("policy", `${width} inputs`, `${observationSize} inputs`);
  return new InventoryRulePolicy(read as unknown as InventoryRule, problem);
}

/** What each rule needs. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  "base-stock": ["level"],
  "capped-base-stock": ["level", "most"],
  "reorder-point": ["reorder", "level"],
  "order-table": ["step", "orders"],
  "echelon-base-stock": ["levels"],
  "road-levels": ["levels", "most"],
};
