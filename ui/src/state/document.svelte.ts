import type { Preferences } from './preferences.svelte';
import type { Words } from './words.svelte';

/** Keeps theme and language of the page as they are chosen, as long as the component that calls it stands. */
export function dressDocument(preferences: Preferences, words: Words): void {
  $effect(() => preferences.follow());
  $effect(() => {
    document.documentElement.dataset.theme = preferences.theme;
  });
  $effect(() => {
    document.documentElement.lang = words.language;
  });
}
