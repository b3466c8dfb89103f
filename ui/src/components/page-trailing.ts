import { getContext, hasContext, setContext, type Snippet } from 'svelte';

const key = Symbol('page-trailing');

/** What the shell puts at the right end of every page head: the product switcher. */
export function providePageTrailing(trailing: Snippet) {
  setContext(key, trailing);
}

export function usePageTrailing(): Snippet | undefined {
  return hasContext(key) ? getContext<Snippet>(key) : undefined;
}
