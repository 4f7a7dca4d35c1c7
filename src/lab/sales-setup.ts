import { html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { messageOf } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import { VitrineElement } from "../elements/element.js";
import type { OptionChange } from "../elements/option-form.js";
import "../elements/sales-loader.js";
import type { SalesFacts } from "../elements/sales-loader.js";
import { hasSales, keepSales, keptSales } from "../envs/inventory/sales.js";
import { faultText, readSales, SALES_SCHEMA } from "../envs/inventory/sales-csv.js";
import { loadSales } from "../envs/inventory/sales-shelf.js";
import { shelveSales } from "../runs/opfs-sales.js";

/**
 * The sales of an inventory world whose demand is recorded: loads a person's file, keeps it in this browser, and names it
 * in the options.
 *
 * @fires option-change - `detail` is an `OptionChange` of `sales`.
 */
@customElement("vitrine-sales-setup")
export class SalesSetup extends VitrineElement {
  @property({ attribute: false }) options: OptionValues = {};
  @state() private facts: SalesFacts | null = null;
  @state() private faults: readonly string[] = [];
  @state() private busy = false;

  override render() {
    return html`<vitrine-sales-loader
      .schema=${[SALES_SCHEMA.header, SALES_SCHEMA.row]}
      .facts=${this.facts}
      .faults=${this.faults}
      ?busy=${this.busy}
      @sales-load=${(event: CustomEvent<File>) => void this.load(event.detail)}
      @sales-clear=${() => this.change("")}
    ></vitrine-sales-loader>`;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("options")) void this.tellOf(this.options);
  }

  /** Says what is known of the sales that the options name; what another browser has is refused by the run itself. */
  private async tellOf(options: OptionValues): Promise<void> {
    await loadSales(options);
    if (options !== this.options) return;
    const id = String(options["sales"] ?? "");
    this.facts = id !== "" && hasSales(id) ? factsOf(id) : null;
  }

  private async load(file: File): Promise<void> {
    this.busy = true;
    this.faults = [];
    try {
      const text = await file.text();
      const { sales, faults } = readSales(text);
      if (sales) {
        await shelveSales(sales.id, text);
        keepSales(sales);
        this.change(sales.id);
      } else {
        this.faults = faults.map(faultText);
      }
    } catch (error) {
      this.faults = [messageOf(error)];
    } finally {
      this.busy = false;
    }
  }

  private change(id: string): void {
    this.faults = [];
    this.tell<OptionChange>("option-change", { key: "sales", value: id });
  }
}

function factsOf(id: string): SalesFacts {
  const { products, stores, firstDay } = keptSales(id);
  const from = new Date(firstDay * 86_400_000).toISOString().slice(0, 10);
  return { lines: products.length, stores: new Set(stores).size, from };
}
