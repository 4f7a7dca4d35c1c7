import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import "../elements/inventory-view.js";
import { type InventoryView, policyToBeat } from "../elements/inventory-view.js";
import type { MeasuredCurve } from "../elements/order-plot.js";
import { OrderTrail } from "../elements/order-trail.js";
import type { StageMoment } from "../elements/stage-player.js";
import { type InventoryProblem, pipelineStarts } from "../envs/inventory/problem.js";
import { orderLimits } from "../envs/inventory/tables.js";
import { inventoryProblemOf } from "../envs/inventory/variant.js";
import type { Orders } from "../evaluate/inventory/measure-cost.js";
import { type InventoryReference, referenceOrders } from "../evaluate/inventory/reference-policy.js";
import type { FromReference, ToReference } from "../training/reference-worker.js";
import referenceUrl from "../training/reference-worker.ts?worker&url";
import type { LabSession } from "./lab-session.js";
import { startWorker } from "./worker.js";

/** Milliseconds between two pictures of the orders on the stage. */
const SHOW_MS = 250;

/** Of what makes orders readable only the curve is shown; rules and trees need not be measured for it. */
const CURVE_OPTIONS = { maxLeafNodes: 2, testTraces: 2 };

/** A network as orders along one of its roads are followed. */
interface Followed {
  readonly problem: InventoryProblem;
  /** [numNodes + 1], where each node's pipeline begins in an observation. */
  readonly starts: readonly number[];
  /** [numEdges], in units. */
  readonly limits: readonly number[];
  /** The newest observation [1, observationSize] and what the policy to beat orders then [numEdges]. */
  readonly pipelines: Float64Array;
  readonly wanted: Float64Array;
}

/**
 * What an inventory world is held against: its network is solved in a Worker of its own, once for its options, and the
 * policies found play the episodes of each evaluation too. On the stage it follows what is ordered, beside what the
 * policy to beat would order.
 */
export class InventoryLab {
  reference: InventoryReference | null = null;
  /** Why there is none, as the Worker says it, or an empty string. */
  failure = "";
  readonly trail = new OrderTrail();

  private session: LabSession | null = null;
  private key = "";
  private worker: Worker | null = null;
  private followed: Followed | null = null;
  private orders: Orders | null = null;
  private road = 0;
  /** The evaluation whose episodes the policies are playing, or have played last. */
  private asked: { readonly id: number; readonly step: number; readonly cost: number } | null = null;
  private asks = 0;
  /** The newest one that they have played: costs per store and period, those of `reference` in its order. */
  measured: { readonly id: number; readonly cost: number; readonly costs: readonly number[] } | null = null;
  private lastEpisode = -1;
  private lastStep = -1;
  private due = 0;
  private readonly view = createRef<InventoryView>();

  /** Whether a Worker is at its service. */
  get solving(): boolean {
    return this.worker !== null;
  }

  constructor(private readonly onChange: () => void) {}

  /** Follows what is trained: another world or other options end what was being solved, and begin anew once a step is made. */
  follow(session: LabSession): void {
    if (session !== this.session) this.enter(session);
    if (this.key === "" || session.step === 0) return;
    if (!this.followed) this.solve(session);
    this.measure(session);
  }

  /** Takes in one moment of the stage; called with every frame. */
  see({ observation, action, step, episode }: StageMoment, now: number): void {
    const { followed } = this;
    if (!followed || (step === this.lastStep && episode === this.lastEpisode) || Number.isNaN(action[0])) return;
    // Frames of the world before may still be on the stage.
    if (observation.length !== followed.pipelines.length) return;
    this.lastStep = step;
    this.lastEpisode = episode;
    this.add(followed, observation, action);
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    this.view.value?.show();
  }

  /** The element; nothing before there is something to show. */
  render(session: LabSession) {
    const { spec, settings, evaluations, first } = session;
    const { reference, followed, measured, road } = this;
    if (!followed) return nothing;
    const last = evaluations.at(-1);
    return html`<vitrine-inventory
      ${ref(this.view)}
      .action=${spec.action}
      .reference=${reference}
      .failure=${this.failure}
      .cost=${measured?.cost ?? (last ? costOf(last.returnMean, settings.envOptions) : null)}
      .costs=${measured?.costs ?? null}
      .road=${road}
      .largest=${followed.limits[road]}
      .trail=${this.trail}
      .measured=${followed.problem.nodes.length === 1 ? curveOf(first) : null}
      @curve-measure=${() => first.explain({ method: "orders", options: CURVE_OPTIONS, live: false })}
      @road-select=${(event: CustomEvent<number>) => this.select(event.detail)}
    ></vitrine-inventory>`;
  }

