/** About five round ticks that enclose [low, high]. */
export function ticksOf(low: number, high: number): number[] {
  const span = high - low || Math.max(Math.abs(high), 1);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(low / gap);
  const last = Math.max(Math.ceil(high / gap), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * gap);
}
