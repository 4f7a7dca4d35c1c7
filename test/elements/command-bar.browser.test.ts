import { afterEach, describe, expect, it } from "vitest";
import "../../src/elements/command-bar.js";
import "../../src/elements/following-chart.js";
import type { Command } from "../../src/core/command.js";
import type { CommandBar } from "../../src/elements/command-bar.js";
import type { FollowingChart } from "../../src/elements/following-chart.js";

const commanded = {
  command: { desiredReturn: 80, desiredHorizon: 80 },
  seen: Float64Array.from([1, 1, 100, 100]),
};

async function mount<E extends HTMLElement & { updateComplete: Promise<unknown> }>(
  tag: string,
  fields: object,
): Promise<E> {
  const element = document.createElement(tag) as E;
  Object.assign(element, fields);
  document.body.append(element);
  await element.updateComplete;
  return element;
}

async function bar(asked: Command | null = null) {
  const element = await mount<CommandBar>("vitrine-command-bar", { commanded, asked });
  const wishes: (Command | null)[] = [];
  element.addEventListener("command-change", (event) => wishes.push((event as CustomEvent<Command | null>).detail));
  const inputs = (type: string) => [...element.renderRoot.querySelectorAll<HTMLInputElement>(`input[type="${type}"]`)];
  const type = async (field: number, text: string) => {
    const input = inputs("text")[field];
    input.value = text;
    input.dispatchEvent(new Event("change"));
    await element.updateComplete;
  };
  const text = () => element.renderRoot.querySelector("[role='status']")?.textContent?.trim() ?? "";
  return { element, wishes, inputs, type, text };
}

afterEach(() => document.body.replaceChildren());

describe("the command bar", () => {
  it("shows the policy's own command, and asks by slider for a return in the steps seen with it", async () => {
    const { wishes, inputs } = await bar();
    expect(inputs("text").map(({ value }) => value)).toEqual(["80", "80"]);
    const [slider] = inputs("range");
    slider.value = "40";
    slider.dispatchEvent(new Event("input"));
    expect(wishes).toEqual([{ desiredReturn: 40, desiredHorizon: 40 }]);
  });

  it("keeps the steps that were typed when they no longer follow", async () => {
    const { element, wishes, type } = await bar({ desiredReturn: 60, desiredHorizon: 60 });
    await type(1, "12");
    element.asked = { desiredReturn: 60, desiredHorizon: 12 };
    await type(0, "30,5");
    expect(wishes).toEqual([
      { desiredReturn: 60, desiredHorizon: 12 },
      { desiredReturn: 30.5, desiredHorizon: 12 },
    ]);
  });

  it("warns outside of what was seen, and not inside", async () => {
    expect((await bar({ desiredReturn: 400, desiredHorizon: 100 })).text()).toContain("it extrapolates");
    expect((await bar({ desiredReturn: 10, desiredHorizon: 90 })).text()).toContain("it extrapolates");
    expect((await bar({ desiredReturn: 50, desiredHorizon: 50 })).text()).toBe("");
  });

  it("refuses what is no number or no step in one sentence, and asks for nothing", async () => {
    const { wishes, type, text } = await bar();
    await type(0, "much");
    expect(text()).toBe("Return: expected a number, got “much”.");
    await type(1, "0");
    expect(text()).toBe("Steps: expected a number of 1 or more, got “0”.");
    expect(wishes).toEqual([]);
  });

  it("gives the command back to the policy", async () => {
    const { element, wishes } = await bar({ desiredReturn: 50, desiredHorizon: 50 });
    element.renderRoot.querySelector<HTMLButtonElement>("button")?.click();
    expect(wishes).toEqual([null]);
  });
});

describe("the chart of asked and achieved returns", () => {
  const following = {
    step: 1000,
    episodesEach: 5,
    correlation: 0.93,
    points: [10, 60].map((desiredReturn) => ({
      command: { desiredReturn, desiredHorizon: desiredReturn },
      achieved: desiredReturn - 5,
      length: desiredReturn,
    })),
  };

  it("draws a ring for each measured command and a diamond for each episode on the stage, and lists the same", async () => {
    const outcomes = [[30, 28]] as const;
    const chart = await mount<FollowingChart>("vitrine-following-chart", { following, outcomes, asked: 40 });
    expect(chart.renderRoot.querySelectorAll(".plot .ring")).toHaveLength(2);
    expect(chart.renderRoot.querySelectorAll(".plot .played")).toHaveLength(1);
    expect(chart.renderRoot.querySelector(".keys b")?.textContent).toBe("rank correlation 0.93");
    expect(chart.table.rows.map((row) => [row[1], row[3]])).toEqual([
      ["10", "5"],
      ["60", "55"],
      ["30", "28"],
    ]);
  });

  it("asks for a measurement, and not twice", async () => {
    const chart = await mount<FollowingChart>("vitrine-following-chart", {});
    let wishes = 0;
    chart.addEventListener("following-measure", () => wishes++);
    const button = chart.renderRoot.querySelector("button");
    button?.click();
    chart.measuring = true;
    await chart.updateComplete;
    button?.click();
    expect(wishes).toBe(1);
    expect(chart.renderRoot.querySelector("svg.plot")).toBeNull();
  });
});
