/**
 * Solves A x = b for a small dense matrix by Gaussian elimination with partial pivoting, several right-hand sides at
 * once: `a` [n, n], `b` [n, m], both row-major and overwritten; returns x [n, m].
 *
 * A singular direction gets 0 rather than infinity: a column without a pivot leaves its unknown out.
 */
export function solveInPlace(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const m = b.length / n;
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row * n + column]) > Math.abs(a[pivot * n + column])) pivot = row;
    }
    if (Math.abs(a[pivot * n + column]) <= 1e-13 * largest) {
      // Nothing determines this unknown: fix it at 0.
      for (let other = 0; other < n; other++) {
        a[other * n + column] = 0;
        a[column * n + other] = 0;
      }
      a[column * n + column] = 1;
      b.fill(0, column * m, (column + 1) * m);
      continue;
    }
    swapRows(a, n, pivot, column);
    swapRows(b, m, pivot, column);
    for (let row = column + 1; row < n; row++) {
      const factor = a[row * n + column] / a[column * n + column];
      if (factor === 0) continue;
      for (let k = column; k < n; k++) a[row * n + k] -= factor * a[column * n + k];
      for (let k = 0; k < m; k++) b[row * m + k] -= factor * b[column * m + k];
    }
  }
  const x = new Float64Array(n * m);
  for (let row = n - 1; row >= 0; row--) {
    for (let k = 0; k < m; k++) {
      let rest = b[row * m + k];
      for (let column = row + 1; column < n; column++) rest -= a[row * n + column] * x[column * m + k];
      x[row * m + k] = rest / a[row * n + row];
    }
  }
  return x;
}

function swapRows(matrix: Float64Array, width: number, one: number, other: number): void {
  if (one === other) return;
  for (let k = 0; k < width; k++) {
    const kept = matrix[one * width + k];
    matrix[one * width + k] = matrix[other * width + k];
    matrix[other * width + k] = kept;
  }
}

/**
 * Eigenvector [n] of a symmetric matrix's smallest eigenvalue, of length 1; `matrix` [n, n] is overwritten.
 *
 * Cyclic Jacobi rotations, exact to rounding for the small matrices here. Source: Golub & Van Loan, section 8.5.
 */
export function smallestEigenvector(matrix: Float64Array, n: number): Float64Array {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += matrix[p * n + q] ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, n, p, q);
  }
  let smallest = 0;
  for (let i = 1; i < n; i++) if (matrix[i * n + i] < matrix[smallest * n + smallest]) smallest = i;
  return Float64Array.from({ length: n }, (_, row) => vectors[row * n + smallest]);
}

/** One Jacobi rotation that zeroes entry (p, q). */
function rotate(matrix: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = matrix[p * n + q];
  if (apq === 0) return;
  const theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [matrix[k * n + p], matrix[k * n + q]];
    matrix[k * n + p] = c * kp - s * kq;
    matrix[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [matrix[p * n + k], matrix[q * n + k]];
    matrix[p * n + k] = c * pk - s * qk;
    matrix[q * n + k] = s * pk + c * qk;
    const [vp, vq] = [vectors[k * n + p], vectors[k * n + q]];
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
}
