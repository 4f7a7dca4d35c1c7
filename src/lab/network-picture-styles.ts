import { css } from "lit";

/** How a draft is drawn; what is chosen has the colour of what can be pressed, what is refused is red and dashed. */
export const pictureStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  /* A long supply chain may be wider than a phone. */
  .view {
    overflow: auto hidden;
    border: 1px solid var(--rule);
    border-radius: var(--r-glass);
    background: var(--glass);
  }
  .canvas {
    position: relative;
    user-select: none;
    -webkit-user-select: none;
  }
  .lines {
    position: absolute;
    inset: 0;
  }
  .lines.new {
    pointer-events: none;
  }
  .road {
    fill: none;
    stroke: var(--edge);
    stroke-width: 1.5;
  }
  .tip {
    fill: var(--edge);
  }
  .reach {
    fill: none;
    stroke: transparent;
    stroke-width: 16;
    cursor: pointer;
  }
  .line:hover .road {
    stroke: var(--ink);
  }
  .line:hover .tip {
    fill: var(--ink);
  }
  .line.bad .road {
    stroke: var(--bad);
    stroke-dasharray: 5 3;
  }
  .line.bad .tip {
    fill: var(--bad);
  }
  .line.selected.bad .road {
    stroke-width: 2.5;
  }
  .line.selected:not(.bad) .road {
    stroke: var(--action);
    stroke-width: 2.5;
  }
  .line.selected:not(.bad) .tip {
    fill: var(--action);
  }
  .line.new .road {
    stroke: var(--action);
    stroke-width: 2;
    stroke-dasharray: 6 4;
  }
  .line.new .tip {
    fill: var(--action);
  }

  button {
    position: absolute;
    margin: 0;
    border: 1px solid transparent;
    background: none;
    font-size: var(--t-small);
    cursor: pointer;
  }
  .chip {
    min-width: 26px;
    max-width: 56px;
    height: 24px;
    padding: 0 2px;
    border: 0;
    transform: translate(-50%, -50%);
  }
  .chip span {
    display: block;
    height: 18px;
    padding: 0 2px;
    border: 1px solid var(--rule-2);
    border-radius: 9px;
    background: var(--sheet);
    font-size: var(--t-tick);
    line-height: 16px;
    color: var(--ink-2);
    text-align: center;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chip:hover span {
    border-color: var(--edge);
    color: var(--ink);
  }
  .chip.bad span {
    border: 1px dashed var(--bad);
    color: var(--bad);
  }
  .chip.selected span {
    border: 1px solid var(--action);
    background: var(--action);
    color: var(--action-ink);
    font-weight: var(--w-strong);
  }
  .chip.selected.bad span {
    border-color: var(--bad);
    background: var(--bad);
    color: var(--sheet);
  }

  .place {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 2px;
    width: max-content;
    min-width: 32px;
    padding: 2px 1px;
    border-radius: var(--r-control);
  }
  .place:not(.store) {
    transform: translateX(-50%);
  }
  .place.store {
    flex-direction: row;
    gap: 5px;
  }
  .place svg {
    flex: none;
    width: 26px;
    height: 24px;
    overflow: visible;
  }
  .place .name {
    max-width: 100%;
    min-width: 0;
    padding: 0 1px;
    border-radius: var(--r-chip);
    background: var(--glass);
    line-height: 16px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .place .roof {
    fill: var(--scene-body);
  }
  .place .light {
    fill: var(--scene-paint);
  }
  .place .walls {
    fill: var(--sheet);
    stroke: var(--scene-body);
    stroke-width: 1.25;
  }
  .narrow .name {
    font-size: var(--t-tick);
  }
  .place:hover .name {
    background: var(--hover);
  }
  .place.selected .name {
    background: var(--action);
    color: var(--action-ink);
  }
  .place.bad .name {
    color: var(--bad);
    text-decoration: underline dashed;
    text-underline-offset: 3px;
  }
  .place.bad .roof {
    fill: var(--bad);
  }
  .place.bad .walls {
    stroke: var(--bad);
    stroke-dasharray: 3 2;
  }
  .place.selected.bad .name {
    background: var(--bad);
    color: var(--sheet);
  }

  /* Where a new road may go. */
  .linking .place,
  .linking .chip {
    opacity: 0.4;
  }
  .linking .place.from,
  .linking .place.may {
    opacity: 1;
  }
  .linking .place.may {
    border: 1px dashed var(--action);
    background: var(--action-wash);
  }
  .linking .place.may .name {
    background: none;
    color: inherit;
  }
  .linking .place.aim {
    border: 1px solid var(--action);
    box-shadow: 0 0 0 1px var(--action);
  }
  .linking .reach {
    pointer-events: none;
  }

  /* Where a road is begun: a larger target than can be seen. */
  .port {
    position: absolute;
    width: 13px;
    height: 13px;
    border: 1.5px solid var(--action);
    border-radius: 50%;
    background: var(--sheet);
    transform: translate(-50%, -50%);
    cursor: crosshair;
    touch-action: none;
  }
  .port::after {
    content: "";
    position: absolute;
    inset: -6px -8px -6px -3px;
  }
  .port:hover,
  .from + .port {
    background: var(--action);
  }
  @media (pointer: coarse) {
    .port {
      width: 17px;
      height: 17px;
    }
    .port::after {
      inset: -12px -14px -12px -6px;
    }
  }

  .said {
    padding: 5px 0 0;
    min-height: 40px;
    font-size: var(--t-small);
    color: var(--ink-3);
  }
  @media (pointer: coarse) {
    .keys {
      display: none;
    }
  }
  /* At the lower edge of whatever scrolls: a large network must not hide what it was clicked for. */
  .chosen {
    position: sticky;
    z-index: 1;
    bottom: calc(-1 * var(--x3));
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 6px var(--x3);
    padding: var(--x2) 0;
    border-top: 1px solid var(--rule);
    background: var(--sheet);
    font-size: var(--t-small);
  }
  .chosen h3 {
    flex-basis: 100%;
    font-size: var(--t-body);
    font-weight: var(--w-medium);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chosen label {
    display: grid;
    gap: 2px;
    color: var(--ink-3);
  }
  .chosen input[type="text"] {
    width: 92px;
    color: var(--ink);
  }
  .chosen label.name input[type="text"] {
    width: 140px;
  }
  .chosen .btn {
    position: static;
    border: 1px solid var(--edge);
    background: var(--sheet);
    font-size: var(--t-body);
  }
  .chosen .btn:hover {
    background: var(--hover);
  }
  [aria-invalid="true"] {
    border-color: var(--bad);
  }
`;
