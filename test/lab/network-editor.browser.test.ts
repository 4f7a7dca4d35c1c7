import { expect, test } from "vitest";
import "../../src/lab/network-editor.js";
import type { OptionChange } from "../../src/elements/option-form.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";
import type { NetworkEditor } from "../../src/lab/network-editor.js";

async function mount(network: string) {
  const editor = document.createElement("vitrine-network-editor") as NetworkEditor;
  editor.options = { network };
  document.body.append(editor);
  await editor.updateComplete;
  const root = editor.shadowRoot as ShadowRoot;
  const button = (text: string) =>
    [...root.querySelectorAll("button")].find((one) => one.textContent?.trim() === text) as HTMLButtonElement;
  const type = async (label: string, value: string) => {
    const field = root.querySelector<HTMLInputElement>(`[aria-label="${label}"]`) as HTMLInputElement;
    field.value = value;
    field.dispatchEvent(new Event("change"));
    await editor.updateComplete;
  };
  const press = async (text: string) => {
    button(text).click();
    await editor.updateComplete;
  };
  const changes: OptionChange[] = [];
  editor.addEventListener("option-change", (event) => changes.push((event as CustomEvent<OptionChange>).detail));
  await press("Build a network by hand …");
  await editor.updateComplete;
  return { editor, root, button, type, press, changes };
}

test("a network is built from the one in force and goes into the option", async () => {
  const { editor, root, type, press, changes } = await mount("store A under=9 mean=5 std=2; supplier>A:3");
  expect(root.querySelector("dialog")?.open).toBe(true);
  await press("Add a warehouse");
  await press("Add a store");
  await type("A: Mean demand", "7");
  await type("supplier → warehouse 1: Lead time", "4");
  await press("Use this network");
  expect(changes).toHaveLength(1);
  expect(changes[0].key).toBe("network");
  const { nodes, edges, demand } = parseNetwork(String(changes[0].value));
  expect(nodes.map(({ name }) => name)).toEqual(["warehouse 1", "A", "store 1"]);
  expect(demand.mean).toEqual([7, 5]);
  expect(edges.find(({ to }) => to === 0)?.leadTime).toBe(4);
  expect(root.querySelector("dialog")?.open ?? false).toBe(false);
  editor.remove();
});

test("what makes no network is refused in a sentence at its row, and cannot be used", async () => {
  const { editor, root, button, type, press, changes } = await mount(
    "store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; supplier>A:3; supplier>B:3",
  );
  await type("supplier → B: Lead time", "soon");
  expect(root.querySelector("[role=alert]")?.textContent).toContain("a lead time of at least 1 whole period");
  expect(button("Use this network").disabled).toBe(true);
  expect(root.querySelectorAll("tr[data-wrong]")).toHaveLength(1);
  expect(root.querySelector("[aria-label='supplier → B: Lead time']")?.getAttribute("aria-invalid")).toBe("true");
  root.querySelector<HTMLButtonElement>("[aria-label='Remove B']")?.click();
  await editor.updateComplete;
  expect(root.querySelector("[role=alert]")?.textContent).toBe("");
  await press("Use the problem's own");
  expect(changes).toEqual([{ key: "network", value: "" }]);
  editor.remove();
});
