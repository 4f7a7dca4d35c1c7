/** Letters to insert, delete or replace to turn one word into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1] + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column] + 1, current[column - 1] + 1));
    }
    previous = current;
  }
  return previous[to.length];
}

/** The name that was probably meant: the closest within a third of its letters, ignoring case and dashes, or null. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  let nearest: string | null = null;
  let best = Number.POSITIVE_INFINITY;
  for (const name of names) {
    // A prefix (`lava` for `lavaland`) or a version (`cartpole-v1`) is close however many letters it lacks or adds.
    const [a, b] = [plain(given), plain(name)];
    const affix = a.length >= 3 && (b.startsWith(a) || a.startsWith(b));
    const distance = affix ? 0 : editDistance(a, b);
    if (distance < best && distance <= Math.ceil(b.length / 3)) {
      nearest = name;
      best = distance;
    }
  }
  return nearest;
}

/** What an unknown name is answered with: the names allowed, and the one that was probably meant. */
export function allowedNames(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return `one of ${names.join(", ")}${nearest === null ? "" : ` (did you mean ${nearest}?)`}`;
}
