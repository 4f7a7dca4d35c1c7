// Forward and backward of a whole network in one call. The host writes a plan into linear memory: one record per
// layer, trunk first, then head after head, in the order in which forward visits them.
import { CHUNK, multiply, multiplyTransposed } from "./matmul";
import { elu4, tanh4 } from "./simd";

/** Words of a layer's record; the same order stands in `plan.ts` on the host's side. Pointers and strides in bytes. */
@unmanaged
class Layer {
  /** 0 none, 1 tanh, 2 relu, 3 elu. */
  activation: i32;
  /** Sizes, padded to multiples of four. */
  inSize: i32;
  outSize: i32;
  /** Rows of what goes in and what comes out, and of the gradients of both; 0 where none is wanted. */
  input: usize;
  inputStride: usize;
  output: usize;
  outputStride: usize;
  outputGradient: usize;
  inputGradient: usize;
  /** 1 when another head has already left its share in `inputGradient`. */
  accumulate: i32;
  /** Canonical W [out][in] and b [out], and their gradients. */
  weights: usize;
  biases: usize;
  weightGradients: usize;
  biasGradients: usize;
  /** Wᵀ in panels of eight outputs, for forward; W in panels of eight inputs, for the gradient of the input. */
  forwardPanels: usize;
  backwardPanels: usize;
}

const LAYER_BYTES: usize = 16 * 4;

/** Outputs of all layers for `rows` rows (a multiple of four). */
export function forward(plan: usize, numLayers: i32, rows: i32): void {
  for (let index: i32 = 0; index < numLayers; index++) {
    const layer = changetype<Layer>(plan + <usize>index * LAYER_BYTES);
    const inputStride = layer.inputStride, outputStride = layer.outputStride;
    for (let first: i32 = 0; first < rows; first += CHUNK) {
      const count = min(CHUNK, rows - first);
      const output = layer.output + <usize>first * outputStride;
      multiply(
        layer.input + <usize>first * inputStride, inputStride, layer.forwardPanels, layer.biases,
        output, outputStride, count, layer.inSize, layer.outSize, false,
      );
      if (layer.activation) activate(output, outputStride, count, layer.outSize, layer.activation);
    }
  }
}

function activate(output: usize, stride: usize, rows: i32, size: i32, activation: i32): void {
  const bytes = <usize>size << 2;
  for (let row: i32 = 0; row < rows; row++) {
    const end = output + bytes;
    let p = output;
    if (activation == 1) {
      // Two at a time: a quotient's latency is long, and the two do not wait for each other.
      for (; p + 32 <= end; p += 32) {
        const a = tanh4(v128.load(p)), b = tanh4(v128.load(p, 16));
        v128.store(p, a); v128.store(p, b, 16);
      }
      if (p < end) v128.store(p, tanh4(v128.load(p)));
    } else if (activation == 3) {
      for (; p + 32 <= end; p += 32) {
        const a = elu4(v128.load(p)), b = elu4(v128.load(p, 16));
        v128.store(p, a); v128.store(p, b, 16);
      }
      if (p < end) v128.store(p, elu4(v128.load(p)));
    } else {
      for (; p < end; p += 16) v128.store(p, f32x4.max(v128.load(p), f32x4.splat(0)));
    }
    output += stride;
  }
}

/** Adds to the gradients of all weights and biases, from the gradients of the heads' outputs; last layer first. */
export function backward(plan: usize, numLayers: i32, rows: i32): void {
  for (let index = numLayers - 1; index >= 0; index--) {
    const layer = changetype<Layer>(plan + <usize>index * LAYER_BYTES);
    const inputStride = layer.inputStride, outputStride = layer.outputStride;
    if (!layer.activation) sumRows(layer.outputGradient, outputStride, rows, layer.outSize, layer.biasGradients);
    for (let first: i32 = 0; first < rows; first += CHUNK) {
      const count = min(CHUNK, rows - first);
      const toOutput = <usize>first * outputStride, toInput = <usize>first * inputStride;
      const gradient = layer.outputGradient + toOutput;
      if (layer.activation) {
        slopes(
          gradient, layer.output + toOutput, outputStride, count, layer.outSize,
          layer.activation, layer.biasGradients,
        );
      }
      multiplyTransposed(
        gradient, outputStride, layer.input + toInput, inputStride,
        layer.weightGradients, count, layer.outSize, layer.inSize,
      );
      if (layer.inputGradient) {
        multiply(
          gradient, outputStride, layer.backwardPanels, 0,
          layer.inputGradient + toInput, inputStride, count, layer.outSize, layer.inSize, layer.accumulate != 0,
        );
      }
    }
  }
}

