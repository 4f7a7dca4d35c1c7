// What the host may call. The module owns no memory: every pointer is an offset into what the host laid out.
export { adam, norm } from "./adam";
export { moveRows } from "./move";
export { backward, forward, packWeights } from "./network";
export { threefryInto } from "./threefry";
