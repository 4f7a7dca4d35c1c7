import type { UnrolledNetwork } from "../../compute/unrolled.js";

/** Makes the pipelines of all nodes the inputs of a network, a row for each trace, `unit` units counting as 1. */
export function writePipelines(
  network: UnrolledNetwork,
  slot: number,
  numTraces: number,
  pipelines: Float64Array,
  unit: number,
): void {
  const { values } = network;
  const width = network.layout.spec.inputSize;
  const { first, stride } = network.inputs(slot);
  for (let trace = 0; trace < numTraces; trace++) {
    const to = first + trace * stride;
    for (let i = 0; i < width; i++) values[to + i] = pipelines[trace * width + i] / unit;
  }
}

/** Adds the input gradients of such a network to those of the pipelines. */
export function addToPipelines(
  network: UnrolledNetwork,
  numTraces: number,
  pipelineGradients: Float64Array,
  unit: number,
): void {
  const { values, inputGradients } = network;
  const width = network.layout.spec.inputSize;
  for (let trace = 0; trace < numTraces; trace++) {
    const from = inputGradients.first + trace * inputGradients.stride;
    for (let i = 0; i < width; i++) pipelineGradients[trace * width + i] += values[from + i] / unit;
  }
}
