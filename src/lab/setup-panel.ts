import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { agents, findAgent } from "../agents/index.js";
import { type OptionValues, optionText } from "../core/options.js";
import { controls } from "../elements/controls.js";
import { VitrineElement } from "../elements/element.js";
import { formatInteger } from "../elements/format.js";
import { translated } from "../elements/localise.js";
import "../elements/option-form.js";
import type { OptionChange } from "../elements/option-form.js";
import "../elements/world-picker.js";
import { environments, findEnvironment } from "../envs/index.js";
import { defaultSettings, type LabSettings, trainingOptions } from "../runs/link.js";

/** The detail of a `setting-change` event. */
export interface SettingChange extends OptionChange {
  readonly group: "env" | "agent" | "training";
}

/**
 * Everything that decides a run: world, agent, their options, and how it is trained and measured.
 *
 * @fires world-select, agent-select - `detail` is the id.
 * @fires setting-change - `detail` is a {@link SettingChange}.
 * @fires settings-preset - the preset's options are wanted back.
 * @fires settings-apply - a fresh start with these settings is wanted.
 * @fires settings-revert - the settings of the run in progress are wanted back.
 */
@customElement("vitrine-setup")
export class SetupPanel extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .scroll {
        flex: 1;
        min-height: 0;
        overflow: hidden auto;
        padding: 0 var(--x4) var(--x3);
        scrollbar-width: thin;
        scrollbar-color: var(--faint) transparent;
      }
      .head {
        margin-top: 2px;
      }
      .agent {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 118px;
        align-items: center;
        min-height: 27px;
        margin-bottom: 5px;
        color: var(--ink-2);
      }
      .summary {
        padding: 2px 0 4px;
        font-size: var(--t-small);
        line-height: 1.35;
        color: var(--ink-3);
      }
      .note {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 28px;
        padding-top: 4px;
        font-size: var(--t-small);
        color: var(--ink-3);
      }
      .note .btn {
        height: 24px;
        padding: 0 4px;
        font-size: var(--t-small);
      }
      .apply {
        display: grid;
        gap: 6px;
        padding: var(--x2) var(--x4) var(--x3);
        border-top: 1px solid var(--rule-2);
        background: var(--sheet);
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .apply div {
        display: flex;
        flex-wrap: wrap;
        gap: var(--x2);
      }
      .apply .btn {
        height: auto;
        min-height: var(--control);
        white-space: normal;
      }
      .apply .primary {
        flex: 1 1 auto;
      }
      @container lab (max-width: 760px) {
        .agent {
          grid-template-columns: minmax(0, 1fr) 150px;
        }
      }
    `,
  ];

  @property({ attribute: false }) settings: LabSettings | null = null;
  /** Settings of the run in progress once something has been trained; null before. */
  @property({ attribute: false }) running: LabSettings | null = null;
  /** The settings differ from the run in progress. */
  @property({ type: Boolean }) stale = false;
  /** Parameters of the network; 0 while unknown. */
  @property({ type: Number }) parameterCount = 0;

  override render() {
    const { settings } = this;
    if (!settings) return nothing;
    const { spec } = findEnvironment(settings.env);
    const definition = findAgent(settings.agent);
    const defaults = defaultSettings(settings.env, settings.agent, settings.seed);
    const changes = countChanges(settings, defaults);
    const sameWorld = this.running?.env === settings.env;
    const sameAgent = sameWorld && this.running?.agent === settings.agent;
    return html`
      <div class="scroll">
        <div class="head"><h2 id="world">${msg("World")}</h2><p class="push">${runsOnText(spec.runsOn)}</p></div>
        <vitrine-world-picker
          .worlds=${environments.map((environment) => environment.spec)}
          selected=${settings.env}
          @world-select=${(event: CustomEvent<string>) => this.tell("world-select", event.detail)}
        ></vitrine-world-picker>
        <p class="summary">${translated(spec.summary)}</p>
        <vitrine-option-form
          .schema=${spec.options}
          group="env"
          heading=${msg("World options")}
          .values=${settings.envOptions}
          .defaults=${defaults.envOptions}
          .running=${sameWorld ? (this.running?.envOptions ?? null) : null}
          @option-change=${(event: CustomEvent<OptionChange>) => this.change("env", event)}
        ></vitrine-option-form>
        ${"network" in settings.envOptions ? this.networkEditor(settings.envOptions) : nothing}
        <div class="head">
          <h2>${msg("Agent")}</h2>
          <p class="push">${weightsText(this.parameterCount)}</p>
        </div>
        <div class="agent">
          <label for="agent" title=${translated(definition.summary)}>${msg("Algorithm")}</label>
          <select id="agent" @change=${(event: Event) => this.tell("agent-select", (event.target as HTMLSelectElement).value)}>
            ${agents.map((agent) => {
              const reason = agent.unsupported(spec);
              return html`<option
                value=${agent.id}
                ?selected=${agent.id === settings.agent}
                ?disabled=${reason !== null}
                title=${reason === null ? translated(agent.summary) : translated(reason)}
              >${agent.title}</option>`;
            })}
          </select>
        </div>
        <p class="summary">${translated(definition.summary)}</p>
        <vitrine-option-form
          .schema=${definition.options}
          group="agent"
          .values=${settings.agentOptions}
          .defaults=${defaults.agentOptions}
          .running=${sameAgent ? (this.running?.agentOptions ?? null) : null}
          @option-change=${(event: CustomEvent<OptionChange>) => this.change("agent", event)}
        ></vitrine-option-form>
        <div class="head"><h2>${msg("Training")}</h2></div>
        <vitrine-option-form
          .schema=${trainingOptions}
          group="training"
          .values=${settings.training as OptionValues}
          .defaults=${defaults.training as OptionValues}
          .running=${(this.running?.training as OptionValues | undefined) ?? null}
          .immediate=${["budget"]}
          @option-change=${(event: CustomEvent<OptionChange>) => this.change("training", event)}
        ></vitrine-option-form>
        <div class="note">
          <span>${changesText(changes)}</span>
          ${changes === 0 ? nothing : html`<button class="btn quiet" @click=${() => this.tell("settings-preset")}>${msg("Use the preset")}</button>`}
        </div>
      </div>
      ${
        this.stale
          ? html`<div class="apply" role="group" aria-label=${msg("Changed settings")}>
              <p>${msg("The run in progress keeps its settings; a fresh start takes these. The old run stays in the list.")}</p>
              <div>
                <button class="btn primary" @click=${() => this.tell("settings-apply")}>${msg("Apply: start afresh")}</button>
                <button class="btn" @click=${() => this.tell("settings-revert")}>${msg("Undo")}</button>
              </div>
            </div>`
          : nothing
      }
    `;
  }

  /** Networks can be built by hand; the module is fetched with the first world of that kind. */
  private networkEditor(options: OptionValues) {
    void import("./network-editor.js");
    return html`<vitrine-network-editor
      .options=${options}
      @option-change=${(event: CustomEvent<OptionChange>) => this.useNetwork(event)}
    ></vitrine-network-editor>`;
  }

  /** A network that was built is to be trained on: what starts that comes into view, with the focus. */
  private async useNetwork(event: CustomEvent<OptionChange>): Promise<void> {
    this.change("env", event);
    await this.updateComplete;
    // The dialog gives the focus back to its button first.
    requestAnimationFrame(() => {
      const apply = this.renderRoot.querySelector<HTMLElement>(".apply .primary");
      apply?.focus();
      apply?.scrollIntoView({ block: "center" });
    });
  }

  private change(group: SettingChange["group"], event: CustomEvent<OptionChange>): void {
    event.stopPropagation();
    this.tell<SettingChange>("setting-change", { group, ...event.detail });
  }
}

function countChanges(settings: LabSettings, defaults: LabSettings): number {
  const count = (values: OptionValues, base: OptionValues) =>
    Object.keys(values).filter((key) => optionText(values[key]) !== optionText(base[key])).length;
  return (
    count(settings.envOptions, defaults.envOptions) +
    count(settings.agentOptions, defaults.agentOptions) +
    count(settings.training, defaults.training)
  );
}

function changesText(changes: number): string {
  if (changes === 0) return msg("Tuned preset");
  return changes === 1 ? msg("Tuned preset, 1 change") : msg(str`Tuned preset, ${changes} changes`);
}

/** Empty while their number is unknown. */
function weightsText(count: number): string {
  if (count === 1) return msg("1 weight");
  return count > 0 ? msg(str`${formatInteger(count)} weights`) : "";
}

function runsOnText(runsOn: readonly ("cpu" | "gpu")[]): string {
  return runsOn.includes("gpu") ? msg("CPU or GPU") : msg("CPU");
}
