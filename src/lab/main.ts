/** The page: one element, defined. */
import "./vitrine-lab.js";