/** Multiplies gradients by the activation's slope, told by its output, and adds their sums to those of the biases. */
function slopes(
  gradient: usize, output: usize, stride: usize, rows: i32, size: i32, activation: i32, biasGradients: usize,
): void {
  for (let column: i32 = 0; column < size; column += 4) {
    let sum = f32x4.splat(0);
    let p = gradient, y = output;
    if (activation == 1) {
      for (let row: i32 = 0; row < rows; row++, p += stride, y += stride) {
        const value = v128.load(y), scaled = f32x4.mul(v128.load(p), f32x4.sub(f32x4.splat(1), f32x4.mul(value, value)));
        v128.store(p, scaled);
        sum = f32x4.add(sum, scaled);
      }
    } else if (activation == 3) {
      for (let row: i32 = 0; row < rows; row++, p += stride, y += stride) {
        const value = f32x4.min(v128.load(y), f32x4.splat(0)), scaled = f32x4.mul(v128.load(p), f32x4.add(value, f32x4.splat(1)));
        v128.store(p, scaled);
        sum = f32x4.add(sum, scaled);
      }
    } else {
      for (let row: i32 = 0; row < rows; row++, p += stride, y += stride) {
        const scaled = v128.and(v128.load(p), f32x4.gt(v128.load(y), f32x4.splat(0)));
        v128.store(p, scaled);
        sum = f32x4.add(sum, scaled);
      }
    }
    v128.store(biasGradients, f32x4.add(v128.load(biasGradients), sum));
    biasGradients += 16;
    gradient += 16;
    output += 16;
  }
}

/**
 * Adds the sums of rows to the biases of a head's last layer, in float64: such a tensor may have a single entry, whose positive
 * and negative shares cancel with no larger neighbour to hide the rounding.
 */
function sumRows(gradient: usize, stride: usize, rows: i32, size: i32, biasGradients: usize): void {
  for (let column: i32 = 0; column < size; column += 4) {
    let low = f64x2.splat(0), high = low;
    let p = gradient;
    for (let row: i32 = 0; row < rows; row++, p += stride) {
      const v = v128.load(p);
      low = f64x2.add(low, f64x2.promote_low_f32x4(v));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3)));
    }
    const sumLow = f32x4.demote_f64x2_zero(low), sumHigh = f32x4.demote_f64x2_zero(high);
    v128.store(biasGradients, f32x4.add(v128.load(biasGradients), v128.shuffle<f32>(sumLow, sumHigh, 0, 1, 4, 5)));
    biasGradients += 16;
    gradient += 16;
  }
}

/** Refreshes both panel copies of every layer's weights; call after the parameters change. */
export function packWeights(plan: usize, numLayers: i32): void {
  for (let index: i32 = 0; index < numLayers; index++) {
    const layer = changetype<Layer>(plan + <usize>index * LAYER_BYTES);
    packForward(layer.weights, layer.forwardPanels, layer.outSize, layer.inSize);
    if (layer.inputGradient) packBackward(layer.weights, layer.backwardPanels, layer.outSize, layer.inSize);
  }
}

/** W [out][in] to Wᵀ in panels [out/8][in][8], the last one [in][4] when out is an odd multiple of four. */
function packForward(weights: usize, panels: usize, outSize: i32, inSize: i32): void {
  const rowBytes = <usize>inSize << 2;
  for (let o: i32 = 0; o < outSize; o += 4) {
    // Two blocks of four outputs share a panel of eight, unless the second one is missing.
    const width: usize = (o | 4) < outSize ? 32 : 16;
    let to = panels + <usize>(o & ~7) * rowBytes + (o & 4 ? 16 : 0);
    let from = weights + <usize>o * rowBytes;
    for (let i: i32 = 0; i < inSize; i += 4) {
      const w0 = v128.load(from), w1 = v128.load(from + rowBytes);
      const w2 = v128.load(from + rowBytes * 2), w3 = v128.load(from + rowBytes * 3);
      // Transposes a 4 × 4 block: first pairs of rows, then pairs of pairs.
      const low01 = v128.shuffle<f32>(w0, w1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(w0, w1, 2, 6, 3, 7);
      const low23 = v128.shuffle<f32>(w2, w3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(w2, w3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
      v128.store(to + width, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
      v128.store(to + width * 2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
      v128.store(to + width * 3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
      from += 16;
      to += width << 2;
    }
  }
}

/** W [out][in] to panels [in/8][out][8], the last one [out][4] when in is an odd multiple of four. */
function packBackward(weights: usize, panels: usize, outSize: i32, inSize: i32): void {
  const rowBytes = <usize>inSize << 2;
  let i: i32 = 0;
  for (; i + 8 <= inSize; i += 8) {
    let from = weights + (<usize>i << 2);
    for (let o: i32 = 0; o < outSize; o++, from += rowBytes, panels += 32) {
      v128.store(panels, v128.load(from));
      v128.store(panels, v128.load(from, 16), 16);
    }
  }
  if (i < inSize) {
    let from = weights + (<usize>i << 2);
    for (let o: i32 = 0; o < outSize; o++, from += rowBytes, panels += 16) v128.store(panels, v128.load(from));
  }
}
