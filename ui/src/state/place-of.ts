import type { Location, Page, PlaceOf } from './location.svelte';

/**
 * The place as the given page sees it. While the location already shows another page and this one is being
 * taken down, it is the last one that was its own. Call it inside `$derived`.
 */
export function placeOf<P extends Page>(location: Location, page: P, first: PlaceOf<P>): () => PlaceOf<P> {
  let last = first;
  return () => {
    const { place } = location;
    if (place.page === page) last = place as PlaceOf<P>;
    return last;
  };
}
