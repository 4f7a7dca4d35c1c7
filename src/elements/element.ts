import { updateWhenLocaleChanges } from "@lit/localize";
import { LitElement } from "lit";
import "./localise.js";

/** The base of every element of the lab: it follows the language, and tells its wishes by composed events. */
export abstract class VitrineElement extends LitElement {
  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  /** Tells the page what was wished for. */
  protected tell<T>(type: string, detail?: T): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
