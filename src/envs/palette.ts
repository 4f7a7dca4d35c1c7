/** Colours that drawings of worlds use: design tokens by name, without their dashes in front. */
export const PALETTE_ROLES = [
  ...(["glass", "ink", "ink-2", "ink-3", "faint", "rule", "rule-2", "edge"] as const),
  ...(["action", "lamp", "lamp-wash", "lamp-edge", "lamp-ink", "good", "watch", "bad"] as const),
  ...(["scene-sky", "scene-ground", "scene-grass", "scene-foliage", "scene-road", "scene-paint"] as const),
  ...(["scene-build", "scene-body", "scene-other", "scene-wood", "scene-shade"] as const),
  ...(["scene-lava", "scene-goal", "scene-water"] as const),
] as const;

/** Name of one colour of a {@link Palette}. */
export type PaletteRole = (typeof PALETTE_ROLES)[number];

/** Resolved colours of the theme in force, as any canvas takes them. */
export type Palette = Readonly<Record<PaletteRole, string>>;

/** Picks the roles of a {@link Palette} from colours by token name. Throws `RangeError` naming the first that lacks. */
export function paletteOf(colours: Readonly<Record<string, string | undefined>>): Palette {
  const picked: Partial<Record<PaletteRole, string>> = {};
  for (const role of PALETTE_ROLES) {
    const colour = colours[role];
    if (colour === undefined) throw new RangeError(`expected a colour for ${role}, got none`);
    picked[role] = colour;
  }
  return picked as Palette;
}
