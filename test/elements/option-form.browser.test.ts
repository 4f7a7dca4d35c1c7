import { afterEach, describe, expect, it } from "vitest";
import { ppo } from "../../src/agents/ppo-definition.js";
import {
  allowedText,
  booleanOption,
  choiceOption,
  describeOptions,
  integerOption,
  integersOption,
  numberOption,
  optionsSchema,
} from "../../src/core/options.js";
import { allowedPhrase, type OptionChange, OptionForm } from "../../src/elements/option-form.js";

const schema = optionsSchema({
  length: numberOption({ title: "Length", help: "How long.", unit: "m", default: 0.5, min: 0.1, max: 2 }),
  steps: integerOption({ title: "Steps", help: "How many.", default: 100_000, min: 1, max: 1_000_000 }),
  hidden: integersOption({ title: "Hidden", help: "Widths.", default: [64, 64], min: 1, max: 256, maxLength: 4 }),
  double: booleanOption({ title: "Double", help: "Twice.", default: true, advanced: true }),
  activation: choiceOption({
    title: "Activation",
    help: "Which.",
    choices: ["tanh", "relu"],
    default: "tanh",
    advanced: true,
  }),
});
const defaults = { length: 0.5, steps: 100_000, hidden: [64, 64], double: true, activation: "tanh" };

afterEach(() => document.body.replaceChildren());

async function mount(properties: Partial<OptionForm> = {}) {
  const form = new OptionForm();
  Object.assign(form, { schema, group: "env", values: defaults, defaults, ...properties });
  const changes: OptionChange[] = [];
  form.addEventListener("option-change", (event) => changes.push((event as CustomEvent<OptionChange>).detail));
  document.body.append(form);
  await form.updateComplete;
  const find = <E extends Element>(selector: string): E => {
    const found = form.shadowRoot?.querySelector<E>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const type = async (key: string, text: string) => {
    const field = find<HTMLInputElement>(`#${key}`);
    field.value = text;
    field.dispatchEvent(new Event("change"));
    await form.updateComplete;
    return field;
  };
  return { form, changes, find, type };
}

describe("a form made from a schema", () => {
  it.each(["m", "m/s²", "unités", "périodes", "époques", "par pas"])("keeps room for the unit %s", async (unit) => {
    const option = integerOption({ title: "Wait", help: "How long.", unit, default: 5, min: 1, max: 100 });
    const { find } = await mount({
      schema: optionsSchema({ wait: option }),
      values: { wait: 5 },
      defaults: { wait: 5 },
    });
    const tokensOf = find<HTMLElement>(".options");
    tokensOf.style.setProperty("--t-small", "12px");
    const room = Number.parseFloat(getComputedStyle(find("#wait")).paddingRight);
    const width = find("em").getBoundingClientRect().width;
    // It stands 7 px from the edge.
    expect(room).toBeGreaterThan(7 + width);
    expect(room).toBeLessThan(7 + width + 30);
  });

  it("has a labelled native control for each option, the advanced ones folded away", async () => {
    const { form, find } = await mount();
    const labels = [...(form.shadowRoot?.querySelectorAll("label") ?? [])].map((label) => label.textContent);
    expect(labels).toEqual(["Length", "Steps", "Hidden", "Double", "Activation"]);
    expect(find<HTMLDetailsElement>("details").open).toBe(false);
    expect(find("summary").textContent).toContain("2 more options");
    expect(find<HTMLInputElement>("#steps").value).toBe("100\u202f000");
    expect(find<HTMLInputElement>("#hidden").value).toBe("64 × 64");
    expect(find<HTMLInputElement>("#double").type).toBe("checkbox");
    expect(find<HTMLSelectElement>("#activation").value).toBe("tanh");
  });

  it("tells a good value, as the schema's own type", async () => {
    const { changes, find, type } = await mount();
    await type("length", "0.7");
    await type("length", "0,9");
    await type("steps", "250 000");
    await type("hidden", "32 × 16");
    const box = find<HTMLInputElement>("#double");
    box.checked = false;
    box.dispatchEvent(new Event("change"));
    expect(changes).toEqual([
      { key: "length", value: 0.7 },
      { key: "length", value: 0.9 },
      { key: "steps", value: 250_000 },
      { key: "hidden", value: [32, 16] },
      { key: "double", value: false },
    ]);
  });

  it("refuses a bad value under its field, in the schema's sentence, and tells nothing", async () => {
    const { changes, find, type } = await mount();
    const field = await type("length", "3");
    expect(find("#refused-length").textContent).toBe("Length: expected a number from 0.1 to 2, got 3");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(field.getAttribute("aria-describedby")).toContain("refused-length");
    expect(field.value).toBe("3");
    expect(changes).toEqual([]);
    await type("length", "");
    expect(find("#refused-length").textContent).toBe('Length: expected a number from 0.1 to 2, got ""');
  });

  it("drops the refusal with the next good value, even the one in force", async () => {
    const { form, changes, type } = await mount();
    await type("length", "3");
    await type("length", "0.5");
    expect(form.shadowRoot?.querySelector("#refused-length")).toBeNull();
    expect(changes).toEqual([]);
  });

  it("marks what differs from the preset with a dot, folded away or not", async () => {
    const { form, find } = await mount({ values: { ...defaults, length: 0.7, activation: "relu" } });
    const changed = [...(form.shadowRoot?.querySelectorAll(".changed label") ?? [])].map((label) => label.textContent);
    expect(changed).toEqual(["Length", "Activation"]);
    expect(find("summary").textContent).toContain("•");
  });

  it("has words in place of a 0 that stands for something, and an emptied field is that 0", async () => {
    const rate = numberOption({
      title: "Rate",
      help: "Step.",
      unit: "m",
      zero: "of the recipe",
      default: 0,
      min: 0,
      max: 1,
    });
    const properties = { schema: optionsSchema({ rate }), values: { rate: 0 }, defaults: { rate: 0 } };
    const { form, find, changes, type } = await mount(properties);
    const field = find<HTMLInputElement>("#rate");
    expect([field.value, field.placeholder]).toEqual(["", "of the recipe"]);
    expect(form.shadowRoot?.querySelector("em")).toBeNull();
    await type("rate", "0.1");
    form.values = { rate: 0.1 };
    await form.updateComplete;
    expect([field.value, find("em").textContent]).toEqual(["0.1", "m"]);
    await type("rate", "");
    expect(changes).toEqual([
      { key: "rate", value: 0.1 },
      { key: "rate", value: 0 },
    ]);
  });

  it("says which fields need a fresh start, but not for what takes effect at once", async () => {
    const values = { ...defaults, length: 0.7, steps: 5 };
    const { form } = await mount({ values, running: defaults, immediate: ["steps"] });
    expect([...(form.shadowRoot?.querySelectorAll(".fresh") ?? [])].map(({ id }) => id)).toEqual(["fresh-length"]);
  });
});

it("says what an option allows in the very words of the command line", () => {
  for (const option of [...describeOptions(schema), ...describeOptions(ppo.options)]) {
    expect(allowedPhrase(option)).toBe(allowedText(option));
  }
});
