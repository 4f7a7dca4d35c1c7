import type { EngineFactory } from "../engine.js";
export const loadTfjsEngine = async (_backend: "cpu" | "wasm" | "webgpu"): Promise<EngineFactory | null> => null;
export const isSoftwareAdapter = async (): Promise<boolean> => true;
