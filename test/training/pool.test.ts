import { describe, expect, it } from "vitest";
import { poolSizeFor, WorkerPool } from "../../src/training/pool.js";

describe("the worker pool", () => {
  it("runs at most as many jobs at a time as it has places, in the order they came", async () => {
    const pool = new WorkerPool(2);
    const order: string[] = [];
    let running = 0;
    let most = 0;
    const job = (name: string, turns: number) => async () => {
      order.push(name);
      most = Math.max(most, ++running);
      for (let i = 0; i < turns; i++) await Promise.resolve();
      running--;
      return name;
    };
    const names = await Promise.all([
      pool.run(job("a", 9)),
      pool.run(job("b", 3)),
      pool.run(job("c", 1)),
      pool.run(job("d", 1)),
    ]);
    expect(names).toEqual(["a", "b", "c", "d"]);
    expect(order).toEqual(["a", "b", "c", "d"]);
    expect(most).toBe(2);
  });

  it("a job that fails gives its place back", async () => {
    const pool = new WorkerPool(1);
    await expect(pool.run(() => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
    await expect(pool.run(async () => 7)).resolves.toBe(7);
  });

  it("a place given back twice counts once", async () => {
    const pool = new WorkerPool(1);
    const giveBack = await pool.take();
    giveBack();
    giveBack();
    await pool.take();
    void pool.take();
    await Promise.resolve();
    expect(pool.numWaiting).toBe(1);
  });

  it("refuses to have no place", () => {
    expect(() => new WorkerPool(0)).toThrow("expected a pool of 1 or more places, got 0");
  });

  it("is as large as the number of cores, within reason", () => {
    expect([undefined, 0, 4, 64].map(poolSizeFor)).toEqual([2, 1, 4, 8]);
  });
});
