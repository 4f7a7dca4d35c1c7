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
    field.dispatchEvent(new Event("input"));
    await editor.updateComplete;
  };
  const press = async (text: string) => {
    button(text).click();
    await editor.updateComplete;
  };
  const invalid = () =>
    [...root.querySelectorAll('[aria-invalid="true"]')].map((one) => one.getAttribute("aria-label"));
  const said = () => root.querySelector("[role=alert]")?.textContent ?? "";
  const changes: OptionChange[] = [];
  editor.addEventListener("option-change", (event) => changes.push((event as CustomEvent<OptionChange>).detail));
  await press("Build a network by hand …");
  await editor.updateComplete;
  return { editor, root, button, type, press, changes, invalid, said };
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

const TWO = "store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; supplier>A:3; supplier>B:3";

test("what cannot be used is refused in a sentence at its field, and mended while it is typed", async () => {
  const { editor, root, button, type, press, changes, invalid, said } = await mount(TWO);
  await type("supplier → B: Lead time", "soon");
  expect(said()).toBe('supplier → B, Lead time: expected a whole number of periods from 1 to 50, got "soon"');
  expect(button("Use this network").disabled).toBe(true);
  expect(invalid()).toEqual(["supplier → B: Lead time"]);
  await type("supplier → B: Lead time", "2");
  expect([said(), button("Use this network").disabled]).toEqual(["", false]);
  await type("Name 2", "supplier");
  expect(said()).toMatch(/^a store, Name: expected letters, .* and not supplier, got "supplier"$/);
  expect(invalid()).toEqual(["Name 2"]);
  await type("Name 2", "B");
  root.querySelector<HTMLButtonElement>("[aria-label='Remove B']")?.click();
  await editor.updateComplete;
  expect(said()).toBe("");
  await press("Back to the problem's network");
  expect(changes).toEqual([{ key: "network", value: "" }]);
  editor.remove();
});

test("a comma stands for the point, and typing keeps the caret", async () => {
  const { editor, root, type, press, changes, said } = await mount(TWO);
  const field = root.querySelector<HTMLInputElement>('[aria-label="A: Mean demand"]') as HTMLInputElement;
  await type("A: Mean demand", "9,5");
  field.setSelectionRange(1, 1);
  field.dispatchEvent(new Event("input"));
  await editor.updateComplete;
  expect([said(), field.value, field.selectionStart]).toEqual(["", "9,5", 1]);
  await press("Use this network");
  expect(parseNetwork(String(changes[0].value)).demand.mean).toEqual([9.5, 5]);
  editor.remove();
});

test("a dialog that is closed keeps what was changed, until it is undone", async () => {
  const { editor, root, type, press } = await mount(TWO);
  const value = () => root.querySelector<HTMLInputElement>('[aria-label="A: Mean demand"]')?.value;
  await type("A: Mean demand", "7");
  root.querySelector("dialog")?.close();
  await press("Build a network by hand …");
  expect([root.querySelector("dialog")?.open, value()]).toEqual([true, "7"]);
  await press("Undo all changes");
  expect(value()).toBe("5");
  root.querySelector("dialog")?.close();
  editor.options = { network: "store A under=9 mean=6 std=2; supplier>A:3" };
  await press("Build a network by hand …");
  await editor.updateComplete;
  expect(value()).toBe("6");
  editor.remove();
});
