import type { ProviderRef } from '$/ipc/bindings/ProviderRef';
import type { MessageKey } from '$/messages/catalogue';
import { landing, type Location, type Page, type Place } from '$/state/location.svelte';
import type { Portal } from '$/state/portal.svelte';
import type { MessageValues } from '$/state/words.svelte';

/** What the person is told of where they are now. */
export type Notice = { key: MessageKey; values: MessageValues; page?: MessageKey };

/** The pages of provider admins, by the words of the navigation (ui.md, roles). */
const adminPages: Partial<Record<Page, MessageKey>> = {
  members: 'shell.members',
  events: 'shell.events',
  billing: 'shell.billing',
  provider: 'provider.title',
};

/** Whether a place is for admins of the provider alone, and the person is none. */
export function isBarred({ page }: Place, provider: ProviderRef | undefined): boolean {
  return provider !== undefined && !provider.admin && page in adminPages;
}

/**
 * Rights end while one looks at what they allowed: the provider is deleted, the person removed, or a service user now.
 * Then they are led to what is theirs, and told why.
 */
export class LedAway {
  notice: Notice | undefined = $state.raw();
  #location: Location;
  #portal: Portal;
  /** Whose portal was shown last. */
  #of: ProviderRef | undefined;

  constructor(location: Location, portal: Portal) {
    this.#location = location;
    this.#portal = portal;
  }

  /** To be called whenever the place or the providers have changed. */
  look(): void {
    const { place, providerId, leftPlaces } = this.#location;
    const { provider, providers } = this.#portal;
    if (place.product !== 'providerPortal') return;
    const gone = providers.some(({ id }) => id === this.#of?.id) ? undefined : this.#of;
    this.#of = provider;
    if (gone || !provider) {
      if (gone) this.notice = provider ? { key: 'shell.providerGone', values: { gone: gone.name, provider: provider.name } } : { key: 'shell.lastProviderGone', values: { gone: gone.name } };
      this.#location.start(landing({ providers }));
    } else if (isBarred(place, provider)) {
      this.notice = { key: 'shell.adminsOnly', values: { provider: provider.name }, page: adminPages[place.page]! };
      this.#location.restore({ page: 'clients', product: 'providerPortal' }, providerId, leftPlaces);
    }
  }
}
