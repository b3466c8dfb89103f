// What jsdom lacks and the page asks for. Sizes are made up: jsdom lays nothing out.
import { cleanup, configure } from '@testing-library/svelte';
import { afterEach, expect } from 'vitest';

import '$/messages/rest';

// A machine with two busy cores draws the first page slowly.
configure({ asyncUtilTimeout: 20_000 });

// What the library warns of is a fault of the page: a value read too late, an attribute that is none.
const warnings: string[] = [];
const { warn } = console;
console.warn = (...said: unknown[]) => {
  if (String(said[0]).includes('svelte.dev/e/')) warnings.push(String(said[0]));
  warn(...said);
};

afterEach(() => {
  cleanup();
  expect(warnings.splice(0)).toEqual([]);
});

window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

window.ResizeObserver ??= class {
  readonly #tell: ResizeObserverCallback;
  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }
  observe(target: Element) {
    const size = [{ inlineSize: 1000, blockSize: 600 }];
    const entry = { target, borderBoxSize: size, contentBoxSize: size, contentRect: { width: 1000, height: 600 } };
    this.#tell([entry as unknown as ResizeObserverEntry], this as unknown as ResizeObserver);
  }
  unobserve() {}
  disconnect() {}
};

// axe asks for a canvas to judge icons drawn with fonts; there are none here.
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.scrollTo ??= () => {};
Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { configurable: true, get: () => 1000 });
