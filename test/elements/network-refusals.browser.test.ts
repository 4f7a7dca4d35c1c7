import { afterAll, beforeAll, expect, it } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { useLocale } from "../../src/elements/localise.js";
import { networkRefusal } from "../../src/elements/network-refusals.js";
import { checkProblem } from "../../src/envs/inventory/check-problem.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";

beforeAll(() => useLocale("fr"));
afterAll(() => useLocale("en"));

function refusalOf(parse: () => unknown): InputError {
  try {
    parse();
  } catch (error) {
    if (error instanceof InputError) return error;
  }
  throw new Error("expected a refusal");
}

const SMALL = "warehouse W hold=0.3; store A hold=1 under=9 mean=5 std=2; W>A:2; supplier>W:3 cost=0.5";
const STORE = "store A under=9 mean=5 std=2";

it.each([
  [`${STORE}; supplier>A:-1`, "un délai d’au moins 1 période entière derrière les deux-points"],
  [`${STORE}; supplier>A:99`, "un délai de 1 à 50 périodes entières, reçu 99 du fournisseur à A"],
  [`${STORE}; supplier>A:1 cost=-1`, "un coût unitaire de 0 ou plus, reçu -1 du fournisseur à A"],
  ["store A under=0 mean=5 std=2; supplier>A:1", "un coût de pénurie supérieur à 0 dans chaque magasin, reçu 0 pour A"],
  ["store A mean=5 std=2; supplier>A:1", "under=… pour chaque magasin, reçu « store A mean=5 std=2 » (instruction 1)"],
  ["store A under=9 mean=5; supplier>A:1", "std=… pour chaque magasin à demande normale"],
  ["demand=poisson; store A under=9 mean=5 std=2; supplier>A:1", "pas de std : celui d’une demande de Poisson"],
  ["store A under=9 mean=0 std=2; supplier>A:1", "une demande moyenne supérieure à 0, reçu 0 pour A"],
  ["store A under=9 mean=1 std=-2; supplier>A:1", "un écart-type de 0 ou plus, reçu -2 pour A"],
  [STORE, "un réseau qui approvisionne chaque nœud, reçu A, qu’aucune route n’atteint depuis le fournisseur"],
  [`${SMALL}; warehouse V; V>W:1; W>V:1`, "un réseau sans cercle, reçu le cercle W > V > W"],
  [`${SMALL}; warehouse V; supplier>V:1`, "reçu V, d’où ne part aucune route"],
  [`${SMALL}; A>W:1`, "des routes qui ne partent d’aucun magasin, reçu une route de A à W"],
  [`${SMALL}; W>B:1`, "à la place de B"],
  [`${SMALL}; W>A:4`, "une seule route de W à A"],
  [`${SMALL}; store A under=1 mean=1 std=1`, "un nom qu’aucun autre nœud ne porte, à la place de A"],
  [`${SMALL}; shop C`, "un nœud (store NOM …), une route (FROM>TO:LEADTIME) ou des réglages (unmet=…"],
  [`${SMALL}; unmet=sometimes`, "unmet=lost ou unmet=backlogged"],
  [`${SMALL}; correlation=2`, "une corrélation de 0 à 1"],
  [`${SMALL}; pipeline=0`, "un pipeline de 1 à 50 périodes"],
  [`${SMALL}; unmet=lost unmet=lost`, "unmet une seule fois"],
  ["store A under=9 mean=5 std=2 holding=1; supplier>A:1", "(vouliez-vous dire hold ?) à la place de holding"],
  ["store A under=nine mean=5 std=2; supplier>A:1", "un nombre derrière under="],
  ["store supplier under=9 mean=5 std=2", "un nom fait de lettres"],
  ["warehouse W keeps=maybe", "keeps=yes ou keeps=no"],
  ["unmet=lost", "un réseau avec au moins un magasin, reçu un réseau qui n’en a pas"],
  [
    Array.from({ length: 70 }, (_, i) => `store S${i} under=9 mean=5 std=2; supplier>S${i}:1`).join("; "),
    "au plus 60 nœuds",
  ],
])("%s is refused in the language of the page, every part of the sentence", (text, sentence) => {
  const said = networkRefusal(refusalOf(() => parseNetwork(text)));
  expect(said).toContain("Réseau : attendu ");
  expect(said).toContain(sentence);
  // No word of English is left around what was quoted.
  const own = said.replaceAll(/« .* »|\(store NOM …\)|\(unmet=.*\)/gs, "");
  expect(own).not.toMatch(/\b(the|of|or|at|from|which|every|with|above|road|number|name|expected|got)\b/);
});

it("a holding cost below zero, too", () => {
  const { nodes, ...rest } = parseNetwork(SMALL);
  const broken = { ...rest, nodes: nodes.map((node) => ({ ...node, holdingCost: -1 })) };
  expect(networkRefusal(refusalOf(() => checkProblem(broken)))).toContain(
    "un coût de stockage de 0 ou plus, reçu -1 pour W",
  );
});
