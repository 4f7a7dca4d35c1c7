import { allowedText, describeOptions, type OptionsSchema, optionText } from "../index.js";
import { showTable } from "./output.js";

/** Every option of a schema, one line each: name, default, unit, what it does and what it may be. */
export function optionsText(schema: OptionsSchema): string {
  return showTable(
    describeOptions(schema).map((option) => [
      `  ${option.key}`,
      optionText(option.default) || '""',
      option.unit ?? "",
      `${option.help} (${allowedText(option)})`,
    ]),
  );
}
