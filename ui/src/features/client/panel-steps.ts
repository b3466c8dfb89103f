import type { Location } from '$/state/location.svelte';
import type { ClientPlace } from './client-controller.svelte';

/**
 * How a list and its panel go together: opening a panel is a step of the way (back closes it), going from
 * row to row while it is open is not.
 */
export function panelSteps<Row>(location: Location, place: () => ClientPlace, id: (row: Row) => string) {
  const show = (row: Row) => {
    const now = place();
    if (now.open === undefined) location.go({ ...now, open: id(row) });
    else location.amend({ open: id(row) });
  };
  return {
    open: show,
    /** An open panel follows the arrow keys; a closed one stays closed. */
    follow: (row: Row) => {
      if (place().open !== undefined) show(row);
    },
  };
}
