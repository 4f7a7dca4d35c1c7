/** Curves over two logarithmic axes. */
export interface LinePlot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly { readonly label: string; readonly points: readonly { x: number; y: number }[] }[];
}

const WIDTH = 720;
const HEIGHT = 420;
const BOX = { left: 70, right: 470, top: 44, bottom: 370 };
const COLOURS = ["#1b6ac9", "#c2571a", "#2e7d4f", "#7a4fb3", "#a33a5b", "#5b6470"];
const DASHES = ["", "7 3", "2 3", "9 3 2 3", "5 5", "1 4"];

/** The plot as an SVG; series without points are left out. An empty plot says so. */
export function linePlot({ title, xLabel, yLabel, series }: LinePlot): string {
  const shown = series.filter(({ points }) => points.length > 0);
  const all = shown.flatMap(({ points }) => points);
  const xs = axisOf(
    all.map(({ x }) => x),
    2,
  );
  const ys = axisOf(
    all.map(({ y }) => y),
    10,
  );
  const px = (x: number) => BOX.left + xs.share(x) * (BOX.right - BOX.left);
  const py = (y: number) => BOX.bottom - ys.share(y) * (BOX.bottom - BOX.top);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${BOX.left}" y="22" font-size="14" font-weight="600">${escapeXml(title)}</text>`,
    `<text x="${(BOX.left + BOX.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle" fill="#555">${escapeXml(xLabel)}</text>`,
    `<text x="${BOX.left}" y="38" fill="#555">${escapeXml(yLabel)}</text>`,
  ];
  if (all.length === 0) parts.push(`<text x="${BOX.left}" y="120" fill="#555">Nothing was measured.</text>`);
  for (const tick of ys.ticks) {
    const y = round(py(tick));
    parts.push(`<path d="M${BOX.left} ${y}H${BOX.right}" stroke="#ddd"/>`);
    parts.push(`<text x="${BOX.left - 8}" y="${y + 4}" text-anchor="end" fill="#555">${compact(tick)}</text>`);
  }
  for (const tick of xs.ticks) {
    const x = round(px(tick));
    parts.push(
      `<text x="${x}" y="${BOX.bottom + 18}" text-anchor="middle" fill="#555">${tick.toLocaleString("en-US")}</text>`,
    );
  }
  shown.forEach(({ label, points }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const line = points.map(({ x, y }) => `${round(px(x))},${round(py(y))}`).join(" ");
    const dash = DASHES[i % DASHES.length];
    parts.push(
      `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
    );
    for (const { x, y } of points)
      parts.push(`<circle cx="${round(px(x))}" cy="${round(py(y))}" r="3" fill="${colour}"/>`);
    const y = BOX.top + 10 + 20 * i;
    parts.push(
      `<path d="M${BOX.right + 18} ${y}h24" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      `<text x="${BOX.right + 48}" y="${y + 4}">${escapeXml(label)}</text>`,
    );
  });
  return `${parts.join("\n")}\n</svg>\n`;
}

/** A logarithmic axis over the values: ticks at the powers of `base`, every second or third where they are many. */
function axisOf(values: readonly number[], base: number) {
  const log = (value: number) => Math.log(value) / Math.log(base);
  const exponents = values.map(log);
  const low = Math.floor(Math.min(...exponents, values.length === 0 ? 0 : Infinity) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.max(...exponents, -Infinity) - 1e-9));
  const stride = Math.ceil((high - low) / 8);
  const ticks: number[] = [];
  for (let exponent = low; exponent <= high; exponent += stride) ticks.push(base ** exponent);
  return { ticks, share: (value: number) => (log(value) - low) / (high - low) };
}

const round = (value: number) => Math.round(value * 10) / 10;
const compact = (value: number) =>
  new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 }).format(value);
const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
