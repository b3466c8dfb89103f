import type { AboutInfo } from '../bindings/AboutInfo';
import type { AccountSummary } from '../bindings/AccountSummary';
import type { Damage } from '../bindings/Damage';
import type { ErrorCode } from '../bindings/ErrorCode';
import type { DemoProgress } from '../bindings/DemoProgress';
import type { PasswordNotice } from '../bindings/PasswordNotice';
import type { RefusedStart } from '../bindings/RefusedStart';
import type { SessionNotice } from '../bindings/SessionNotice';
import type { SessionState } from '../bindings/SessionState';
import type { Settings } from '../bindings/Settings';
import type { SyncSettings } from '../bindings/SyncSettings';
import type { SyncReport } from '../bindings/SyncReport';
import type { SyncStatus } from '../bindings/SyncStatus';
import type { SavedFilter } from '../bindings/SavedFilter';
import type { UnlockSettings } from '../bindings/UnlockSettings';
import type { UnlockedAccount } from '../bindings/UnlockedAccount';
import { HostError, type Host } from '../host';
import { event, type Answer, type Fail } from './answering';
import { fakeEstate, ownProvider, type FakeProviders } from './estate';
import { fakeEvents } from './events';
import { fakeJoining } from './joining';
import { fakePortal } from './portal';
import { administered, products } from './products';
import * as answers from './queries';
import { searchEverything } from './search';
import { secondsLeft } from './seconds-left';
import { fakePassword, fakeSignIn } from './sign-in';
import { fakeStructure } from './structure';
import { fakeTeam, fakeTeamCommands } from './team';
import { fakeUnlocking } from './unlocking';
import { inOrder } from './order';
import { fakeVault } from './vault';
import { fakeVaultCommands } from './vault-commands';

export interface FakeOptions {
  /** Where the window starts. */
  start: 'signedOut' | 'locked' | 'unlocked';
  clients: number;
  items: number;
  /** People of the provider's team. */
  team: number;
  /** Events of the provider's log. */
  events: number;
  /** Logs of clients that could not be read. */
  failedLogs: number;
  longNames: boolean;
  offline: boolean;
  /** Why the server cannot be trusted. */
  distrust: ErrorCode | null;
  /** The last sync could not read everything. */
  partly: boolean;
  /** A person without a provider. */
  withoutProvider: boolean;
  /** What is unusual about the provider. */
  provider: Partial<FakeProviders>;
  /** An organization whose policies bind the person as a reader. */
  rules: boolean;
  /** What the unlock met with. */
  damage: Damage | null;
  settings: Partial<Settings>;
  /** What of the list of clients is lost to damage until the next sync. */
  listLost: 'nothing' | 'part' | 'everything';
  /** What went wrong before the window came. */
  notices: SessionNotice[];
  /** Another process holds the accounts: nobody can be logged out. */
  busy: boolean;
  /** What the settings say of unlocking. */
  unlocking: Partial<UnlockSettings>;
  /** An older copy of the file was put in place. */
  olderFile: boolean;
  /** What the server has against the master password. */
  passwordNotice: PasswordNotice | null;
  /** Nothing opens pages of the web vault. */
  noBrowser: boolean;
  /** An invitation link that the system handed over. */
  link: string | null;
  /** Why the program does not start. */
  refused: RefusedStart | null;
  /** Milliseconds before a command answers. */
  delay: number;
}

export const fakeDefaults: FakeOptions = {
  start: 'unlocked',
  clients: 38,
  items: 300,
  team: 9,
  events: 900,
  failedLogs: 0,
  longNames: false,
  offline: false,
  distrust: null,
  partly: false,
  withoutProvider: false,
  noBrowser: false,
  provider: {},
  rules: false,
  damage: null,
  listLost: 'nothing',
  notices: [],
  settings: {},
  busy: false,
  unlocking: {},
  olderFile: false,
  passwordNotice: null,
  link: null,
  refused: null,
  delay: 60,
};

export { fakePassword };

const usualSync: SyncSettings = { budget: 100, eventDays: 30, inFlight: 4, perSecond: 20 };

function account(id: string, email: string, server: string, given: Partial<AccountSummary> = {}): AccountSummary {
  return {
    id,
    email,
    server,
    address: server,
    kind: 'cloud',
    state: 'locked',
    authority: null,
    hasPicture: false,
    pictureAt: null,
    demoPassword: null,
    ways: { device: false, pin: false },
    ...given,
  };
}

