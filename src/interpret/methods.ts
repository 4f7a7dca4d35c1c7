import { InputError, showValue } from "../core/errors.js";
import { allowedNames } from "../core/nearest.js";
import type { OptionsSchema } from "../core/options.js";
import { BC_OPTIONS, DAGGER_OPTIONS, VIPER_OPTIONS } from "./distil-options.js";
import type { ExplanationKind, ExplanationMethod } from "./explanation.js";
import { IMPORTANCE_OPTIONS } from "./importance-options.js";
import { MESSAGES_OPTIONS } from "./messages-options.js";
import { ORDERS_OPTIONS } from "./orders-options.js";
import { SHAPLEY_OPTIONS } from "./shapley/rule-options.js";

/** A way to explain a policy, as the registry knows it. */
export interface MethodDefinition {
  readonly id: ExplanationMethod;
  readonly kind: ExplanationKind;
  readonly title: string;
  /** One sentence: what comes out and how. */
  readonly summary: string;
  readonly source: string;
  readonly options: OptionsSchema;
}

/** Every method there is. */
export const methods: readonly MethodDefinition[] = [
  {
    id: "viper",
    kind: "tree",
    title: "VIPER",
    summary: "A tree plays, the network labels where it leads, and states where the choice matters weigh more.",
    source: "Bastani, Pu & Solar-Lezama 2018, arXiv:1805.08328, algorithm 1",
    options: VIPER_OPTIONS,
  },
  {
    id: "dagger",
    kind: "tree",
    title: "DAgger",
    summary: "A tree plays and the network labels where it leads; every state weighs the same.",
    source: "Ross, Gordon & Bagnell 2011, arXiv:1011.0686",
    options: DAGGER_OPTIONS,
  },
  {
    id: "bc",
    kind: "tree",
    title: "Behaviour cloning",
    summary: "A tree on the states that the network visits; it never sees where its own mistakes lead.",
    source: "Pomerleau 1991, as the baseline of Ross, Gordon & Bagnell 2011",
    options: BC_OPTIONS,
  },
  {
    id: "shapley",
    kind: "rule",
    title: "Shapley rule",
    summary: "A line through the states where the Shapley values of the network change sides.",
    source: "Li, Siddique & Cao 2025, arXiv:2501.09858",
    options: SHAPLEY_OPTIONS,
  },
  {
    id: "importance",
    kind: "importance",
    title: "Importance",
    summary: "Which features the network leans on, and how it fares with only the first of them.",
    source: "Lundberg & Lee 2017, arXiv:1705.07874; Breiman 2001 for the shuffled features",
    options: IMPORTANCE_OPTIONS,
  },
  {
    id: "orders",
    kind: "orders",
    title: "Orders",
    summary:
      "A base-stock level, one with a cap, a table or a small tree for one store, levels for the roads of a network, whichever costs least.",
    source: "Least squares on the policy's own states; levels as in Alvo et al. 2023, arXiv:2306.11246",
    options: ORDERS_OPTIONS,
  },
  {
    id: "messages",
    kind: "messages",
    title: "Messages",
    summary: "What a graph network passes along each edge: how far it moves every order, and what it saves.",
    source: "Each message replaced by its mean over visited states, all else recomputed",
    options: MESSAGES_OPTIONS,
  },
];

/** The method of that name. Throws {@link InputError} that lists what there is. */
export function findMethod(name: string): MethodDefinition {
  const found = methods.find(({ id }) => id === name);
  if (found) return found;
  const ids = methods.map(({ id }) => id);
  throw new InputError("method", showValue(name), allowedNames(name, ids));
}
