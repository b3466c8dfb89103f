import { getContext, setContext } from 'svelte';

export interface Toast {
  id: number;
  text: string;
}

/** How long a toast stays, in milliseconds. */
export const toastTime = 5000;

/**
 * Things that are done, each in one sentence, for five seconds. Failures are no toasts: they stand where
 * the action was and stay (look/README "Page, panel, dialog").
 */
export class Toasts {
  shown: Toast[] = $state([]);
  #next = 1;

  done(text: string): void {
    const toast = { id: this.#next++, text };
    // The same sentence twice in a row is one toast that stays longer.
    this.shown = [...this.shown.filter((other) => other.text !== text), toast].slice(-3);
    setTimeout(() => this.close(toast.id), toastTime);
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

const key = Symbol('toasts');

export function provideToasts(toasts: Toasts): Toasts {
  return setContext(key, toasts);
}

export function useToasts(): Toasts {
  return getContext<Toasts>(key);
}
