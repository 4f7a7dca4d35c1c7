import type { EngineFactory } from "../../compute/engine.js";
import type { UnrolledFactory } from "../../compute/unrolled.js";
import { InputError } from "../../core/errors.js";
import type { InventoryProblem } from "../../envs/inventory/problem.js";
import { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { Policy, SerialisedPolicy } from "../policies/policy.js";
import { createOrderPolicy, type PolicyForm } from "./create-policy.js";
import type { OrderPolicy } from "./order-policy.js";

/** Rows that are asked about at a time. */
const ROWS = 256;

/** What stands in the `family` of a serialised `named-network` of this kind. */
export const INVENTORY_FAMILY = "inventory";

/** The networks of an engine that can be applied many times. Throws `InputError` for an engine without. */
export function unrolledOf(createEngine: EngineFactory): UnrolledFactory {
  if (createEngine.unrolled) return createEngine.unrolled;
  throw new InputError("engine", "one on a graphics device", "wasm-relaxed, wasm-simd or reference for this agent");
}

/** A policy of an inventory network at work: pipelines of all nodes in, orders along all edges out. */
export class InventoryPolicy implements Policy {
  readonly orderPolicy: OrderPolicy;
  private readonly simulator: InventorySimulator;
  private readonly pipelines: Float64Array;
  private readonly orders: Float64Array;

  constructor(
    readonly problem: InventoryProblem,
    readonly form: PolicyForm,
    create: UnrolledFactory,
  ) {
    const simulator = new InventorySimulator(problem);
    this.simulator = simulator;
    this.orderPolicy = createOrderPolicy(form, simulator, create, { numTraces: ROWS, numPeriods: 1 });
    this.pipelines = new Float64Array(ROWS * simulator.width);
    this.orders = new Float64Array(ROWS * simulator.numEdges);
  }

  /** Entries of an observation: the pipelines of all nodes. */
  get observationSize(): number {
    return this.simulator.width;
  }

  act(observations: Float32Array, _commands: Float32Array | null, actions: Float32Array): void {
    const { width, numEdges } = this.simulator;
    const numRows = observations.length / width;
    for (let first = 0; first < numRows; first += ROWS) {
      const count = Math.min(ROWS, numRows - first);
      for (let i = 0; i < count * width; i++) this.pipelines[i] = observations[first * width + i];
      this.orderPolicy.forward(0, count, this.pipelines, this.orders);
      for (let i = 0; i < count * numEdges; i++) actions[first * numEdges + i] = this.orders[i];
    }
  }

  /** Fills `orders` [numTraces, numEdges] for `pipelines` [numTraces, width], in full precision. */
  fillOrders(pipelines: Float64Array, numTraces: number, orders: Float64Array): void {
    const { width, numEdges } = this.simulator;
    for (let first = 0; first < numTraces; first += ROWS) {
      const count = Math.min(ROWS, numTraces - first);
      const rows = pipelines.subarray(first * width, (first + count) * width);
      this.orderPolicy.forward(0, count, rows, orders.subarray(first * numEdges, (first + count) * numEdges));
    }
  }

  get parameters(): readonly (Float32Array | Float64Array)[] {
    return this.orderPolicy.learnables.map((learnable) => learnable.getParameters());
  }

  setParameters(parameters: readonly ArrayLike<number>[]): void {
    this.orderPolicy.learnables.forEach((learnable, i) => {
      learnable.setParameters(parameters[i]);
    });
  }

  serialise(): SerialisedPolicy {
    return {
      kind: "named-network",
      family: INVENTORY_FAMILY,
      form: { policy: this.form.policy, hidden: [...this.form.hidden], unit: this.form.unit },
      problem: JSON.parse(JSON.stringify(this.problem)),
      parameters: this.parameters,
    };
  }
}

/** Lets a serialised policy act again. Throws `InputError` where it does not fit the world's observations. */
export function restoreInventoryPolicy(
  serialised: SerialisedPolicy,
  observationSize: number,
  createEngine: EngineFactory,
): InventoryPolicy {
  const { problem, form, parameters } = serialised as unknown as {
    readonly problem: InventoryProblem;
    readonly form: PolicyForm;
    readonly parameters: readonly ArrayLike<number>[];
  };
  const { width } = new InventorySimulator(problem);
  if (width !== observationSize) throw new InputError("policy", `${width} inputs`, `${observationSize} inputs`);
  const policy = new InventoryPolicy(problem, form, unrolledOf(createEngine));
  policy.setParameters(parameters);
  return policy;
}
