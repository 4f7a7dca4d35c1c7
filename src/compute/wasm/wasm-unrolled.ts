import { ceil4, layoutOf, type NetworkLayout } from "../network.js";
import {
  checkUnrolled,
  type GroupSpec,
  type RowMove,
  type UnrolledGroup,
  type UnrolledNetwork,
  type ValueRows,
} from "../unrolled.js";
import { FIRST_FREE, type MemoryPlan, planMemory, type Rows, Space } from "./plan.js";
import { openRoom, WasmNetwork, type WasmRoom } from "./wasm-network.js";

/** Words of one move's record; keep in step with `class Move` in `assembly/move.ts`. */
const MOVE_WORDS = 6;

const valueRows = ({ pointer, stride }: Rows): ValueRows => ({ first: pointer >>> 2, stride: stride >>> 2 });

/** An unrolled network whose slots all lie in one linear memory. */
class WasmUnrolledNetwork extends WasmNetwork implements UnrolledNetwork {
  readonly outputGradients: ValueRows;
  readonly inputGradients: ValueRows;
  private readonly slotInputs: readonly ValueRows[];
  private readonly slotOutputs: readonly ValueRows[];

  constructor(room: WasmRoom, layout: NetworkLayout, plan: MemoryPlan, maxRows: number) {
    super(room, layout, plan, maxRows);
    const { slots, outputGradients, inputGradients } = plan;
    this.slotInputs = slots.map(({ inputs }) => valueRows(inputs));
    this.slotOutputs = slots.map(({ outputs }) => valueRows(outputs[0]));
    this.outputGradients = valueRows(outputGradients[0]);
    this.inputGradients = valueRows(inputGradients ?? outputGradients[0]);
  }

  inputs(slot: number): ValueRows {
    return this.slotInputs[slot];
  }

  outputs(slot: number): ValueRows {
    return this.slotOutputs[slot];
  }
}

/** Networks in one linear memory, with their blocks of rows behind them. */
export function createWasmGroup<Name extends string>(
  module: WebAssembly.Module,
  { networks, blocks = [], moves }: GroupSpec<Name>,
): UnrolledGroup<Name> {
  let end = FIRST_FREE;
  const planned = networks.map(({ network, numSlots, maxRows }) => {
    const layout = layoutOf(network);
    checkUnrolled(layout, numSlots, maxRows);
    const plan = planMemory(layout, maxRows, numSlots, end);
    end = plan.end;
    return { layout, plan, maxRows };
  });
  const space = new Space(end);
  const rows = blocks.map(({ numRows, size }) => space.takeRows(numRows, ceil4(size)));
  const lists = Object.entries<readonly RowMove[]>(moves ?? {}).map(([name, list]) => {
    return { name, list, pointer: space.take(list.length * MOVE_WORDS) };
  });
  const room = openRoom(module, space.next);
  for (const { pointer, list } of lists) writeMoves(room.memory.buffer, pointer, list);
  const byName = new Map(lists.map(({ name, list, pointer }) => [name, { pointer, count: list.length }]));
  return {
    networks: planned.map(({ layout, plan, maxRows }) => new WasmUnrolledNetwork(room, layout, plan, maxRows)),
    blocks: rows.map(valueRows),
    values: new Float32Array(room.memory.buffer),
    move(name, numTraces, size, from, fromPerTrace, to, toPerTrace) {
      const list = byName.get(name);
      if (!list) throw new RangeError(`expected moves ${[...byName.keys()].join(", ")}, got ${name}`);
      room.kernels.moveRows(
        list.pointer,
        list.count,
        numTraces,
        size,
        from.first << 2,
        from.stride << 2,
        fromPerTrace,
        to.first << 2,
        to.stride << 2,
        toPerTrace,
      );
    },
  };
}

function writeMoves(buffer: ArrayBuffer, pointer: number, moves: readonly RowMove[]): void {
  const words = new Uint32Array(buffer, pointer, moves.length * MOVE_WORDS);
  const floats = new Float32Array(buffer, pointer, moves.length * MOVE_WORDS);
  moves.forEach(({ from, fromColumn = 0, to, toColumn = 0, scale = 1, add = false }, i) => {
    words.set([from, 4 * fromColumn, to, 4 * toColumn, 0, add ? 1 : 0], i * MOVE_WORDS);
    floats[i * MOVE_WORDS + 4] = scale;
  });
}
