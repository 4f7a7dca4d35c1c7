import { msg, str } from "@lit/localize";
import type { InputError } from "../core/errors.js";
import { formatInteger } from "../elements/format.js";
import type { Notice } from "../elements/notices.js";
import type { RunNotice } from "./seed-run.js";

/** A notice before it has a number. */
export type NoticeText = Omit<Notice, "id">;

/** What happened to a run, in words. */
export function runNotice(notice: RunNotice): NoticeText {
  switch (notice.kind) {
    case "resumed":
      return {
        tone: "good",
        text: msg(str`This run goes on from step ${formatInteger(notice.step)}, where this browser left it.`),
      };
    case "restarted": {
      const text = msg(
        str`The training worker stopped. Training went on from step ${formatInteger(notice.step)}, ${formatInteger(notice.lostSteps)} steps earlier.`,
      );
      return { tone: "watch", text };
    }
    case "inexact":
      return {
        tone: "watch",
        text: msg("The run goes on, but on another engine, so no longer bit for bit."),
        detail: notice.detail,
      };
    case "broken-checkpoint":
      return { tone: "watch", text: msg("A saved checkpoint could not be used."), detail: notice.detail };
    case "other-tab":
      return {
        tone: "watch",
        text: msg("This run is open in another tab. This tab trains a copy of its own, from the seed."),
      };
    case "unsaved":
      return {
        tone: "watch",
        text: msg("The browser refused to store this run. Training goes on; nothing is kept after the page is closed."),
        detail: notice.detail,
      };
    case "failed":
      return { tone: "bad", text: msg("Training stopped. What was saved before stays."), detail: notice.detail };
    default:
      return notice satisfies never;
  }
}

/** A field of a link or an attribute that was refused, in words. */
export function refusalNotice({ field, given, allowed }: InputError): NoticeText {
  return { tone: "watch", text: msg(str`${field} was not used: expected ${allowed}, got ${given}.`) };
}
