/**
 * The worlds of one family, each made from its options; their code comes when the first is wanted.
 *
 * The newest few are kept, so that the same options give the same object.
 */
export class LazyVariants<Options, World> {
  private make: ((options: Options) => World) | null = null;
  private readonly known = new Map<string, World>();

  constructor(private readonly loadMake: () => Promise<(options: Options) => World>) {}

  /** Loads the code; a second call does nothing. */
  async load(): Promise<void> {
    this.make ??= await this.loadMake();
  }

  /** The world of parsed options. Throws `Error` before {@link load}, and `InputError` for options that make none. */
  of(options: Options): World {
    if (!this.make) throw new Error("this world's variants are not loaded: await loadEnvironment(environment) first");
    const key = JSON.stringify(options);
    const world = this.known.get(key) ?? this.make(options);
    // The newest last: the first of a map is the oldest.
    this.known.delete(key);
    this.known.set(key, world);
    if (this.known.size > MAX_KNOWN) this.known.delete(this.known.keys().next().value as string);
    return world;
  }
}

/** Training, stage, evaluation and a few worlds before them. */
const MAX_KNOWN = 16;
