import { initialParameters } from "../../compute/initialise.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import type { RandomStream } from "../../core/random.js";
import type { OrderPolicy } from "./order-policy.js";
import { addToPipelines, writePipelines } from "./pipeline-rows.js";
import { sigmoid, softplus } from "./smooth.js";

/**
 * A store that is supplied without limits orders softplus(out + 1) of a network over its pipeline.
 *
 * Source: `vanilla_one_store` of Alvo et al. 2023, arXiv:2306.11246.
 */
export class StoreNetwork implements OrderPolicy {
  readonly learnables: readonly UnrolledNetwork[];

  constructor(
    private readonly network: UnrolledNetwork,
    private readonly unit: number,
  ) {
    this.learnables = [network];
  }

  initialise(stream: RandomStream): void {
    this.network.setParameters(initialParameters(this.network.layout, stream));
  }

  forward(slot: number, numTraces: number, pipelines: Float64Array, orders: Float64Array): void {
    const { network } = this;
    const { values } = network;
    writePipelines(network, slot, numTraces, pipelines, this.unit);
    network.forward(slot, numTraces);
    const { first, stride } = network.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) orders[trace] = softplus(values[first + trace * stride] + 1);
  }

  backward(
    slot: number,
    numTraces: number,
    _pipelines: Float64Array,
    _orders: Float64Array,
    orderGradients: Float64Array,
    pipelineGradients: Float64Array,
  ): void {
    const { network } = this;
    const { values, outputGradients } = network;
    const outputs = network.outputs(slot);
    for (let trace = 0; trace < numTraces; trace++) {
      const slope = sigmoid(values[outputs.first + trace * outputs.stride] + 1);
      values[outputGradients.first + trace * outputGradients.stride] = slope * orderGradients[trace];
    }
    network.backward(slot, numTraces);
    addToPipelines(network, numTraces, pipelineGradients, this.unit);
  }
}
