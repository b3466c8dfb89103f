import type { UnlockedAccount } from '$/ipc/bindings/UnlockedAccount';
import type { Host } from '$/ipc/host';

import { isComeBackTo, standing, type Location, type Place } from './location.svelte';

/** As Rust keeps it for the page, sealed with the account. */
interface Kept {
  /** Of this form: another version of the program may have another one. */
  version: 1;
  place: Place;
  providerId?: string | undefined;
  left: Place[];
}

/** Milliseconds between two writings: a person may click and type faster than a disk likes. */
const rest = 300;

/** Where the person was is kept with the account: a lock, or the end of the program, takes the page with all it knows. */
export class LeftPlaces {
  #host: Host;
  #account = '';
  /** What is to be kept, and what is. */
  #now = '';
  #kept = '';
  #busy = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Leads an account that was just opened to where it was left, unless somebody was led elsewhere meanwhile. */
  async restore(account: UnlockedAccount, location: Location): Promise<void> {
    this.#account = account.id;
    this.#now = this.#kept = '';
    const landed = location.place;
    const kept = await this.#host.leftPlaces().then(read, () => undefined);
    if (this.#account !== account.id) return;
    if (kept && location.place === landed) lead(kept, account, location);
    this.#now = this.#kept = written(location);
  }

  /** Keeps the place of the moment. To be called with every change of it. */
  follow(location: Location): void {
    this.#now = written(location);
    if (!this.#busy) void this.#keep();
  }

  async #keep(): Promise<void> {
    this.#busy = true;
    while (this.#now !== this.#kept) {
      this.#kept = this.#now;
      try {
        await this.#host.keepPlaces(this.#account, this.#now);
      } catch {
        // Locked in the meantime, or a full disk: then one begins where it was kept last.
      }
      await new Promise((rested) => setTimeout(rested, rest));
    }
    this.#busy = false;
  }
}

function written({ place, providerId, leftPlaces }: Location): string {
  const kept: Kept = { version: 1, place: withoutSearch(standing(place)), providerId, left: leftPlaces.map(withoutSearch) };
  return JSON.stringify(kept);
}

/** Words that were typed are no place: a list of few would be met by whoever has long forgotten what they looked for. */
function withoutSearch(place: Place): Place {
  return 'search' in place ? { ...place, search: undefined } : place;
}

function read(text: string | null): Kept | undefined {
  if (text === null) return undefined;
  try {
    const kept = JSON.parse(text) as Partial<Kept>;
    return kept.version === 1 && kept.place && Array.isArray(kept.left) ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}

/** Settings are no place to come back to, and neither is the portal of a provider that the person has no more. */
function lead({ place, providerId, left }: Kept, { providers }: UnlockedAccount, location: Location): void {
  const isTheirs = ({ id }: { id: string }) => id === providerId;
  const hasPortal = providerId === undefined ? providers.length > 0 : providers.some(isTheirs);
  const isThere = (one: Place) => isComeBackTo(one) && (one.product !== 'providerPortal' || hasPortal);
  const there = left.filter(isThere).map(withoutSearch);
  const target = isThere(place) ? withoutSearch(place) : there.find(({ product }) => product === place.product);
  location.restore(target ?? location.place, hasPortal ? providerId : undefined, there);
}
