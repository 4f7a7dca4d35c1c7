// Rows that go from one place to another in every trace alike: what a graph network does between its modules.
import { multiplyAdd } from "./simd";

/** Words of a move's record; the same order stands in `wasm-unrolled.ts` on the host's side. */
@unmanaged
class Move {
  /** Rows within a trace, and the first column of each in bytes. */
  fromRow: u32;
  fromColumn: usize;
  toRow: u32;
  toColumn: usize;
  scale: f32;
  /** 1 to add to what is there, 0 to replace it. */
  add: i32;
}

const MOVE_BYTES: usize = 6 * 4;

/** Carries out `numMoves` moves of `size` floats, in their order, in each trace; strides are in bytes. */
export function moveRows(
  moves: usize, numMoves: i32, numTraces: i32, size: i32,
  from: usize, fromStride: usize, fromPerTrace: i32, to: usize, toStride: usize, toPerTrace: i32,
): void {
  const fromTrace = <usize>fromPerTrace * fromStride, toTrace = <usize>toPerTrace * toStride;
  for (let trace: i32 = 0; trace < numTraces; trace++, from += fromTrace, to += toTrace) {
    for (let index: i32 = 0; index < numMoves; index++) {
      const move = changetype<Move>(moves + <usize>index * MOVE_BYTES);
      const p = from + <usize>move.fromRow * fromStride + move.fromColumn;
      const q = to + <usize>move.toRow * toStride + move.toColumn;
      if (move.add) addRow(p, q, size, move.scale);
      else replaceRow(p, q, size, move.scale);
    }
  }
}

function addRow(p: usize, q: usize, size: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const end = p + (<usize>size << 2), last = p + (<usize>(size & ~3) << 2);
  for (; p < last; p += 16, q += 16) v128.store(q, multiplyAdd(v128.load(p), scales, v128.load(q)));
  for (; p < end; p += 4, q += 4) store<f32>(q, load<f32>(p) * scale + load<f32>(q));
}

function replaceRow(p: usize, q: usize, size: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const end = p + (<usize>size << 2), last = p + (<usize>(size & ~3) << 2);
  for (; p < last; p += 16, q += 16) v128.store(q, f32x4.mul(v128.load(p), scales));
  for (; p < end; p += 4, q += 4) store<f32>(q, load<f32>(p) * scale);
}
