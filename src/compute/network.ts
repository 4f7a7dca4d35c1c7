/**
 * What a network is, and where each of its numbers lies in one flat array.
 *
 * A network is a shared trunk (often empty) and one or more heads, each a small MLP, plus free parameters that no
 * input reaches (the log standard deviations of a Gaussian policy). All engines use one layout, so switching the
 * engine is a copy: for each layer W [ceil4(out)][ceil4(in)] row-major, then b [ceil4(out)]; then the free
 * parameters, padded to a multiple of four. Every tensor starts at a multiple of 16 bytes and all padding is zero,
 * which training keeps: its gradients are exactly zero.
 */
export type Activation = "tanh" | "relu" | "elu";

export interface HeadSpec {
  readonly name: string;
  /** Widths of the hidden layers of this head alone, after the trunk. */
  readonly hidden: readonly number[];
  readonly outputSize: number;
  /** Gain of the orthogonal initialisation of the last layer. */
  readonly outputGain: number;
  /** Whether the activation follows the last layer too; it does not unless said so. */
  readonly activated?: boolean;
}

export interface NetworkSpec {
  readonly inputSize: number;
  readonly activation: Activation;
  /** Distribution of the first weights; orthogonal unless said otherwise. See `initialise.ts`. */
  readonly initialisation?: "orthogonal" | "uniform";
  /** Widths of the hidden layers that all heads share; may be empty. */
  readonly trunk: readonly number[];
  readonly heads: readonly HeadSpec[];
  /** Parameters that are no function of the input: their number and first value. */
  readonly free?: { readonly size: number; readonly initial: number };
  /** Whether `backward` also gives the gradient of the inputs, for what is computed outside of the engine. */
  readonly inputGradients?: boolean;
}

export interface LayerLayout {
  readonly inSize: number;
  readonly outSize: number;
  /** Sizes rounded up to a multiple of four. */
  readonly paddedIn: number;
  readonly paddedOut: number;
  /** Offset of W [paddedOut][paddedIn] in the flat array, in floats. */
  readonly weights: number;
  /** Offset of b [paddedOut]. */
  readonly biases: number;
  /** The activation follows every layer but the last of a head, unless the head says otherwise. */
  readonly activated: boolean;
  /** Gain of the orthogonal initialisation. */
  readonly gain: number;
}

export interface HeadLayout {
  readonly name: string;
  readonly layers: readonly LayerLayout[];
  readonly outputSize: number;
  /** Where this head's outputs start in a row of the network's outputs. */
  readonly outputOffset: number;
}

export interface NetworkLayout {
  readonly spec: NetworkSpec;
  readonly trunk: readonly LayerLayout[];
  readonly heads: readonly HeadLayout[];
  /** Trunk first, then the heads in order. */
  readonly layers: readonly LayerLayout[];
  /** Outputs of all heads side by side: a row of the network's outputs, without padding. */
  readonly outputSize: number;
  /** Offset and number of the free parameters. */
  readonly freeOffset: number;
  readonly freeSize: number;
  /** Floats in the flat array, padding included. */
  readonly size: number;
  /** Numbers that learn, padding excluded: what people call the number of weights. */
  readonly parameterCount: number;
}

/** Rounds up to a multiple of four: the width of a SIMD register and of a GPU's vec4. */
export const ceil4 = (n: number): number => (n + 3) & ~3;

/** Lays a network out. Throws `RangeError` for a size that is not a positive whole number. */
export function layoutOf(spec: NetworkSpec): NetworkLayout {
  let offset = 0;
  let parameterCount = 0;
  const layer = (inSize: number, outSize: number, activated: boolean, gain: number): LayerLayout => {
    if (!(Number.isInteger(outSize) && outSize > 0))
      throw new RangeError(`expected a layer width of 1 or more, got ${outSize}`);
    const paddedIn = ceil4(inSize);
    const paddedOut = ceil4(outSize);
    const weights = offset;
    const biases = weights + paddedOut * paddedIn;
    offset = biases + paddedOut;
    parameterCount += outSize * (inSize + 1);
    return { inSize, outSize, paddedIn, paddedOut, weights, biases, activated, gain };
  };
  if (!(Number.isInteger(spec.inputSize) && spec.inputSize > 0)) {
    throw new RangeError(`expected an input size of 1 or more, got ${spec.inputSize}`);
  }
  const hiddenGain = spec.activation === "tanh" || spec.activation === "relu" ? Math.SQRT2 : 1;
  const stack = (inSize: number, widths: readonly number[]) =>
    widths.map((width, i) => layer(i === 0 ? inSize : widths[i - 1], width, true, hiddenGain));

  const trunk = stack(spec.inputSize, spec.trunk);
  const trunkSize = spec.trunk.at(-1) ?? spec.inputSize;
  let outputOffset = 0;
  const heads = spec.heads.map((head): HeadLayout => {
    const hidden = stack(trunkSize, head.hidden);
    const last = layer(head.hidden.at(-1) ?? trunkSize, head.outputSize, head.activated ?? false, head.outputGain);
    const layout = { name: head.name, layers: [...hidden, last], outputSize: head.outputSize, outputOffset };
    outputOffset += head.outputSize;
    return layout;
  });
  const freeSize = spec.free?.size ?? 0;
  return {
    spec,
    trunk,
    heads,
    layers: [...trunk, ...heads.flatMap((head) => head.layers)],
    outputSize: outputOffset,
    freeOffset: offset,
    freeSize,
    size: offset + ceil4(freeSize),
    parameterCount: parameterCount + freeSize,
  };
}
