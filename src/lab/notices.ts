import { msg, str } from "@lit/localize";
import type { InputError, LossKind } from "../core/errors.js";
import { ENGINE_NAMES } from "../elements/device-chip.js";
import { formatInteger } from "../elements/format.js";
import { translated } from "../elements/localise.js";
import type { Notice } from "../elements/notices.js";
import type { RunNotice } from "./seed-run.js";

/** A notice before it has a number. */
export type NoticeText = Omit<Notice, "id">;

/** What happened to a run, in words. That it could not be stored stands in the device chip instead. */
export function runNotice(notice: Exclude<RunNotice, { kind: "unsaved" }>): NoticeText {
  switch (notice.kind) {
    case "resumed": {
      const { step } = notice;
      return {
        tone: "good",
        text: () => msg(str`This run goes on from step ${formatInteger(step)}, where this browser left it.`),
      };
    }
    case "restarted":
      return { tone: "watch", text: () => `${lossText(notice.loss)} ${recoveryText(notice)}` };
    case "inexact":
      return {
        tone: "watch",
        text: () => msg("The run goes on, but on another engine, so no longer bit for bit."),
        detail: notice.detail,
      };
    case "broken-checkpoint":
      return { tone: "watch", text: () => msg("A saved checkpoint could not be used."), detail: notice.detail };
    case "other-tab":
      return {
        tone: "watch",
        text: () => msg("This run is open in another tab. This tab trains a copy of its own, from the seed."),
      };
    case "tree-refused":
      return { tone: "watch", text: () => msg("This tree cannot act here; the network does."), detail: notice.detail };
    case "refused":
      return { tone: "bad", text: () => msg("This training cannot start."), detail: notice.detail };
    case "recipe-over":
      return {
        tone: "watch",
        text: () => msg("The schedule of its recipe is over: the training ended before its budget was spent."),
      };
    case "failed":
      return { tone: "bad", text: () => msg("Training stopped. What was saved before stays."), detail: notice.detail };
    default:
      return notice satisfies never;
  }
}

/** What was lost, in a sentence. */
export function lossText(kind: LossKind): string {
  switch (kind) {
    case "device":
      return msg("The graphics device was lost.");
    case "memory":
      return msg("The memory ran out.");
    case "silence":
      return msg("What computes stopped answering.");
    case "worker":
      return msg("The training worker stopped.");
    default:
      return kind satisfies never;
  }
}

/** From where training went on, and with what. */
function recoveryText({ step, lostSteps, engine, changed }: Extract<RunNotice, { kind: "restarted" }>): string {
  const from = formatInteger(step);
  const earlier = formatInteger(lostSteps);
  if (!changed) return msg(str`Training went on from step ${from}, ${earlier} steps earlier.`);
  const name = ENGINE_NAMES[engine];
  return msg(
    str`Training went on from step ${from}, ${earlier} steps earlier, with ${name}: from there on no longer bit for bit.`,
  );
}

/** A field of a link or an attribute that was refused, in words. */
export function refusalNotice(error: InputError): NoticeText {
  return { tone: "watch", text: () => refusalText(error) };
}

/** Why a field was refused: its name, what is allowed, what was given. */
export function refusalText({ field, given, allowed }: InputError): string {
  return msg(str`${field} was not used: expected ${allowedWords(allowed)}, got ${given}.`);
}

/** The words that `core/options` has for what is allowed, in the language of the page. */
function allowedWords(allowed: string): string {
  const [, whole, low, high] = /^a (whole )?number from (\S+) to (\S+)$/.exec(allowed) ?? [];
  if (low && whole) return msg(str`a whole number from ${low} to ${high}`);
  if (low) return msg(str`a number from ${low} to ${high}`);
  const [, names] = /^one of (.*)$/.exec(allowed) ?? [];
  return names ? msg(str`one of ${names}`) : translated(allowed);
}
