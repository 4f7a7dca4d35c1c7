import type { NetworkSpec } from "../network.js";
import { checkUnrolled, type UnrolledNetwork, type ValueRows } from "../unrolled.js";
import type { Rows } from "./plan.js";
import { WasmNetwork } from "./wasm-network.js";

const valueRows = ({ pointer, stride }: Rows): ValueRows => ({ first: pointer >>> 2, stride: stride >>> 2 });

/** An unrolled network whose slots all lie in one linear memory. */
export class WasmUnrolledNetwork extends WasmNetwork implements UnrolledNetwork {
  readonly outputGradients: ValueRows;
  readonly inputGradients: ValueRows;
  private readonly slotInputs: readonly ValueRows[];
  private readonly slotOutputs: readonly ValueRows[];

  constructor(module: WebAssembly.Module, network: NetworkSpec, numSlots: number, maxRows: number) {
    super(module, network, numSlots, maxRows);
    checkUnrolled(this.layout, numSlots, maxRows);
    const { slots, outputGradients, inputGradients } = this.plan;
    this.slotInputs = slots.map(({ inputs }) => valueRows(inputs));
    this.slotOutputs = slots.map(({ outputs }) => valueRows(outputs[0]));
    this.outputGradients = valueRows(outputGradients[0]);
    this.inputGradients = valueRows(inputGradients ?? outputGradients[0]);
  }

  inputs(slot: number): ValueRows {
    return this.slotInputs[slot];
  }

  outputs(slot: number): ValueRows {
    return this.slotOutputs[slot];
  }
}
