import { InputError } from "./errors.js";

/**
 * The checkpoint format: an 8-byte little-endian length, a JSON header of that length, then the arrays of the
 * header's `arrays` one after another, each little-endian and starting at a multiple of 8 bytes.
 */
export type PackedArray = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;
/** Plain data with typed arrays in it; what {@link pack} takes and {@link unpack} returns. */
export type Packable =
  | null
  | boolean
  | number
  | string
  | PackedArray
  | readonly Packable[]
  | { readonly [key: string]: Packable | undefined };

const TYPES = { Float32Array, Float64Array, Uint32Array, Int32Array, Uint8Array } as const;
type TypeName = keyof typeof TYPES;
interface ArrayEntry {
  readonly type: TypeName;
  readonly length: number;
  readonly offset: number;
}

const align = (bytes: number) => (bytes + 7) & ~7;

/** Writes plain data with typed arrays as bytes. */
export function pack(value: Packable): Uint8Array<ArrayBuffer> {
  const arrays: PackedArray[] = [];
  const entries: ArrayEntry[] = [];
  let offset = 0;
  const body = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "number" && !Number.isFinite(item)) return { $number: String(item) };
    if (!ArrayBuffer.isView(item)) return item;
    const array = item as PackedArray;
    entries.push({ type: array.constructor.name as TypeName, length: array.length, offset });
    arrays.push(array);
    offset = align(offset + array.byteLength);
    return { $array: entries.length - 1 };
  });
  const header = new TextEncoder().encode(`{"arrays":${JSON.stringify(entries)},"value":${body}}`);
  const start = align(8 + header.length);
  const bytes = new Uint8Array(start + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  arrays.forEach((array, i) => {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + entries[i].offset);
  });
  return bytes;
}

/** Reads what {@link pack} wrote. Throws {@link InputError} that names `source` when the bytes are cut or broken. */
export function unpack(bytes: Uint8Array, source = "checkpoint"): Packable {
  const broken = (why: string) => new InputError(source, why, "a whole file written by Vitrine");
  if (bytes.length < 8) throw broken(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw broken(`a truncated file of ${bytes.length} bytes`);
  let header: { arrays: ArrayEntry[]; value: unknown };
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw broken("a header that is not JSON");
  }
  if (!Array.isArray(header?.arrays)) throw broken("a header without arrays");
  const start = align(8 + headerLength);
  const arrays = header.arrays.map(({ type, length, offset }) => {
    const Type = TYPES[type];
    if (!Type) throw broken(`an array of unknown type ${type}`);
    const from = start + offset;
    const to = from + length * Type.BYTES_PER_ELEMENT;
    if (!(to <= bytes.length)) throw broken(`a truncated file of ${bytes.length} bytes, ${to} needed`);
    return new Type(bytes.slice(from, to).buffer);
  });
  return revive(header.value, arrays);
}

function revive(value: unknown, arrays: readonly PackedArray[]): Packable {
  if (Array.isArray(value)) return value.map((item) => revive(item, arrays));
  if (typeof value !== "object" || value === null) return value as Packable;
  const record = value as Record<string, unknown>;
  if (typeof record["$array"] === "number") return arrays[record["$array"]];
  if (typeof record["$number"] === "string") return Number(record["$number"]);
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, revive(item, arrays)]));
}
