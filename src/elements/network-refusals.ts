import { msg, str } from "@lit/localize";
import type { InputError } from "../core/errors.js";
import { translated } from "./localise.js";

/** Sentences of `network-text.ts` and `check-problem.ts` without names in them; numbers may be any. */
export const NETWORK_SENTENCES = [
  "a name of letters, digits, _ and - that begins with a letter and is not supplier",
  "a lead time of at least # whole period behind the colon",
  "a correlation from # to #",
  "a pipeline of # to # periods",
  "std=… for every store with normal demand",
  "no std: that of Poisson demand is the root of its mean",
  "a network with at least one store",
  "a network without one",
  "at most # nodes",
  "# nodes",
  "a holding cost of # or more",
  "an underage cost above # at every store",
  "a mean demand above #",
  "a standard deviation of # or more",
  "a lead time of # to # whole periods",
  "a cost per unit of # or more",
  "roads that leave no store",
  "a network without circles",
  "a network that supplies every node",
  "a network in which every warehouse supplies something",
] as const;

/** The others: what is around the names. The first that fits counts. */
const PATTERNS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /^a node \(store NAME …\), a road \((.*:LEADTIME)\) or settings \((.*)\)$/,
    (road, settings) => msg(str`a node (store NAME …), a road (${road}) or settings (${settings})`),
  ],
  [
    /^one of (.*) \(did you mean (.*)\?\) in place of (.*)$/,
    (names, meant, given) => msg(str`one of ${names} (did you mean ${meant}?) in place of ${given}`),
  ],
  [/^one of (.*) in place of (.*)$/, (names, given) => msg(str`one of ${names} in place of ${given}`)],
  [/^(\S+) only once$/, (key) => msg(str`${key} only once`)],
  [/^(\w+=)… for every store$/, (key) => msg(str`${key}… for every store`)],
  [/^a number behind (\w+=)$/, (key) => msg(str`a number behind ${key}`)],
  [/^(\w+=\w+) or (\w+=\w+)$/, (one, other) => msg(str`${one} or ${other}`)],
  [
    /^a name that no other node has, in place of (.*)$/,
    (given) => msg(str`a name that no other node has, in place of ${given}`),
  ],
  [/^only one road from (\S+) to (\S+)$/, (from, to) => msg(str`only one road from ${from} to ${to}`)],
  [/^"(.*)" \(statement (\d+)\)$/s, (text, number) => msg(str`"${text}" (statement ${number})`)],
  [/^the circle (.*)$/, (names) => msg(str`the circle ${names}`)],
  [/^a road from (.*) to (.*)$/, (from, to) => msg(str`a road from ${from} to ${to}`)],
  [
    /^(.*), which no road from the supplier reaches$/,
    (name) => msg(str`${name}, which no road from the supplier reaches`),
  ],
  [/^(.*), which no road leaves$/, (name) => msg(str`${name}, which no road leaves`)],
  [/^(\S+) at (.*)$/, (value, name) => msg(str`${value} at ${name}`)],
  [/^(\S+) from the supplier to (.*)$/, (value, to) => msg(str`${value} from the supplier to ${to}`)],
  [/^(\S+) from (.*) to (.*)$/, (value, from, to) => msg(str`${value} from ${from} to ${to}`)],
];

/** Why a text makes no network, in the language of the page. */
export function networkRefusal({ allowed, given }: InputError): string {
  return msg(str`Network: expected ${inWords(allowed)}, got ${inWords(given)}`);
}

function inWords(sentence: string): string {
  const known = NETWORK_SENTENCES.some((one) => one === sentence.replace(/\d+/g, "#"));
  if (known) return translated(sentence);
  for (const [pattern, words] of PATTERNS) {
    const parts = pattern.exec(sentence);
    if (parts) return words(...parts.slice(1));
  }
  return sentence;
}
