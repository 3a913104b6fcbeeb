import { beforeEach, vi } from "vitest";

// What jsdom leaves out of the web platform, as far as the windows use it.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  this.open = false;
};
// Nothing has a size here, so none changes.
globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
HTMLElement.prototype.scrollIntoView = () => undefined;
Object.defineProperty(HTMLElement.prototype, "innerText", {
  configurable: true,
  get(this: HTMLElement) {
    return this.textContent;
  },
});

beforeEach(() => {
  // A window starts with an empty page and module state of its own.
  document.body.replaceChildren();
  vi.resetModules();
});

// Axe asks whether there is a canvas to draw on. There is none, and that is all it needs to know.
HTMLCanvasElement.prototype.getContext = () => null;
