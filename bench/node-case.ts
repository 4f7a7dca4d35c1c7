import { messageOf } from "../src/core/errors.js";
import { measureTask, type Task } from "./index.js";

/** Measures one case in a Node process of its own and tells its parent. */
process.once("message", async (task: Task) => {
  const answer = await measureTask(task).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: messageOf(error) }),
  );
  process.send?.(answer, undefined, undefined, () => process.exit(0));
});
