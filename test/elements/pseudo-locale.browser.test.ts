import type { LocaleModule } from "@lit/localize";
import { afterEach, expect, it, vi } from "vitest";
import type { VitrineLab } from "../../src/lab/vitrine-lab.js";
import { FakeWorker } from "../lab/fake-worker.js";

/** Every translated text becomes ⟦itself⟧, so that what has no brackets has bypassed the translation. */
vi.mock("../../src/elements/locales/fr.js", async (): Promise<LocaleModule> => {
  const { default: xliff } = await import("../../src/elements/locales/fr.xlf?raw");
  const plain = (text: string) => new DOMParser().parseFromString(text, "text/html").documentElement.textContent ?? "";
  const templates: Record<string, unknown> = {};
  for (const [, id, source] of xliff.matchAll(/<trans-unit id="([^"]+)">\s*<source>(.*?)<\/source>/gs)) {
    const parts = source
      .split(/<x id="\d+"[^>]*\/>/)
      .map((part) => part.replaceAll(/\S.*\S|\S/gs, (text) => `⟦${plain(text)}⟧`));
    const values = [...source.matchAll(/<x id="(\d+)"/g)].map(([, index]) => Number(index));
    templates[id] = values.length === 0 ? parts[0] : { strTag: true, strings: parts, values };
  }
  return { templates } as LocaleModule;
});

const { useLocale } = await import("../../src/elements/localise.js");
await import("../../src/lab/vitrine-lab.js");

afterEach(async () => {
  document.body.replaceChildren();
  await useLocale("en");
});

/** Names that are the same in every language: of the lab, algorithms, engines, units and what a link or key is called. */
const PROPER = new Set([
  ...[
    "Vitrine",
    "PPO",
    "DQN",
    "UDRL",
    "HDPO",
    "VIPER",
    "DAgger",
    "EN",
    "FR",
    "English",
    "Français",
    "WASM",
    "SIMD",
    "relaxed",
    "TypeScript",
    "TensorFlow.js",
  ],
  ...["CPU", "WebGPU", "ms", "s", "k", "M", "m", "rad", "kg", "N", "r", "per", "step", "tiles", "agent.gamma", "much"],
]);

/** Words in a text outside ⟦ ⟧ that no proper name explains. */
function untranslated(text: string): string[] {
  return (text.replaceAll(/⟦[^⟧]*⟧/g, " ").match(/[\p{L}.]*\p{L}[\p{L}.]*/gu) ?? []).filter(
    (word) => !PROPER.has(word),
  );
}

/** Everything a person can read or hear in an element and its shadow, with where it stands. */
function* textsIn(node: Node): Generator<[string, string]> {
  if (node instanceof Text) yield [node.data, node.parentElement?.tagName ?? ""];
  if (node instanceof Element) {
    if (/^(STYLE|SCRIPT)$/.test(node.tagName)) return;
    // What a program said is shown as it is, and marked as English.
    if (node.getAttribute("lang") === "en" && node.tagName === "SMALL") return;
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext", "alt"]) {
      const value = node.getAttribute(name);
      if (value) yield [value, `${node.tagName} ${name}`];
    }
    if (node.shadowRoot) yield* textsIn(node.shadowRoot);
  }
  for (const child of node.childNodes) yield* textsIn(child);
}

async function labAt(env: string, agent: string): Promise<VitrineLab> {
  const lab = document.createElement("vitrine-lab");
  Object.assign(lab, { env, agent, seed: "7", locale: "fr", autoplay: true, config: "agent.gamma=9&budget=40000" });
  lab.createWorker = () => new FakeWorker(10) as unknown as Worker;
  document.body.append(lab);
  await vi.waitFor(
    () => expect(lab.shadowRoot?.querySelector(".return-chart")?.shadowRoot?.textContent).toMatch(/\d{2}/),
    15_000,
  );
  // The language is fetched: on a busy machine it comes later than the first curve.
  await vi.waitFor(
    () => expect([...textsIn(lab)].filter(([text]) => text.includes("⟦")).length).toBeGreaterThan(100),
    15_000,
  );
  // What was announced before stands until the next announcement, two seconds later at most.
  const announced = () =>
    lab.shadowRoot?.querySelector("vitrine-stage")?.shadowRoot?.querySelector(".live")?.textContent;
  await vi.waitFor(() => expect(announced() ?? "").toMatch(/^\s*$|⟦/), 15_000);
  await new Promise((done) => setTimeout(done, 600));
  return lab;
}

declare global {
  interface HTMLElementTagNameMap {
    "vitrine-lab": VitrineLab;
  }
}

it.each([
  ["cartpole", "ppo"],
  ["cartpole", "dqn"],
  ["mountain-car", "ppo"],
  ["lavaland", "dqn"],
])("no text of the lab bypasses the translation: %s with %s", async (env, agent) => {
  const drawn = vi.spyOn(CanvasRenderingContext2D.prototype, "fillText");
  // What is drawn before the language is there stays until it is drawn again.
  await useLocale("fr");
  const lab = await labAt(env, agent);
  const root = lab.shadowRoot;
  if (!root) throw new Error("the lab has no shadow");
  const inside = (element: string, selector: string) =>
    root.querySelector(element)?.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [];
  // The refused option of the link is in a notice; a changed option waits, a field is refused, every table opens.
  const setup = root.querySelector("vitrine-setup")?.shadowRoot;
  const [, agentForm] = setup?.querySelectorAll("vitrine-option-form") ?? [];
  for (const [key, text] of [
    ["gamma", "0.5"],
    ["learningRate", "much"],
  ]) {
    const field = agentForm?.shadowRoot?.querySelector<HTMLInputElement>(`#${key}`);
    if (!field) throw new Error(`no field ${key}`);
    field.value = text;
    field.dispatchEvent(new Event("change"));
  }
  const found: string[] = [];
  const collect = () => {
    for (const [text, where] of textsIn(lab)) {
      const words = untranslated(text);
      if (words.length > 0) found.push(`${where}: ${text.trim()} (${words.join(", ")})`);
    }
  };
  for (const button of [
    ...inside("vitrine-chart.return-chart", ".icon-btn"),
    ...inside("vitrine-diagnosis", ".icon-btn"),
    ...inside("vitrine-reward-strip", ".icon-btn"),
    ...inside("vitrine-chart.curve-chart", ".icon-btn"),
    ...inside("vitrine-run-list", ".head .icon-btn"),
  ]) {
    button.click();
    await new Promise((done) => setTimeout(done, 60));
    collect();
  }
  await vi.waitFor(() => expect(drawn.mock.calls.some(([text]) => text.includes("⟦"))).toBe(true), 15_000);
  for (const [text] of drawn.mock.calls) {
    if (untranslated(text).length > 0) found.push(`drawn: ${text}`);
  }
  drawn.mockRestore();
  expect([...new Set(found)]).toEqual([]);
  expect([...textsIn(lab)].filter(([text]) => text.includes("⟦")).length).toBeGreaterThan(100);
});
