import { getContext, setContext } from 'svelte';

import type { Host } from '$/ipc/host';

import { Browsing } from './browsing.svelte';
import { InvitationWatch } from './invitation.svelte';
import { ClientAct } from './client-act.svelte';
import { Location } from './location.svelte';
import { Portal } from './portal.svelte';
import { ProviderWarnings } from './provider-warnings.svelte';
import { Preferences } from './preferences.svelte';
import { SessionWatch } from './session.svelte';
import { SyncWatch } from './sync.svelte';
import { Toasts, provideToasts } from './toasts.svelte';
import { Words, languageFor, provideWords } from './words.svelte';

/** What every feature may use: `const { host, location, sync, toasts, words } = useApp()`. */
export interface App {
  host: Host;
  words: Words;
  session: SessionWatch;
  location: Location;
  portal: Portal;
  browsing: Browsing;
  invitation: InvitationWatch;
  preferences: Preferences;
  sync: SyncWatch;
  warnings: ProviderWarnings;
  clientAct: ClientAct;
  toasts: Toasts;
}

/** The state of one window around one host. */
export function createApp(host: Host): App {
  const words = new Words(languageFor(navigator.language), navigator.language, () => portal.isBusinessUnit);
  const session = new SessionWatch(host);
  const location = new Location();
  const portal: Portal = new Portal(session, location);
  return {
    host,
    words,
    session,
    location,
    portal,
    browsing: new Browsing(host),
    invitation: new InvitationWatch(host),
    preferences: new Preferences(host, words),
    sync: new SyncWatch(host),
    warnings: new ProviderWarnings(host),
    clientAct: new ClientAct(),
    toasts: new Toasts(),
  };
}

const key = Symbol('app');

export function provideApp(app: App): App {
  provideWords(app.words);
  provideToasts(app.toasts);
  return setContext(key, app);
}

export function useApp(): App {
  return getContext<App>(key);
}
