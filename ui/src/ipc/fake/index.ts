import type { ErrorCode } from '../bindings/ErrorCode';
import type { ProviderKind } from '../bindings/ProviderKind';
import type { Host } from '../host';
import { fakeDefaults, fakeHost, type FakeOptions } from './host';

/**
 * The fake host as the address asks for it:
 * `?fake&start=locked&clients=3000&items=3000&long&offline&partly&unsafe=certificate&busy&noprovider&role=service&kind=reseller|businessUnit&legacy&suspended&notaxid&second&rules&recovered&lost=part|everything&password=setByAdministrator|belowPolicy&theme=dark&language=fr&collapsed&refused=readOnly|diskFull|busy|storage&delay=2000`.
 */
export function fakeFromAddress(search: string): Host {
  const asked = new URLSearchParams(search);
  const number = (name: string, fallback: number) => Number(asked.get(name) ?? fallback);
  return fakeHost({
    start: (asked.get('start') as FakeOptions['start'] | null) ?? fakeDefaults.start,
    clients: number('clients', fakeDefaults.clients),
    items: number('items', fakeDefaults.items),
    team: number('team', fakeDefaults.team),
    events: number('events', fakeDefaults.events),
    failedLogs: number('failedLogs', fakeDefaults.failedLogs),
    delay: number('delay', fakeDefaults.delay),
    longNames: asked.has('long'),
    link: asked.get('link'),
    refused: refusedStart(asked.get('refused') as ErrorCode | null),
    offline: asked.has('offline'),
    partly: asked.has('partly'),
    distrust: asked.get('unsafe') as FakeOptions['distrust'],
    busy: asked.has('busy'),
    noBrowser: asked.has('nobrowser'),
    withoutProvider: asked.has('noprovider'),
    provider: {
      role: asked.get('role') === 'service' ? 'service' : 'admin',
      kind: (asked.get('kind') as ProviderKind | null) ?? 'msp',
      billable: !asked.has('legacy'),
      suspended: asked.has('suspended'),
      withoutTaxId: asked.has('notaxid'),
      second: asked.has('second'),
    },
    rules: asked.has('rules'),
    damage: asked.has('recovered')
      ? { setAside: 'set-aside-2026-11-20.sqlite3', newestLost: false, picturesLost: 2, incomplete: false }
      : null,
    listLost: (asked.get('lost') as FakeOptions['listLost'] | null) ?? fakeDefaults.listLost,
    passwordNotice: asked.get('password') as FakeOptions['passwordNotice'],
    settings: {
      theme: (asked.get('theme') as 'light' | 'dark' | null) ?? 'system',
      language: (asked.get('language') as 'en' | 'fr' | null) ?? 'system',
      navigationCollapsed: asked.has('collapsed'),
    },
  });
}

function refusedStart(code: ErrorCode | null): FakeOptions['refused'] {
  return code && { folder: '/media/maya/Archive 2026/portico', error: { code, detail: 'the profile folder cannot be used: Read-only file system (os error 30)' } };
}