const accounts: AccountSummary[] = [
  account('acc-1', 'maya.okafor@brightwater.example', 'bitwarden.com'),
  account('acc-2', 'maya@okafor.example', 'bitwarden.eu', { ways: { device: true, pin: true } }),
  account('acc-3', 'demo@portico.example', '', { kind: 'demo', demoPassword: fakePassword, address: 'embedded:demo' }),
];

/** Names as long as they come, on a server of one's own whose services are apart. */
const longAccounts: AccountSummary[] = [
  ...accounts,
  account(
    'acc-4',
    'maximiliane-theodora.von-hohenstaufen-wittelsbach@informationssicherheit.landesverwaltung.example',
    'passwort-tresor.informationssicherheit.landesverwaltung.example:8443',
    {
      kind: 'selfHosted',
      address:
        'https://passwort-tresor.informationssicherheit.landesverwaltung.example:8443 api=https://api.landesverwaltung.example',
      authority: 'landesverwaltung-wurzelzertifikat-2026.pem',
    },
  ),
];

/** What a backup brings back. */
const backup = account('acc-9', 'archive@brightwater.example', 'vault.brightwater.example', {
  kind: 'selfHosted',
  state: 'signedOut',
  address: 'https://vault.brightwater.example',
  hasPicture: true,
  pictureAt: '2026-05-04T08:00:00Z',
});

