import { afterEach, describe, expect, it, vi } from "vitest";
import type { Chart } from "../../src/elements/chart.js";
import type { OptionForm } from "../../src/elements/option-form.js";
import { VitrineLab } from "../../src/lab/vitrine-lab.js";
import { FakeWorker, STEPS_PER_UPDATE } from "./fake-worker.js";

afterEach(() => document.body.replaceChildren());

/** A lab on fake Workers, and ways into its shadows. */
async function mount(attributes: Record<string, string> = {}) {
  const lab = new VitrineLab();
  const workers: FakeWorker[] = [];
  lab.createWorker = () => {
    const worker = new FakeWorker(10);
    workers.push(worker);
    return worker as unknown as Worker;
  };
  for (const [name, value] of Object.entries({ seed: "7", ...attributes })) lab.setAttribute(name, value);
  document.body.append(lab);
  await lab.updateComplete;
  const part = <E extends Element>(...selectors: string[]): E => {
    let root: ParentNode | null = lab.shadowRoot;
    let found: Element | null = null;
    for (const selector of selectors) {
      found = root?.querySelector(selector) ?? null;
      root = found?.shadowRoot ?? null;
    }
    if (!found) throw new Error(`no ${selectors.join(" ")}`);
    return found as E;
  };
  const button = (element: string, name: string): HTMLButtonElement => {
    const found = [...(part(element).shadowRoot?.querySelectorAll("button") ?? [])].find((candidate) =>
      `${candidate.textContent} ${candidate.getAttribute("aria-label")}`.includes(name),
    );
    if (!found) throw new Error(`no button ${name}`);
    return found;
  };
  const setOption = (form: number, key: string, text: string) => {
    const forms = part("vitrine-setup").shadowRoot?.querySelectorAll<OptionForm>("vitrine-option-form") ?? [];
    const field = forms[form].shadowRoot?.querySelector<HTMLInputElement>(`#${key}`);
    if (!field) throw new Error(`no field ${key}`);
    field.value = text;
    field.dispatchEvent(new Event("change"));
  };
  const chart = () => part<Chart>("vitrine-chart.return-chart");
  const step = () => Number((chart().table.rows.at(-1)?.[0] ?? "0").replaceAll("\u202f", ""));
  const main = () => part<HTMLButtonElement>("vitrine-transport", ".main");
  const notices = () => part("vitrine-notices").shadowRoot?.textContent?.replaceAll(/\s+/g, " ") ?? "";
  return { lab, workers, part, button, setOption, chart, step, main, notices };
}

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5000, interval: 20 });
const starts = (workers: FakeWorker[]) =>
  workers.flatMap(({ received }) => received).filter(({ type }) => type === "start");

