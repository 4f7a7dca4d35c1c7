import type { RandomStream } from "../core/random.js";
import type { NetworkLayout } from "./network.js";

/**
 * First parameters of a network [layout.size]; free parameters at their initial value, padding zero. Draws from copy 0
 * of `stream`, layer by layer.
 *
 * `orthogonal`: orthogonal weights times each layer's gain, zero biases. Source: Saxe, McClelland & Ganguli 2014,
 * arXiv:1312.6120; the same distribution as `torch.nn.init.orthogonal_`. `uniform`: weights and biases uniform within
 * ±1/√inputs, the default of `torch.nn.Linear`.
 */
export function initialParameters(layout: NetworkLayout, stream: RandomStream): Float32Array {
  const parameters = new Float32Array(layout.size);
  for (const layer of layout.layers) {
    const { inSize, outSize, paddedIn, weights, biases, gain } = layer;
    const uniform = layout.spec.initialisation === "uniform";
    const bound = 1 / Math.sqrt(inSize);
    const draw = () => bound * (2 * stream.uniform() - 1);
    const matrix = uniform
      ? Float64Array.from({ length: outSize * inSize }, draw)
      : orthogonal(outSize, inSize, stream);
    const scale = uniform ? 1 : gain;
    for (let o = 0; o < outSize; o++) {
      for (let i = 0; i < inSize; i++) parameters[weights + o * paddedIn + i] = scale * matrix[o * inSize + i];
      if (uniform) parameters[biases + o] = draw();
    }
  }
  const initial = layout.spec.free?.initial ?? 0;
  parameters.fill(initial, layout.freeOffset, layout.freeOffset + layout.freeSize);
  return parameters;
}

/**
 * A matrix [numRows, numColumns] with orthonormal rows, or orthonormal columns when it is taller than wide,
 * uniformly distributed: Gaussian vectors made orthonormal one after another (Gram–Schmidt, twice for accuracy),
 * which is the QR decomposition with a positive diagonal of R.
 */
function orthogonal(numRows: number, numColumns: number, stream: RandomStream): Float64Array {
  const wide = numColumns >= numRows;
  const numVectors = wide ? numRows : numColumns;
  const size = wide ? numColumns : numRows;
  const vectors = Array.from({ length: numVectors }, () => new Float64Array(size));
  for (let n = 0; n < numVectors; n++) {
    const vector = vectors[n];
    for (let i = 0; i < size; i++) vector[i] = stream.normal();
    for (let pass = 0; pass < 2; pass++) {
      for (let earlier = 0; earlier < n; earlier++) {
        const overlap = dot(vector, vectors[earlier]);
        for (let i = 0; i < size; i++) vector[i] -= overlap * vectors[earlier][i];
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < size; i++) vector[i] /= length;
  }
  const matrix = new Float64Array(numRows * numColumns);
  for (let n = 0; n < numVectors; n++) {
    for (let i = 0; i < size; i++) matrix[wide ? n * numColumns + i : i * numColumns + n] = vectors[n][i];
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
