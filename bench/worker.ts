import { messageOf } from "../src/core/errors.js";
import { measureTask, type Task } from "./index.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async (event: MessageEvent<Task>) => {
  const answer = await measureTask(event.data).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: messageOf(error) }),
  );
  scope.postMessage(answer);
};
