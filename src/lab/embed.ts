/** The module that another page loads: it defines `<vitrine-lab>`. */
export { VitrineLab } from "./vitrine-lab.js";
