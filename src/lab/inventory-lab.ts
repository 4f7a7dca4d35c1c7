import { msg, str } from "@lit/localize";
import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { CostTrail } from "../elements/cost-trail.js";
import { formatSignificant } from "../elements/format.js";
import type { MeasuredGap } from "../elements/gap-plot.js";
import "../elements/inventory-view.js";
import { type InventoryView, policyToBeat, policyToFollow, type StageCosts } from "../elements/inventory-view.js";
import type { NetworkNodes } from "../elements/message-network.js";
import type { MeasuredCurve } from "../elements/order-plot.js";
import { OrderTrail } from "../elements/order-trail.js";
import type { PlotData } from "../elements/plot.js";
import type { PlayedStep, StageMoment } from "../elements/stage-player.js";
import { nodeColumns } from "../envs/inventory/layout.js";
import { PERIOD_COSTS, PeriodCost } from "../envs/inventory/period-cost.js";
import { type InventoryProblem, pipelineStarts } from "../envs/inventory/problem.js";
import { orderLimits } from "../envs/inventory/tables.js";
import { inventoryProblemOf } from "../envs/inventory/variant.js";
import type { Orders } from "../evaluate/inventory/measure-cost.js";
import { type InventoryReference, referenceOrders } from "../evaluate/inventory/reference-policy.js";
import type { FromReference, ToReference } from "../training/reference-worker.js";
import referenceUrl from "../training/reference-worker.ts?worker&url";
import type { LabSession } from "./lab-session.js";
import { type CurveChoice, curveChoices, plotBreaks } from "./lab-views.js";
import { startWorker } from "./worker.js";

/** Milliseconds between two pictures of the orders on the stage. */
const SHOW_MS = 250;

/** Half a second's work, for costs to within a percent. */
const ORDERS_OPTIONS = { testTraces: 128 };

/** A network as orders along one of its roads are followed. */
interface Followed {
  readonly problem: InventoryProblem;
  /** [numNodes + 1], where each node's pipeline begins in an observation. */
  readonly starts: readonly number[];
  /** [numEdges], in units. */
  readonly limits: readonly number[];
  /** [numEdges], what the policy to beat would order in the newest state. */
  readonly wanted: Float64Array;
  /** As they are drawn with their messages. */
  readonly nodes: NetworkNodes;
  readonly periodCost: PeriodCost;
  readonly costs: StageCosts;
}

/** An evaluation whose episodes the policies to beat play, too. */
interface Asked {
  readonly id: number;
  readonly step: number;
  /** Of the policy that is trained, per store and period. */
  readonly cost: number;
}

/** What they cost in these episodes: in the order of `reference`, by `PERIOD_COSTS` [numPolicies][4]. */
interface Measured extends Asked {
  readonly costs: readonly (readonly number[])[];
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
  readonly costTrail = new CostTrail();

  private session: LabSession | null = null;
  private key = "";
  private worker: Worker | null = null;
  private followed: Followed | null = null;
  private orders: Orders | null = null;
  private road = 0;
  /** The evaluation whose episodes the policies are playing, or null; and those that they have played, by step. */
  private asked: Asked | null = null;
  private asks = 0;
  private readonly measuredBy = new Map<number, Measured>();
  /** Of the evaluations that they have played, by step. */
  gaps: readonly MeasuredGap[] = [];
  /** The step on the stage before the one that comes next. */
  private before: PlayedStep | null = null;
  private listening = false;
  private lastEpisode = -1;
  private lastStep = -1;
  private due = 0;
  private readonly view = createRef<InventoryView>();

  /** Whether a Worker is at its service. */
  get solving(): boolean {
    return this.worker !== null;
  }

  /** The newest evaluation that they have played. */
  get measured(): Measured | null {
    return this.measuredBy.get(Math.max(...this.measuredBy.keys())) ?? null;
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
    if (observation.length !== this.session?.spec.observation.length) return;
    this.lastStep = step;
    this.lastEpisode = episode;
    this.addOrder(followed, observation, action);
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    this.view.value?.show();
  }

