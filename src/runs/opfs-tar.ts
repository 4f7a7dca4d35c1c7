/** One file of a tar archive. */
export interface TarEntry {
  /** At most 100 bytes of UTF-8. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * Puts files into a tar archive (POSIX ustar, regular files only, times zero, so equal files give equal bytes).
 *
 * Throws `RangeError` for a path that is too long for a ustar header. Source: POSIX.1-2001, pax, "ustar interchange
 * format".
 */
export function tarOf(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;
  const total = entries.reduce((sum, { bytes }) => sum + BLOCK + padded(bytes.length), 2 * BLOCK);
  const out = new Uint8Array(total);
  let offset = 0;
  for (const { path, bytes } of entries) {
    out.set(headerOf(path, bytes.length), offset);
    out.set(bytes, offset + BLOCK);
    offset += BLOCK + padded(bytes.length);
  }
  return out;
}

function headerOf(path: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const name = new TextEncoder().encode(path);
  if (name.length > 100) throw new RangeError(`expected a path of at most 100 bytes, got ${name.length}: ${path}`);
  const write = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.set(name, 0);
  write(octal(0o644, 7), 100);
  write(octal(0, 7), 108);
  write(octal(0, 7), 116);
  write(octal(size, 11), 124);
  write(octal(0, 11), 136);
  write("        ", 148);
  write("0", 156);
  write("ustar\0", 257);
  write("00", 263);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
