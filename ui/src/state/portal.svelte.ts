import type { ProviderRef } from '$/ipc/bindings/ProviderRef';

import type { Location } from './location.svelte';
import type { SessionWatch } from './session.svelte';

/** The provider whose portal is open: the one that was chosen, else the person's first. */
export class Portal {
  #session: SessionWatch;
  #location: Location;

  constructor(session: SessionWatch, location: Location) {
    this.#session = session;
    this.#location = location;
  }

  /** All providers of the person. */
  get providers(): ProviderRef[] {
    const { state } = this.#session;
    return state.kind === 'unlocked' ? state.account.providers : [];
  }

  /** None for a person without a provider, and while nothing is unlocked. */
  get provider(): ProviderRef | undefined {
    const { providerId } = this.#location;
    return this.providers.find(({ id }) => id === providerId) ?? this.providers[0];
  }

  get isBusinessUnit(): boolean {
    return this.provider?.kind === 'businessUnit';
  }

  /** Turns to the portal of another provider, on its clients. */
  choose(providerId: string): void {
    this.#location.go({ page: 'clients', product: 'providerPortal' }, providerId);
  }
}
