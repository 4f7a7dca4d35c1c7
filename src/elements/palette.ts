import type { ReactiveController, ReactiveControllerHost } from "lit";
import { PALETTE_ROLES } from "../envs/palette.js";

/** Colours for canvases, by the name of their token without the dashes: `ink`, `s1`, `scene-wood`. */
export type Palette = Readonly<Record<string, string>>;

const ROLES = [...PALETTE_ROLES, "sheet", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

/** Dashes of the series, in CSS pixels; series n goes with dash n and mark n. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [14, 4],
  [4, 2, 4, 6],
  [9, 3, 2, 3, 2, 3],
  [1, 2],
];

/**
 * Resolves the colour tokens for a canvas, and tells when the theme changes.
 *
 * Custom properties are not resolved by `getComputedStyle`, so a hidden probe has a gradient of all of them: one
 * computation of styles for the whole palette. The same probe notices every change of theme, whoever caused it: its
 * colour has a transition, and that fires an event.
 */
export class PaletteController implements ReactiveController {
  private probe: HTMLElement | null = null;
  private resolved: Palette | null = null;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly onChange: () => void = () => {},
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.probe?.remove();
    this.probe = null;
    this.resolved = null;
  }

  /** The colours in force. */
  get palette(): Palette {
    this.resolved ??= this.resolve();
    return this.resolved;
  }

  private resolve(): Palette {
    const { backgroundImage } = getComputedStyle(this.ensureProbe());
    const colours = backgroundImage.match(/[a-z-]+\([^()]*\)/g) ?? [];
    return Object.fromEntries(ROLES.map((role, i) => [role, colours[i]]));
  }

  private ensureProbe(): HTMLElement {
    if (this.probe) return this.probe;
    const probe = document.createElement("span");
    probe.setAttribute("aria-hidden", "true");
    probe.className = "palette-probe";
    // Rules of the page may refuse styles in markup, not those set by script.
    probe.style.backgroundImage = `linear-gradient(${ROLES.map((role) => `var(--${role}, currentcolor)`).join()})`;
    this.host.shadowRoot?.append(probe);
    probe.addEventListener("transitionend", () => {
      this.resolved = null;
      this.onChange();
    });
    this.probe = probe;
    return probe;
  }
}
