// The two matrix products of an MLP, in tiles that stay in registers: 4 rows × 8 columns = 8 accumulators, which
// together with two vectors of B and one splat leave room in the 16 registers of x86-64. Inner loops take one step per
// turn: unrolled, V8's register allocator spills accumulators, and forward took 1.4 to 1.8 times as long.
import { multiplyAdd } from "./simd";

/** Rows (of the batch) that one pass takes: both operands of a 64-wide layer stay in 32 kB of L1. */
export const CHUNK: i32 = 64;
/** Bytes of one row that one block of a sum over columns takes. */
const BLOCK_BYTES: usize = 64 * 4;

/**
 * C[rows, n] = A[rows, k] B[k, n] + bias[n], with B in panels of eight columns ([n/8][k][8], the last one [k][4] when
 * n is an odd multiple of four). `rows`, `k` and `n` are multiples of four; strides are in bytes. A bias of 0 means
 * none; `accumulate` adds to what C holds instead of a bias.
 */
export function multiply(
  a: usize, aStride: usize, b: usize, bias: usize, c: usize, cStride: usize, rows: i32, k: i32, n: i32, accumulate: bool,
): void {
  const kBytes = <usize>k << 2;
  for (let column: i32 = 0; column < n; column += 8) {
    // Sums over k run in blocks that are added up at the end: shorter chains of float32 sums err less.
    for (let start: usize = 0; start < kBytes; start += BLOCK_BYTES) {
      const bytes = min(BLOCK_BYTES, kBytes - start), add = accumulate || start > 0;
      const first = start > 0 ? 0 : bias;
      if (column + 8 <= n) multiplyWide(a + start, aStride, b + (start << 3), first, c, cStride, rows, bytes, add);
      else multiplyNarrow(a + start, aStride, b + (start << 2), first, c, cStride, rows, bytes, add);
    }
    b += kBytes << 3;
    c += 32;
    if (bias) bias += 32;
  }
}

/** Eight columns of `multiply`: B is [k][8], and `bytes` is the size of k floats. */
function multiplyWide(
  a: usize, aStride: usize, b: usize, bias: usize, c: usize, cStride: usize, rows: i32, bytes: usize, add: bool,
): void {
  const bias0 = bias ? v128.load(bias) : f32x4.splat(0);
  const bias1 = bias ? v128.load(bias, 16) : f32x4.splat(0);
  for (let row: i32 = 0; row < rows; row += 4) {
    const a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
    let c00 = bias0, c01 = bias1, c10 = bias0, c11 = bias1, c20 = bias0, c21 = bias1, c30 = bias0, c31 = bias1;
    let w = b;
    for (let i: usize = 0; i < bytes; i += 4) {
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let s = v128.load32_splat(a + i); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
      s = v128.load32_splat(a1 + i); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
      s = v128.load32_splat(a2 + i); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
      s = v128.load32_splat(a3 + i); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
      w += 32;
    }
    const to1 = c + cStride, to2 = to1 + cStride, to3 = to2 + cStride;
    if (add) {
      c00 = f32x4.add(v128.load(c), c00); c01 = f32x4.add(v128.load(c, 16), c01);
      c10 = f32x4.add(v128.load(to1), c10); c11 = f32x4.add(v128.load(to1, 16), c11);
      c20 = f32x4.add(v128.load(to2), c20); c21 = f32x4.add(v128.load(to2, 16), c21);
      c30 = f32x4.add(v128.load(to3), c30); c31 = f32x4.add(v128.load(to3, 16), c31);
    }
    v128.store(c, c00); v128.store(c, c01, 16);
    v128.store(to1, c10); v128.store(to1, c11, 16);
    v128.store(to2, c20); v128.store(to2, c21, 16);
    v128.store(to3, c30); v128.store(to3, c31, 16);
    a = a3 + aStride;
    c = to3 + cStride;
  }
}