/** A host with made-up data for developing in a browser and for tests. Not part of the shipped program. */
export function fakeHost(given: Partial<FakeOptions> = {}): Host {
  const options = { ...fakeDefaults, ...given };
  const now = Date.now();
  const provider: FakeProviders = { role: 'admin', kind: 'msp', billable: true, suspended: false, withoutTaxId: false, second: false, ...options.provider };
  const estate = fakeEstate(options.withoutProvider ? null : options.clients, options.longNames, now, provider);
  const vault = fakeVault(options.items, options.longNames, options.rules);
  let known: AccountSummary[] = (options.longNames ? longAccounts : accounts).map((one, index) => ({
    ...one,
    hasPicture: true,
    pictureAt: new Date(now - [34, 60 * 24 * 9, 60 * 26, 5][index]! * 60_000).toISOString(),
  }));
  const of = (id: string) => known.find((one) => one.id === id) ?? fail('notFound');
  const amend = (id: string, part: Partial<AccountSummary>) =>
    (known = known.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const lockAll = (except?: string) =>
    (known = known.map((one) => (one.state === 'open' && one.id !== except ? { ...one, state: 'locked' } : one)));
  const unlocked = (): UnlockedAccount => ({
    id: 'acc-1',
    userId: 'b3c5a7d1-0000-4000-a000-000000000001',
    email: 'maya.okafor@brightwater.example',
    name: 'Maya Okafor',
    server: 'bitwarden.com',
    kind: 'cloud',
    damage: options.damage,
    olderFile: options.olderFile,
    passwordNotice: options.passwordNotice,
    // As they come from Rust: new objects with every telling.
    providers: estate.providers.map((one) => ({ ...one })),
  });

  /** Where each product was left, by account. */
  const kept = new Map<string, string>();
  const team = fakeTeam(options.withoutProvider ? 0 : options.team, options.longNames, unlocked());
  const session = event<SessionState>();
  const demo = event<DemoProgress>();
  const syncing = event<SyncStatus>();
  if (options.start === 'unlocked') amend('acc-1', { state: 'open' });
  let state: SessionState =
    options.start === 'unlocked'
      ? { kind: 'unlocked', account: unlocked(), accounts: known }
      : options.start === 'locked'
        ? { kind: 'locked', account: known[0]!, accounts: known, notices: options.notices }
        : { kind: 'signedOut', accounts: [], again: null, back: null, notices: options.notices };
  let settings: Settings = {
    language: 'system',
    theme: 'system',
    zoom: 100,
    lockMinutes: 15,
    clipboardSeconds: 30,
    navigationCollapsed: false,
    hiddenClientColumns: [],
    lockOnSwitch: false,
    sync: usualSync,
    ...options.settings,
  };
  let status: SyncStatus = {
    connection: options.distrust ? { unsafe: options.distrust } : options.offline ? 'offline' : 'online',
    lastSync: new Date(now - (options.offline || options.distrust ? 154 : 4) * 60_000).toISOString(),
    progress: null,
    failure: null,
    report: options.partly ? report(estate.clients.filter((client) => client.stale).length, true) : null,
    staleClients: estate.clients.filter((client) => client.stale).length,
    revision: 1,
  };
  let filters: SavedFilter[] = [];
  let ticking: ReturnType<typeof setInterval> | undefined;

  const become = (next: SessionState) => session.tell((state = next));
  const tellSync = (part: Partial<SyncStatus>) => syncing.tell((status = { ...status, ...part }));
  const moved = () => tellSync({ revision: status.revision + 1 });
  const answer: Answer = (make) =>
    new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          resolve(make());
        } catch (cause) {
          reject(cause as Error);
        }
      }, options.delay);
    });
  const fail: Fail = (code, detail = null) => {
    throw new HostError({ code, detail });
  };

  const vaultCommands = fakeVaultCommands({ answer, fail, vault, delay: options.delay, clipboardSeconds: () => settings.clipboardSeconds });

  /** What a sync brought. */
  function report(failed: number, partly: boolean): SyncReport {
    const failure = { code: 'refused' as const, detail: null };
    const unread = (['team', 'clients'] as const).map((part) => ({ provider: estate.providers[0]?.name ?? '', part, failure }));
    return { read: estate.clients.length - failed, left: 0, failed, unread: partly ? unread : [], oddEntries: partly ? 3 : 0 };
  }

  function runSync(): void {
    clearInterval(ticking);
    let done = 0;
    const total = estate.clients.length;
    tellSync({ progress: { phase: 'connecting', done: 0, total: 0, client: null, secondsLeft: null }, failure: null });
    const each = 0.9;
    const tell = (client: string) => tellSync({ progress: { phase: 'clients', done, total, client, secondsLeft: secondsLeft(done, total, done * each) } });
    ticking = setInterval(() => {
      if (done >= total) {
        clearInterval(ticking);
        tellSync({
          progress: null,
          lastSync: new Date().toISOString(),
          report: report(status.staleClients, options.partly),
          revision: status.revision + 1,
        });
        return;
      }
      const client = estate.clients[done]!.name;
      if (done === 0) tell(client);
      done += 1;
      tell(client);
    }, each * 1000);
  }

  /** Shows an account: its page while it is open, else its lock screen. */
  function show(id: string): void {
    const one = of(id);
    if (one.state === 'signedOut') return welcome(one);
    if (one.state === 'locked') return become({ kind: 'locked', account: one, accounts: known, notices: [] });
    const name = id === 'acc-1' || one.kind === 'demo' ? 'Maya Okafor' : one.email;
    become({
      kind: 'unlocked',
      account: { ...unlocked(), id, userId: id === 'acc-1' ? unlocked().userId : id, email: one.email, name, server: one.server, kind: one.kind },
      accounts: known,
    });
  }

  function enter(id = 'acc-1'): void {
    if (settings.lockOnSwitch) lockAll();
    amend(id, { state: 'open' });
    show(id);
  }

  /** Wrong too often: the lock screen offers it no more. */
  function losePin(id: string): void {
    amend(id, { ways: { ...of(id).ways, pin: false } });
    show(id);
  }

  function welcome(again: AccountSummary | null = null): void {
    const back = known.find((one) => one.state !== 'signedOut')?.id ?? null;
    become({ kind: 'signedOut', accounts: known, again, back, notices: [] });
  }

  /** The list changed under the screen of the moment. */
  function retell(): void {
    if (state.kind === 'unlocked') show(state.account.id);
    else become({ ...state, accounts: known });
  }

  const about: AboutInfo = { version: '0.1.0', systemLocale: null, demoAvailable: true };
  return {
    ...(options.refused && { atStart: { session: null, refused: options.refused, settings, about } }),
    chooseFolder: () => answer(() => {}),
    sessionState: () => answer(() => state),
    onSession: session.listen,
    async demoExplore() {
      for (const step of ['seeding', 'starting', 'signingIn'] as const) {
        demo.tell({ step });
        await new Promise((resolve) => setTimeout(resolve, options.delay * 20));
      }
      enter('acc-3');
    },
    onDemoProgress: demo.listen,
    signIn: (form) =>
      answer(() => {
        const step = fakeSignIn(form);
        if (step.kind === 'done') {
          enter();
          runSync();
        }
        return step;
      }),
    mailCode: (form) => answer(() => void (form.password === fakePassword || fail('wrongLogin'))),
    chooseAccount: (accountId) =>
      answer(() => {
        if (settings.lockOnSwitch) lockAll(accountId);
        show(accountId);
      }),
    showSignIn: (accountId) => answer(() => welcome(accountId === undefined ? null : of(accountId))),
    orderAccounts: (accountIds) =>
      answer(() => {
        known = accountIds.map(of);
        retell();
      }),
    chooseAuthority: (accountId) =>
      answer(() => {
        // As in the program: from no lock screen.
        if (accountId === undefined ? state.kind !== 'signedOut' : of(accountId).state !== 'open') fail('locked');
        const name = 'brightwater-root-ca.pem';
        if (accountId !== undefined) {
          amend(accountId, { authority: name });
          retell();
        }
        return { name, certificates: 1, fingerprint: Array.from({ length: 32 }, (_, index) => ((index * 37) % 256).toString(16).padStart(2, '0').toUpperCase()).join(':') };
      }),
    forgetAuthority: (accountId) =>
      answer(() => {
        if (of(accountId).state !== 'open') fail('locked');
        amend(accountId, { authority: null });
        retell();
      }),
    unlock: (accountId, password) =>
      answer(() => {
        if (password !== fakePassword) fail('wrongPassword');
        enter(accountId);
      }),
    ...fakeUnlocking({ answer, enter, losePin, given: options.unlocking }),
    lock: (accountId) =>
      answer(() => {
        void vaultCommands.leaveItem();
        const shown = state.kind === 'unlocked' ? state.account.id : known[0]!.id;
        if (accountId === undefined) lockAll();
        else if (of(accountId).state === 'open') amend(accountId, { state: 'locked' });
        if (accountId === undefined || accountId === shown) show(shown);
        else retell();
      }),
    logOut: (accountId, keepArchive) =>
      answer(() => {
        if (options.busy) fail('busy');
        const gone = state.kind !== 'signedOut' && state.account.id === accountId;
        if (keepArchive) amend(accountId, { state: 'signedOut' });
        else known = known.filter((one) => one.id !== accountId);
        const next = known.find((one) => one.state !== 'signedOut');
        if (!gone && state.kind === 'signedOut') welcome();
        else if (!gone) retell();
        else if (next) show(next.id);
        else welcome();
      }),
    saveBackup: (accountId) =>
      answer(() => {
        if (options.busy) fail('diskFull');
        return { fileName: `${of(accountId).email} 2026-11-25.portico` };
      }),
    openBackup: () =>
      answer(() => {
        if (known.some(({ id }) => id === backup.id)) fail('alreadyHere', backup.email);
        known = [...known, backup];
        retell();
        return { email: backup.email, server: backup.server };
      }),
    touch: () => Promise.resolve(),
    setUnsaved: () => Promise.resolve(),
    onCloseAsked: () => () => {},
    closeWindow: () => Promise.resolve(),

    syncStatus: () => answer(() => status),
    onSyncStatus: syncing.listen,
    syncStart: () => answer(() => (options.distrust ? fail(options.distrust) : options.offline ? fail('offline') : runSync())),
    showPortal: () => Promise.resolve(),
    lookAtClient: (organizationId) =>
      answer(() => {
        const client = estate.clients.find((one) => one.id === organizationId);
        if (options.offline || options.distrust || !client?.readAt || client.stale) return;
        if (Date.now() - Date.parse(client.readAt) < 60_000) return;
        client.readAt = new Date().toISOString();
        moved();
      }),
    syncCancel: () =>
      answer(() => {
        clearInterval(ticking);
        tellSync({ progress: null });
      }),

    administered: (text) => answer(() => administered(estate, text)),
    products: (organizationId, providerId) => answer(() => products(estate, organizationId, providerId)),
    leftPlaces: () => answer(() => (state.kind === 'unlocked' ? (kept.get(state.account.id) ?? null) : fail('locked'))),
    keepPlaces: (accountId, places) => answer(() => void (state.kind === 'unlocked' && state.account.id === accountId ? kept.set(accountId, places) : fail('locked'))),
    becomeProvider: () =>
      answer(() => ({
        enterprise: {
          met: true,
          organizations: [
            { id: 'o1', name: 'Brightwater IT', plan: 'enterprise', fulfils: true, obstacle: null },
            { id: 'o2', name: 'Okafor Family', plan: 'families', fulfils: false, obstacle: 'otherPlan' as const },
          ],
        },
        clientReady: {
          met: false,
          organizations: [{ id: 'o2', name: 'Okafor Family', plan: 'families', fulfils: false, obstacle: 'otherPlan' as const }],
        },
      })),
    openWeb: () => answer(() => void (options.noBrowser && fail('noBrowser', 'https://vault.bitwarden.com/#/sm'))),
    openWebsite: () => Promise.resolve(),

    ...fakePortal({
      estate,
      password: fakePassword,
      offline: options.offline,
      lost: () => (status.report ? 'nothing' : options.listLost),
      answer,
      moved,
      retell,
    }),
    clientHead: (id) => answer(() => answers.clientHead(estate, id)),
    membersPage: (query) => answer(() => answers.membersPage(estate, query)),
    memberDetail: (id, member) => answer(() => answers.memberDetail(estate, id, member)),
    groupsPage: (query) => answer(() => answers.groupsPage(estate, query)),
    groupDetail: (id, group) => answer(() => answers.groupDetail(estate, id, group)),
    openCollections: () => answer(() => ({ logged: !options.offline })),
    setPinned: (id, pinned) =>
      answer(() => {
        answers.clientOf(estate, id).pinned = pinned;
        moved();
      }),
    collectionsPage: (query) => answer(() => answers.collectionsPage(estate, query)),
    collectionDetail: (id, collection) => answer(() => answers.collectionDetail(estate, id, collection)),
    policies: (id) => answer(() => answers.clientOf(estate, id).policies),

    ...fakeJoining({
      answer,
      fail,
      link: options.link,
      onPage: () => (state.kind === 'unlocked' ? state.account.email : null),
      account: (email) => {
        const one = known.find((account) => account.email === email);
        return one ? { id: one.id, state: one.state } : null;
      },
      register: () => enter(),
      setUp: (name) => {
        const id = 'b7a1c2d3-0000-4000-a000-00000000000c';
        estate.providers = [...estate.providers, ownProvider(id, name, provider)];
        retell();
        moved();
        return id;
      },
    }),
    ...fakeTeamCommands(answer, fail, team, unlocked().userId, options.offline, moved),
    ...fakeStructure(answer, estate, () => team),
    ...fakeEvents(answer, estate, options),

    ...vaultCommands,
    savedFilters: () => answer(() => filters),
    saveFilter: (filter) =>
      answer(() => {
        if (filters.some(({ name }) => name === filter.name)) fail('nameTaken');
        const saved = { ...filter, id: `filter-${filters.length + 1}` };
        filters = [...filters, saved].sort((a, b) => inOrder(a.name, b.name));
        return saved;
      }),
    renameFilter: (id, name) =>
      answer(() => {
        if (filters.some((other) => other.id !== id && other.name === name)) fail('nameTaken');
        filters = filters.map((filter) => (filter.id === id ? { ...filter, name } : filter));
      }),
    removeFilter: (id) => answer(() => void (filters = filters.filter((filter) => filter.id !== id))),

    searchEverything: (query) => answer(() => searchEverything(estate, vault, team, query)),
    settingsGet: () => Promise.resolve(settings),
    settingsSet: (next) => answer(() => (next.sync.perSecond > 1000 ? fail('outOfRange') : void (settings = next))),
    cacheInfo: () =>
      answer(() => ({
        folder: '/home/maya/.local/share/eu.portico.desktop',
        bytes: 48_300_000,
        pictures: 34,
        newestAt: status.lastSync,
        oldestAt: '2026-09-02T08:00:00Z',
        taggedClients: estate.clients.filter(({ tags }) => tags.length > 0).length,
        savedFilters: filters.length,
        pinnedClients: estate.clients.filter(({ pinned }) => pinned).length,
      })),
    ownFingerprint: () => answer(() => 'quilt-harbor-unlit-copper-lantern'),
    about: () => Promise.resolve(about),
  };
}
