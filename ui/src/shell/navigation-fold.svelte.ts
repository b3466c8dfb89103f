import type { Preferences } from '$/state/preferences.svelte';

/** In a narrower page the navigation is its icons: a table beside all of it would have no room for its rows. */
const NARROW = '(max-width: 939px)';

/**
 * Whether the navigation is folded to its icons. In a wide page the person says so, and it is kept; in a narrow one it is
 * folded, and unfolds over the page until something is chosen in it.
 */
export class NavigationFold {
  readonly #preferences: Preferences;
  #narrow = $state(false);
  #unfolded = $state(false);

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  /** Only icons are seen. */
  get folded(): boolean {
    return this.#narrow ? !this.#unfolded : this.#preferences.settings.navigationCollapsed;
  }

  /** The page has the width beside the icons. */
  get beside(): boolean {
    return this.#narrow || this.folded;
  }

  /** It stands over the page. */
  get over(): boolean {
    return this.#narrow && this.#unfolded;
  }

  fold(folded: boolean): void {
    if (this.#narrow) this.#unfolded = !folded;
    else void this.#preferences.change({ navigationCollapsed: folded });
  }

  /** What stands over the page gives way to it. */
  leave(): void {
    this.#unfolded = false;
  }

  /** Follows the width of the page until the returned function is called. */
  follow(): () => void {
    const narrow = window.matchMedia(NARROW);
    const hear = () => {
      this.#narrow = narrow.matches;
      this.#unfolded = false;
    };
    hear();
    narrow.addEventListener('change', hear);
    return () => narrow.removeEventListener('change', hear);
  }
}
