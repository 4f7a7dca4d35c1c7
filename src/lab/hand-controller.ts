import type { OptionValues } from "../core/options.js";
import type { Direction } from "../envs/environment.js";
import type { Held } from "../envs/hand.js";
import type { HandPlay, HandScores } from "../training/hand-play.js";
import type { StageFrames } from "../training/messages.js";

/** Keys by their place on the keyboard, so that the letters lie together on any layout. */
const KEYS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  KeyA: "left",
  KeyD: "right",
  KeyW: "up",
  KeyS: "down",
};
/** A stick rests within this distance of its middle. */
const DEAD_ZONE = 0.2;
/** A page that slept does not race through what it missed (s). */
const LONGEST_FRAME = 0.1;

export interface HandSurroundings {
  onFrames(frames: StageFrames): void;
  /** Held directions or scores have changed. */
  onChange(): void;
  readonly speed: () => number;
}

/**
 * Lets a person play: gathers what she holds (keys, buttons, a gamepad) and moves a world of its own on with the
 * browser's animation frames. Training knows nothing of it.
 */
export class HandController {
  private play: HandPlay | null = null;
  private held: Held[] = [];
  private frameRequest = 0;
  private lastTime = 0;
  private busy = false;
  private generation = 0;
  private kept: HandScores | null = null;
  private env = "";

  constructor(private readonly surroundings: HandSurroundings) {}

  get active(): boolean {
    return this.frameRequest !== 0;
  }

  /** Returns of what she has played in this world. */
  get scores(): HandScores | null {
    return this.play?.scores ?? this.kept;
  }

  /** Directions that are held now. */
  get directions(): readonly Direction[] {
    return this.held.map(({ direction }) => direction);
  }

  /** Begins to play a world; its code (and engine) is loaded on the first call. */
  async start(env: string, seed: number, options: OptionValues): Promise<void> {
    // Her scores in this world stay hers when the network has acted in between.
    const scores = this.env === env ? this.scores : null;
    this.stop();
    this.kept = scores;
    this.env = env;
    const { generation } = this;
    // Only those who play load what it takes.
    const { HandPlay } = await import("../training/hand-play.js");
    const play = await HandPlay.create(env, { seed, options });
    if (generation !== this.generation) return;
    if (scores) play.scores = scores;
    this.play = play;
    this.lastTime = performance.now();
    this.frameRequest = requestAnimationFrame(this.onFrame);
  }

  /** Ends the game; the scores stay. */
  stop(): void {
    this.generation++;
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = 0;
    this.kept = this.scores;
    this.play = null;
    this.releaseAll();
  }

  press(direction: Direction): void {
    if (this.directions.includes(direction)) return;
    this.held = [...this.held, { direction, strength: 1 }];
    this.surroundings.onChange();
  }

  release(direction: Direction): void {
    if (!this.directions.includes(direction)) return;
    this.held = this.held.filter((held) => held.direction !== direction);
    this.surroundings.onChange();
  }

  releaseAll(): void {
    if (this.held.length === 0) return;
    this.held = [];
    this.surroundings.onChange();
  }

  /** Takes a key's press or release; returns whether it was one of its own. */
  key({ code, type }: KeyboardEvent): boolean {
    const direction = KEYS[code];
    if (!direction) return false;
    if (type === "keydown") this.press(direction);
    else this.release(direction);
    return true;
  }

  private readonly onFrame = (time: number): void => {
    this.frameRequest = requestAnimationFrame(this.onFrame);
    const seconds = Math.min(LONGEST_FRAME, Math.max(0, (time - this.lastTime) / 1000));
    if (this.busy || !this.play) return;
    this.lastTime = time;
    this.busy = true;
    void this.advance(this.play, seconds).finally(() => {
      this.busy = false;
    });
  };

  private async advance(play: HandPlay, seconds: number): Promise<void> {
    const { count } = play.scores;
    play.held = [...this.held, ...stickOf(navigator.getGamepads?.() ?? [])];
    const frames = await play.advance(seconds, this.surroundings.speed());
    if (play !== this.play) return;
    if (frames) this.surroundings.onFrames(frames);
    if (play.scores.count !== count) this.surroundings.onChange();
  }
}

/** What the first gamepad's cross and left stick ask for. */
export function stickOf(gamepads: readonly (Pick<Gamepad, "axes" | "buttons"> | null)[]): Held[] {
  const pad = gamepads.find((candidate) => candidate !== null);
  if (!pad) return [];
  const [x = 0, y = 0] = pad.axes;
  // Buttons 12 to 15 of the standard layout: up, down, left, right.
  const cross = (button: number) => (pad.buttons[button]?.pressed ? 1 : 0);
  const strengths: readonly (readonly [Direction, number])[] = [
    ["left", Math.max(-x, cross(14))],
    ["right", Math.max(x, cross(15))],
    ["up", Math.max(-y, cross(12))],
    ["down", Math.max(y, cross(13))],
  ];
  return strengths.flatMap(([direction, strength]) =>
    strength > DEAD_ZONE ? [{ direction, strength: Math.min(1, strength) }] : [],
  );
}