/** Four columns of `multiply`: B is [k][4], and `bytes` is the size of k floats. */
function multiplyNarrow(
  a: usize, aStride: usize, b: usize, bias: usize, c: usize, cStride: usize, rows: i32, bytes: usize, add: bool,
): void {
  const start = bias ? v128.load(bias) : f32x4.splat(0);
  for (let row: i32 = 0; row < rows; row += 4) {
    const a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
    const c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride;
    let s0 = start, s1 = start, s2 = start, s3 = start;
    // Odd steps of k have accumulators of their own: four alone would wait for each other's latency.
    let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
    let w = b;
    for (let i: usize = 0; i < bytes; i += 8) {
      const p0 = a + i, p1 = a1 + i, p2 = a2 + i, p3 = a3 + i;
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      s0 = multiplyAdd(v128.load32_splat(p0), b0, s0); t0 = multiplyAdd(v128.load32_splat(p0, 4), b1, t0);
      s1 = multiplyAdd(v128.load32_splat(p1), b0, s1); t1 = multiplyAdd(v128.load32_splat(p1, 4), b1, t1);
      s2 = multiplyAdd(v128.load32_splat(p2), b0, s2); t2 = multiplyAdd(v128.load32_splat(p2, 4), b1, t2);
      s3 = multiplyAdd(v128.load32_splat(p3), b0, s3); t3 = multiplyAdd(v128.load32_splat(p3, 4), b1, t3);
      w += 32;
    }
    store4(c, f32x4.add(s0, t0), add);
    store4(c1, f32x4.add(s1, t1), add);
    store4(c2, f32x4.add(s2, t2), add);
    store4(c3, f32x4.add(s3, t3), add);
    a = a3 + aStride;
    c = c3 + cStride;
  }
}

/**
 * C[m, n] += Aᵀ B with A[rows, m] and B[rows, n]: the sum of outer products that a weight gradient is. `m` and `n` are
 * multiples of four, C is dense, strides are in bytes. The sums of one call are added at its end to what C holds:
 * shorter chains of float32 sums err less.
 */
export function multiplyTransposed(
  a: usize, aStride: usize, b: usize, bStride: usize, c: usize, rows: i32, m: i32, n: i32,
): void {
  const cStride = <usize>n << 2;
  for (let i: i32 = 0; i < m; i += 4) {
    let column = b, to = c;
    let j: i32 = 0;
    for (; j + 8 <= n; j += 8) {
      let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      let p = a, q = column;
      for (let row: i32 = 0; row < rows; row++) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let s = v128.load32_splat(p); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
        s = v128.load32_splat(p, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
        s = v128.load32_splat(p, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
        s = v128.load32_splat(p, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
        p += aStride;
        q += bStride;
      }
      const to1 = to + cStride, to2 = to1 + cStride, to3 = to2 + cStride;
      c00 = f32x4.add(v128.load(to), c00); c01 = f32x4.add(v128.load(to, 16), c01);
      c10 = f32x4.add(v128.load(to1), c10); c11 = f32x4.add(v128.load(to1, 16), c11);
      c20 = f32x4.add(v128.load(to2), c20); c21 = f32x4.add(v128.load(to2, 16), c21);
      c30 = f32x4.add(v128.load(to3), c30); c31 = f32x4.add(v128.load(to3, 16), c31);
      v128.store(to, c00); v128.store(to, c01, 16);
      v128.store(to1, c10); v128.store(to1, c11, 16);
      v128.store(to2, c20); v128.store(to2, c21, 16);
      v128.store(to3, c30); v128.store(to3, c31, 16);
      column += 32;
      to += 32;
    }
    if (j < n) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
      let p = a, q = column;
      for (let row: i32 = 0; row < rows; row += 2) {
        const b0 = v128.load(q), b1 = v128.load(q + bStride), next = p + aStride;
        s0 = multiplyAdd(v128.load32_splat(p), b0, s0); t0 = multiplyAdd(v128.load32_splat(next), b1, t0);
        s1 = multiplyAdd(v128.load32_splat(p, 4), b0, s1); t1 = multiplyAdd(v128.load32_splat(next, 4), b1, t1);
        s2 = multiplyAdd(v128.load32_splat(p, 8), b0, s2); t2 = multiplyAdd(v128.load32_splat(next, 8), b1, t2);
        s3 = multiplyAdd(v128.load32_splat(p, 12), b0, s3); t3 = multiplyAdd(v128.load32_splat(next, 12), b1, t3);
        p = next + aStride;
        q += bStride << 1;
      }
      store4(to, f32x4.add(s0, t0), true);
      store4(to + cStride, f32x4.add(s1, t1), true);
      store4(to + cStride * 2, f32x4.add(s2, t2), true);
      store4(to + cStride * 3, f32x4.add(s3, t3), true);
    }
    a += 16;
    c += cStride << 2;
  }
}

// @ts-ignore: decorator
@inline
function store4(to: usize, value: v128, accumulate: bool): void {
  v128.store(to, accumulate ? f32x4.add(v128.load(to), value) : value);
}