  /** Takes in every step of the stage: what it cost follows from the states before and after. */
  add(step: PlayedStep): void {
    const { before, followed } = this;
    this.before = step;
    if (before?.episode !== step.episode) this.costTrail.clear();
    if (!followed || before?.episode !== step.episode || before.step !== step.step - 1) return;
    const costs = new Float64Array(PERIOD_COSTS.length);
    followed.periodCost.addTo(costs, before.state, step.state);
    this.costTrail.add(step.step, costs);
  }

  /** The curves of an inventory world: first what a period costs, since all episodes are of one length; null of others. */
  curves(session: LabSession): readonly CurveChoice[] | null {
    if (!session.spec.solvedAs) return null;
    return [
      {
        key: "cost",
        title: msg("Cost per period"),
        help: msg("per store, mean of the last 100 episodes"),
        plot: () => this.costPlot(session),
      },
      ...curveChoices(session.definition),
    ];
  }

  /** The curve of the return as costs, with the evaluations, and the policy to beat in those of them that it played. */
  private costPlot(session: LabSession): PlotData {
    const { settings, evaluations } = session;
    // Episodes of the training may be longer than those of the world.
    const lengths = session.line("lengthMean", 1).line.values;
    const costs = (values: readonly (number | null)[]) => values.map((value, i) => value && -value / (lengths[i] ?? 1));
    const plot = session.plot("returnMean", 1);
    const best = this.gaps.at(-1)?.best;
    return {
      ...plot,
      // The lowest return is the highest cost.
      lines: plot.lines.map(({ values, low, high, ...line }) => ({
        ...line,
        values: costs(values),
        ...(low && high ? { low: costs(high), high: costs(low) } : {}),
      })),
      breaks: plotBreaks(session),
      marks: evaluations.map(({ step, returnMean }) => ({ step, value: costOf(returnMean, settings.envOptions) })),
      guides:
        best === undefined ? [] : [{ value: best, label: msg(str`best ${formatSignificant(best)}`), tone: "good" }],
    };
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
      .gaps=${this.gaps}
      .stage=${followed.costs}
      .road=${road}
      .trail=${this.trail}
      .nodes=${followed.nodes}
      ?graph=${isGraphNetwork(settings)}
      .heard=${first.messages}
      .measured=${followed.problem.sales ? null : curveOf(first)}
      @curve-measure=${() => first.explain({ method: "orders", options: ORDERS_OPTIONS, live: false })}
      @messages-listen=${(event: CustomEvent<boolean>) => this.listen(event.detail)}
      @road-select=${(event: CustomEvent<number>) => this.select(event.detail)}
    ></vitrine-inventory>`;
  }

  dispose(): void {
    this.stop();
    this.session = null;
    this.key = "";
  }

  /** Has the messages of a graph network told from now on, or no more. */
  private listen(on: boolean): void {
    if (on === this.listening) return;
    this.listening = on;
    this.session?.first.watch({ messages: on });
    this.onChange();
  }

  private enter(session: LabSession): void {
    const { spec, settings } = session;
    if (this.listening) session.first.watch({ messages: isGraphNetwork(settings) });
    const key = spec.solvedAs ? JSON.stringify([settings.env, settings.envOptions]) : "";
    if (key !== this.key) this.stop();
    this.key = key;
    this.session = session;
    this.asked = null;
    this.measuredBy.clear();
    this.gaps = [];
    this.clearTrails();
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.reference = null;
    this.followed = null;
    this.orders = null;
    this.failure = "";
    this.road = 0;
    this.clearTrails();
  }

  private clearTrails(): void {
    this.trail.clear();
    this.costTrail.clear();
    this.before = null;
  }

  private solve({ settings: { env, envOptions } }: LabSession): void {
    const problem = inventoryProblemOf(env, envOptions);
    const starts = pipelineStarts(problem);
    const periodCost = new PeriodCost(problem);
    this.followed = {
      problem,
      starts,
      limits: orderLimits(problem),
      wanted: new Float64Array(problem.edges.length),
      nodes: { names: problem.nodes.map(({ name }) => name), columns: nodeColumns(problem) },
      periodCost,
      costs: {
        trail: this.costTrail,
        arises: periodCost.arises,
        profit: problem.profit,
        horizon: Number(envOptions["horizon"]),
      },
    };
    const worker = startWorker(referenceUrl, "reference");
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromReference>) => this.hear(data));
    worker.addEventListener("error", ({ message }) => this.fail(message));
    this.ask({ type: "solve", world: env, options: envOptions });
    this.onChange();
  }

  /** Lets the policies play the episodes of one evaluation after another, the newest first. */
  private measure({ evaluations, runs, settings }: LabSession): void {
    if (!this.reference || this.asked) return;
    const next = evaluations.findLast(({ step }) => !this.measuredBy.has(step));
    if (!next) return;
    const id = ++this.asks;
    this.asked = { id, step: next.step, cost: costOf(next.returnMean, settings.envOptions) };
    const seeds = runs.map(({ seed }) => seed);
    const streamName = `evaluation/${next.step}`;
    this.ask({ type: "measure", id, episodes: { seeds, streamName, episodes: next.episodes } });
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
      const best = policyToFollow(message.reference);
      this.orders = best && this.followed && referenceOrders(best.policy, this.followed.problem);
    } else if (message.id === asked?.id) {
      // Another run of the same network may have begun since an older one was asked for.
      this.measuredBy.set(asked.step, { ...asked, costs: message.costs });
      this.asked = null;
      this.gaps = gapsOf(this.reference, [...this.measuredBy.values()]);
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

  private addOrder({ problem, starts, limits, wanted }: Followed, observation: Float32Array, action: Float32Array) {
    const { road, orders } = this;
    const { to } = problem.edges[road];
    let position = 0;
    for (let entry = starts[to]; entry < starts[to + 1]; entry++) position += observation[entry];
    if (orders) void orders(Float64Array.from(observation), 1, wanted);
    this.trail.add(
      position,
      bounded(problem, limits[road], action[road]),
      orders ? bounded(problem, limits[road], wanted[road]) : Number.NaN,
    );
  }
}

/** The curve of a store's orders, as far as the run has it. */
function curveOf({ explanations, explanationErrors, explaining }: LabSession["first"]): MeasuredCurve {
  const explanation = explanations.orders?.kind === "orders" ? explanations.orders : null;
  return {
    curve: explanation?.curve ?? null,
    explanation,
    measuring: explaining?.method === "orders" ? explaining.share : null,
    refused: explanationErrors.orders ?? "",
  };
}

const isGraphNetwork = ({ agent, agentOptions }: LabSession["settings"]) =>
  agent === "hdpo" && agentOptions["policy"] === "gnn";

/** How far above the policy to beat it was in each evaluation, by step. */
function gapsOf(reference: InventoryReference | null, measured: readonly Measured[]): MeasuredGap[] {
  const best = policyToBeat(reference);
  const index = best ? (reference?.policies.indexOf(best) ?? -1) : -1;
  if (index < 0) return [];
  const sum = (costs: readonly number[]) => costs.reduce((total, cost) => total + cost, 0);
  return measured
    .toSorted((a, b) => a.step - b.step)
    .map(({ step, cost, costs }) => ({ step, cost, best: sum(costs[index]) }));
}

/** The order that the world makes of what is wanted, before stock runs out. */
function bounded({ wholeUnits }: InventoryProblem, limit: number, order: number): number {
  const within = Math.min(Math.max(order, 0), limit);
  return wholeUnits ? Math.round(within) : within;
}

/** Cost per store and period: only the horizon ends an episode. */
const costOf = (returnMean: number, options: LabSession["settings"]["envOptions"]) =>
  -returnMean / Number(options["horizon"]);
