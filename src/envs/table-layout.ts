/**
 * How what a world's dynamics read is laid out in a row of 32-bit floats on the device: entry after entry, in the order
 * of the object's keys, nested objects in their place. An empty array takes one entry, since WGSL has none of size zero.
 */
export interface TableField {
  /** Path in WGSL: `numNodes`, `sales.firstWeek`. */
  readonly path: string;
  readonly offset: number;
  /** Entries of an array; null for a number. */
  readonly length: number | null;
}

/** Numbers, arrays of numbers, and objects of these. */
export type Tables = { readonly [name: string]: number | ArrayLike<number> | Tables };

type Entry = readonly [path: string, value: number | ArrayLike<number>];

export const isArray = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || ArrayBuffer.isView(value);

function entriesOf(tables: Tables, prefix = ""): Entry[] {
  return Object.entries(tables).flatMap(([name, value]): Entry[] => {
    if (typeof value === "number" || isArray(value)) return [[prefix + name, value]];
    return entriesOf(value, `${prefix}${name}.`);
  });
}

/** Where every number and array of the tables lies. */
export function tableLayout(tables: Tables): { readonly fields: readonly TableField[]; readonly size: number } {
  let size = 0;
  const fields = entriesOf(tables).map(([path, value]): TableField => {
    const length = typeof value === "number" ? null : Math.max(1, value.length);
    const offset = size;
    size += length ?? 1;
    return { path, offset, length };
  });
  return { fields, size };
}

/** The tables as one row, by {@link tableLayout}. */
export function tableRow(tables: Tables): Float32Array {
  const { size } = tableLayout(tables);
  const row = new Float32Array(size);
  let at = 0;
  for (const [, value] of entriesOf(tables)) {
    if (typeof value === "number") {
      row[at++] = value;
    } else {
      row.set(value, at);
      at += Math.max(1, value.length);
    }
  }
  return row;
}

/**
 * Array sizes that stand in the WGSL of a varied world for those that follow from its options. Each is the size of
 * nothing else, so that {@link withSizes} finds them in the text: of a step's rows, then of the arrays of its tables.
 */
const FIRST_PLACEHOLDER = 90001;
export const ROWS = ["state", "action", "observation", "noise"] as const;

/** The placeholder of a row, or of the table's array that comes after so many others. */
export const rowPlaceholder = (row: (typeof ROWS)[number]): number => FIRST_PLACEHOLDER + ROWS.indexOf(row);
export const arrayPlaceholder = (index: number): number => FIRST_PLACEHOLDER + ROWS.length + index;

/** A varied world's WGSL with the sizes of one of its variants. */
export function withSizes(
  code: string,
  rows: Readonly<Record<(typeof ROWS)[number], number>>,
  fields: readonly TableField[],
): string {
  const arrays = fields.flatMap(({ length }) => (length === null ? [] : [length]));
  const sizes = [...ROWS.map((row) => rows[row]), ...arrays];
  return code.replace(/array<f32, (9\d{4})>/g, (_, placeholder) => {
    return `array<f32, ${sizes[Number(placeholder) - FIRST_PLACEHOLDER]}>`;
  });
}
