import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionValue, type DqnLossSettings, dqnLoss } from "../../src/agents/dqn-loss.js";

const lossOf = (outputs: number[], sample: number[], settings: DqnLossSettings) => {
  const gradients = new Float64Array(outputs.length);
  const statistics = new Float64Array(3);
  const error = dqnLoss({ $: outputs }, { $: sample }, settings, { $: gradients }, { $: statistics });
  return { loss: statistics[0], value: statistics[2], gradients, error };
};

describe("the DQN loss", () => {
  it("is half the squared error below 1 and linear above, with the Huber loss", () => {
    const settings = { numActions: 2, dueling: 0, huber: 1 };
    expect(lossOf([3, 0], [0, 2.5, 1], settings).loss).toBeCloseTo(0.125, 12);
    expect(lossOf([3, 0], [0, -1, 1], settings).loss).toBeCloseTo(3.5, 12);
    expect([...lossOf([3, 0], [0, -1, 1], settings).gradients]).toEqual([1, 0]);
  });

  it("a dueling network's values are V + A − mean A", () => {
    const settings = { numActions: 3, dueling: 1, huber: 0 };
    const outputs = { $: [10, 1, 2, 6] };
    expect([0, 1, 2].map((action) => actionValue(outputs, action, settings))).toEqual([8, 9, 13]);
  });

  it("has the gradient that finite differences give, with and without dueling, for any weight", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 0, max: 2 }),
        number,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.boolean(),
        fc.boolean(),
        (outputs, action, target, weight, dueling, huber) => {
          const settings = { numActions: 3, dueling: Number(dueling), huber: Number(huber) };
          const row = dueling ? outputs : outputs.slice(0, 3);
          const sample = [action, target, weight];
          const { gradients, error } = lossOf(row, sample, settings);
          // The Huber loss has a kink in its slope at an error of 1.
          fc.pre(Math.abs(Math.abs(error) - 1) > 1e-4);
          const h = 1e-6;
          for (let i = 0; i < row.length; i++) {
            const up = row.map((value, j) => (i === j ? value + h : value));
            const down = row.map((value, j) => (i === j ? value - h : value));
            const slope = (lossOf(up, sample, settings).loss - lossOf(down, sample, settings).loss) / (2 * h);
            expect(Math.abs(gradients[i] - slope)).toBeLessThanOrEqual(1e-6);
          }
        },
      ),
    );
  });
});