describe("the lab", () => {
  it("waits for Train unless autoplay is given, and then trains and pauses by its button", async () => {
    const { main, step } = await mount();
    await until(() => !main().disabled && main().textContent?.includes("Train") === true);
    expect(step()).toBe(0);
    main().click();
    await until(() => step() > 0);
    expect(main().textContent).toContain("Pause");
    main().click();
    await until(() => main().textContent?.includes("Train") === true);
  });

  it("leaves the page's keys alone behind a dialog, whatever has the focus", async () => {
    const { lab, main } = await mount();
    await until(() => !main().disabled && main().textContent?.includes("Train") === true);
    const press = () => lab.dispatchEvent(new KeyboardEvent("keydown", { key: " ", cancelable: true, composed: true }));
    const dialog = document.createElement("dialog");
    lab.shadowRoot?.querySelector("vitrine-setup")?.shadowRoot?.append(dialog);
    dialog.showModal();
    press();
    expect(main().textContent).toContain("Train");
    dialog.close();
    press();
    await until(() => main().textContent?.includes("Pause") === true);
  });

  it("starts by itself with autoplay, but not with autoplay=0", async () => {
    const off = await mount({ autoplay: "0" });
    const on = await mount({ autoplay: "" });
    await until(() => on.step() > 0);
    expect(starts(off.workers)).toMatchObject([{ paused: true }]);
  });

  it("takes an option up at once while nothing is trained", async () => {
    const { workers, setOption, main } = await mount();
    await until(() => !main().disabled);
    setOption(0, "length", "0.7");
    await until(() => starts(workers).length === 2);
    expect(starts(workers)[1]).toMatchObject({ paused: true, config: { envOptions: { length: 0.7 } } });
    await until(() => workers[0].terminated);
  });

  it("keeps the run's options once it trains, says so, and applies them with a fresh start", async () => {
    const { workers, part, button, setOption, step } = await mount({ autoplay: "" });
    await until(() => step() > 0);
    setOption(1, "gamma", "0.5");
    await until(() => part("vitrine-setup").shadowRoot?.textContent?.includes("Apply: start afresh") === true);
    expect(workers).toHaveLength(1);
    button("vitrine-setup", "Apply").click();
    await until(() => starts(workers).length === 2);
    expect(starts(workers)[1]).toMatchObject({
      paused: false,
      checkpoint: null,
      config: { agentOptions: { gamma: 0.5 } },
    });
    // The run that was left is in the list.
    await until(() => part("vitrine-run-list").shadowRoot?.querySelectorAll("tbody tr").length === 1);
  });

  it("changes the budget of a run in progress without a fresh start", async () => {
    const { workers, setOption, step } = await mount({ autoplay: "" });
    await until(() => step() > 0);
    setOption(2, "budget", "123000");
    await until(() => workers[0].received.some((message) => message.type === "budget" && message.value === 123_000));
    expect(workers).toHaveLength(1);
  });

  it("ends at the budget, and Continue goes on by as much again", async () => {
    const { main, step } = await mount({ autoplay: "", config: "budget=20000" });
    await until(() => main().textContent?.includes("Continue") === true);
    expect(step()).toBe(20_000);
    main().click();
    await until(() => step() > 20_000);
  });

  it("starts afresh with Reset, and Undo brings the run back where it was", async () => {
    const { workers, button, step, notices } = await mount({ autoplay: "" });
    await until(() => step() >= 40 * STEPS_PER_UPDATE);
    button("vitrine-transport", "Reset").click();
    await until(() => step() > 0 && step() < 30 * STEPS_PER_UPDATE);
    expect(notices()).toContain("Started afresh");
    button("vitrine-notices", "Undo").click();
    await until(() => notices().includes("goes on from step"));
    expect(starts(workers).at(-1)).toMatchObject({ paused: true, checkpoint: expect.any(Uint8Array) });
  });

  it("trains several seeds side by side, one of them on the stage, and shows their mean", async () => {
    const { workers, chart, step } = await mount({ autoplay: "", config: "seeds=3" });
    await until(() => step() > 0);
    expect(starts(workers)).toMatchObject([
      { show: true, config: { seed: 7 } },
      { show: false, config: { seed: 8 } },
      { show: false, config: { seed: 9 } },
    ]);
    expect(chart().note).toBe("mean of 3 seeds, 95 % interval");
    expect(chart().table.columns).toContain("3 seeds");
  });

  it("says so when its Worker dies, and goes on", async () => {
    const { workers, step, notices } = await mount({ autoplay: "" });
    await until(() => step() >= 25 * STEPS_PER_UPDATE);
    workers[0].crash();
    await until(() => /worker stopped. Training went on from step [2468]0 000/.test(notices()));
    await until(() => workers.length === 2 && step() > 25 * STEPS_PER_UPDATE);
  });

  it("refuses a seed under its field and keeps the one in force", async () => {
    const { lab, part } = await mount();
    const field = part<HTMLInputElement>("vitrine-transport", ".seed input");
    field.value = "-3";
    field.dispatchEvent(new Event("change"));
    await until(() => part("vitrine-transport").shadowRoot?.textContent?.includes("seed was not used") === true);
    expect(lab.seed).toBe("7");
  });

  it("offers the agents that can learn in the world, and changes to another", async () => {
    const { part, lab } = await mount();
    const select = part<HTMLSelectElement>("vitrine-setup", "#agent");
    expect([...select.options].map(({ value, disabled }) => [value, disabled])).toEqual([
      ["ppo", false],
      ["dqn", false],
      ["udrl", false],
      // Only in inventory networks.
      ["hdpo", true],
    ]);
    select.value = "dqn";
    select.dispatchEvent(new Event("change"));
    await until(() => part("vitrine-bar", "h1").textContent === "Cart-pole, DQN");
    expect(lab.agent).toBe("dqn");
  });

  it("plays the stage, says what it does, and shows what the network sees", async () => {
    const { part } = await mount({ autoplay: "" });
    await until(() => Number(part("vitrine-stage", ".step").textContent) > 3);
    await until(() => /push (left|right)/.test(part("vitrine-stage", ".live").textContent ?? ""));
    const cells = [...(part("vitrine-policy-view").shadowRoot?.querySelectorAll(".feature") ?? [])].map((row) =>
      [...row.querySelectorAll("th, .num, .unit")].map((cell) => cell.textContent),
    );
    expect(cells[0]).toEqual(["cart position", expect.stringMatching(/^−?0\.\d\d$/), "m"]);
    expect(part("vitrine-policy-view").shadowRoot?.querySelectorAll(".action.lit")).toHaveLength(1);
    await until(() => Number(part("vitrine-reward-strip", "b").textContent) > 0);
  });

  it("lets a person act in the network's place, with keys, while it trains on", async () => {
    const { lab, workers, part, step } = await mount({ env: "mountain-car", agent: "dqn", autoplay: "1" });
    await until(() => step() > 0);
    const keyed = (type: string, key: string, code: string) =>
      lab.dispatchEvent(new KeyboardEvent(type, { key, code, bubbles: true, composed: true }));
    keyed("keydown", "4", "Digit4");
    await until(() => lab.shadowRoot?.querySelector("vitrine-hand-pad") !== null);
    expect(workers[0].received.at(-1)).toEqual({ type: "actor", value: "you" });
    const before = step();
    keyed("keydown", "ArrowRight", "ArrowRight");
    const said = () => part("vitrine-stage", ".say mark").textContent;
    await until(() => said() === "push right");
    keyed("keyup", "ArrowRight", "ArrowRight");
    await until(() => said() === "coast");
    await until(() => step() > before);
    keyed("keydown", "1", "Digit1");
    await until(() => lab.shadowRoot?.querySelector("vitrine-hand-pad") === null);
    expect(workers[0].received.at(-1)).toEqual({ type: "actor", value: "network" });
  });

  it("lets a tree act once there is one, and says why not before; another run begins with the network", async () => {
    const { lab, workers, part, step, notices, button } = await mount({ autoplay: "1" });
    await until(() => step() > 0);
    const key = (name: string) =>
      lab.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true }));
    const told = () => workers[0].received.filter(({ type }) => type === "actor" || type === "tree");
    const actor = () => part<HTMLInputElement>("vitrine-transport", "input[name=actor]:checked").value;
    const begun = told().length;
    key("3");
    await until(() => notices().includes("The first one is being made beside the training."));
    expect(told()).toHaveLength(begun);
    expect(actor()).toBe("network");

    const policy = {
      kind: "tree",
      feature: [-1],
      threshold: [0],
      left: [-1],
      right: [-1],
      value: [1, 0],
      samples: [1],
    };
    const returns = { returnMean: 9, returnStd: 1, returnLow: 8, returnHigh: 10 };
    const sayTree = (step: number) =>
      workers[0].say({
        type: "explanation",
        live: true,
        explanation: {
          ...{ kind: "tree", method: "viper", policy, env: "cartpole", agent: "ppo", step, options: {}, seconds: 1 },
          ...{ ...returns, teacher: returns, fidelity: 1, fidelityOnOwnStates: 1, regret: null, equivalent: null },
          ...{
            episodes: 4,
            seeds: 4,
            testSeed: 7,
            equivalenceMargin: 1,
            size: { nodes: 1 },
            warnings: [],
            candidates: [],
          },
        } as never,
      });
    sayTree(1000);
    await until(() => !part<HTMLInputElement>("vitrine-transport", "input[value=tree]").disabled);
    key("3");
    await until(() => actor() === "both");
    // The tree goes first, so that the first episode has it.
    expect(told().slice(begun)).toEqual([
      { type: "tree", policy },
      { type: "actor", value: "both" },
    ]);
    sayTree(2000);
    await until(() => told().length === begun + 3);
    expect(told().at(-1)).toEqual({ type: "tree", policy });
    key("2");
    await until(() => actor() === "tree");
    button("vitrine-transport", "Reset").click();
    await until(() => actor() === "network");
    expect(workers[1].received.find(({ type }) => type === "actor")).toEqual({ type: "actor", value: "network" });
  });

  it("stops its Workers when it is taken out, and starts again when it is put back", async () => {
    const { lab, workers, step } = await mount({ autoplay: "" });
    await until(() => step() > 0);
    lab.remove();
    await until(() => workers.every(({ terminated }) => terminated));
    document.body.append(lab);
    await until(() => workers.length === 2 && step() > 0);
  });
});
