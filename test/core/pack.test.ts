import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { type Packable, pack, unpack } from "../../src/core/pack.js";

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const array = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    number.map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string(),
    array,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe("the checkpoint format", () => {
  it("gives back any plain data with typed arrays in it", () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(unpack(pack(value as Packable))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it("starts with an 8-byte length and a JSON header, and every array at a multiple of 8 bytes", () => {
    const bytes = pack({ name: "x", a: new Uint8Array([1, 2, 3]), b: new Float64Array([1.5]) });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header.arrays).toEqual([
      { type: "Uint8Array", length: 3, offset: 0 },
      { type: "Float64Array", length: 1, offset: 8 },
    ]);
    const start = (8 + length + 7) & ~7;
    expect(new DataView(bytes.buffer).getFloat64(start + 8, true)).toBe(1.5);
  });

  it("a file that is cut anywhere is refused by name, never half read", () => {
    const bytes = pack({ parameters: new Float32Array(50).fill(2), step: 7 });
    for (let length = 0; length < bytes.length; length += 11) {
      expect(() => unpack(bytes.subarray(0, length), "checkpoint 7.bin")).toThrow(InputError);
      expect(() => unpack(bytes.subarray(0, length), "checkpoint 7.bin")).toThrow(
        /^checkpoint 7\.bin: expected a whole file/,
      );
    }
  });

  it("bytes that are something else are refused", () => {
    expect(() => unpack(new TextEncoder().encode("not a checkpoint at all"))).toThrow(InputError);
    const other = new Uint8Array(24);
    other.set(new TextEncoder().encode("[1,2]"), 8);
    new DataView(other.buffer).setBigUint64(0, 5n, true);
    expect(() => unpack(other)).toThrow(/a header without arrays/);
    expect(() => unpack(new Uint8Array(0))).toThrow(/got 0 bytes/);
  });
});