  dispose(): void {
    this.stop();
    this.session = null;
    this.key = "";
  }

  private enter(session: LabSession): void {
    const { spec, settings } = session;
    const key = spec.solvedAs ? JSON.stringify([settings.env, settings.envOptions]) : "";
    if (key !== this.key) this.stop();
    this.key = key;
    this.session = session;
    this.asked = null;
    this.measured = null;
    this.trail.clear();
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.reference = null;
    this.followed = null;
    this.orders = null;
    this.failure = "";
    this.road = 0;
    this.trail.clear();
  }

  private solve({ settings: { env, envOptions } }: LabSession): void {
    const problem = inventoryProblemOf(env, envOptions);
    const starts = pipelineStarts(problem);
    this.followed = {
      problem,
      starts,
      limits: orderLimits(problem),
      pipelines: new Float64Array(starts[problem.nodes.length]),
      wanted: new Float64Array(problem.edges.length),
    };
    const worker = startWorker(referenceUrl, "reference");
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromReference>) => this.hear(data));
    worker.addEventListener("error", ({ message }) => this.fail(message));
    this.ask({ type: "solve", world: env, options: envOptions });
    this.onChange();
  }

  /** Lets the policies play the episodes of the newest evaluation, once they have played those of the one before. */
  private measure({ evaluations, runs, settings }: LabSession): void {
    const last = evaluations.at(-1);
    const { asked } = this;
    if (!this.reference || !last || last.step === asked?.step || asked?.id !== this.measured?.id) return;
    const id = ++this.asks;
    this.asked = { id, step: last.step, cost: costOf(last.returnMean, settings.envOptions) };
    const seeds = runs.map(({ seed }) => seed);
    const streamName = `evaluation/${last.step}`;
    this.ask({ type: "measure", id, episodes: { seeds, streamName, episodes: last.episodes } });
  }

  private ask(message: ToReference): void {
    this.worker?.postMessage(message);
  }

  private hear(message: FromReference): void {
    const { session, asked } = this;
    if (message.type === "failed") {
      this.fail(message.message);
      return;
    }
    if (message.type === "solved") {
      this.reference = message.reference;
      const best = policyToBeat(message.reference);
      this.orders = best && this.followed && referenceOrders(best.policy, this.followed.problem);
    } else if (message.id === asked?.id) {
      // Another run of the same network may have begun since an older one was asked for.
      this.measured = { id: asked.id, cost: asked.cost, costs: message.costs };
    }
    if (session) this.measure(session);
    this.onChange();
  }

  private fail(message: string): void {
    this.failure = message;
    this.onChange();
  }

  /** Follows the orders along another road. */
  private select(road: number): void {
    this.road = road;
    this.trail.clear();
    this.onChange();
  }

  private add(
    { problem, starts, limits, pipelines, wanted }: Followed,
    observation: Float32Array,
    action: Float32Array,
  ) {
    const { road, orders } = this;
    const { to } = problem.edges[road];
    let position = 0;
    for (let entry = starts[to]; entry < starts[to + 1]; entry++) position += observation[entry];
    pipelines.set(observation);
    if (orders) void orders(pipelines, 1, wanted);
    this.trail.add(
      position,
      bounded(problem, limits[road], action[road]),
      orders ? bounded(problem, limits[road], wanted[road]) : Number.NaN,
    );
  }
}

/** The curve of a store's orders, as far as the run has it. */
function curveOf({ explanations, explanationErrors, explaining }: LabSession["first"]): MeasuredCurve {
  const { orders } = explanations;
  return {
    curve: orders?.kind === "orders" ? orders.curve : null,
    measuring: explaining?.method === "orders",
    refused: explanationErrors.orders ?? "",
  };
}

/** The order that the world makes of what is wanted, before stock runs out. */
function bounded({ wholeUnits }: InventoryProblem, limit: number, order: number): number {
  const within = Math.min(Math.max(order, 0), limit);
  return wholeUnits ? Math.round(within) : within;
}

/** Cost per store and period: only the horizon ends an episode. */
const costOf = (returnMean: number, options: LabSession["settings"]["envOptions"]) =>
  -returnMean / Number(options["horizon"]);
