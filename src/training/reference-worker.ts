import { messageOf } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import { inventoryReference, type ReferenceEpisodes, referenceCosts } from "../evaluate/inventory/reference.js";
import type { InventoryReference } from "../evaluate/inventory/reference-policy.js";

/** What the page asks: first to solve a network, then what its policies cost in the episodes of an evaluation. */
export type ToReference =
  | { readonly type: "solve"; readonly world: string; readonly options: OptionValues }
  | { readonly type: "measure"; readonly id: number; readonly episodes: ReferenceEpisodes };

/** What it is told. */
export type FromReference =
  | { readonly type: "solved"; readonly reference: InventoryReference }
  /** What each of the policies costs, in their order, by `PERIOD_COSTS` [4]. */
  | { readonly type: "measured"; readonly id: number; readonly costs: readonly (readonly number[])[] }
  | { readonly type: "failed"; readonly message: string };

interface Solved {
  readonly world: string;
  readonly options: OptionValues;
  readonly reference: InventoryReference;
}

/** Solves an inventory network beside the training, which goes on. The owner ends it by `terminate`. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
let solved: Solved | null = null;

scope.addEventListener("message", ({ data }: MessageEvent<ToReference>) => {
  const post = (message: FromReference) => scope.postMessage(message);
  answer(data).then(post, (error: unknown) => post({ type: "failed", message: messageOf(error) }));
});

async function answer(asked: ToReference): Promise<FromReference> {
  if (asked.type === "solve") {
    const { world, options } = asked;
    const reference = await inventoryReference(world, options);
    solved = { world, options, reference };
    return { type: "solved", reference };
  }
  if (!solved) throw new Error("expected a network to be solved before its policies are measured");
  const costs: number[][] = [];
  for (const { policy } of solved.reference.policies) {
    costs.push([...(await referenceCosts(solved.world, solved.options, policy, asked.episodes))]);
  }
  return { type: "measured", id: asked.id, costs };
}
