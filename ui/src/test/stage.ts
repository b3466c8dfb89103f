// What the tests of whole screens share: the app on a fake host, a person, and axe.
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect } from 'vitest';

import App from '$/App.svelte';
import { fakeHost, type FakeOptions } from '$/ipc/fake/host';
import type { SyncStatus } from '$/ipc/bindings/SyncStatus';
import type { Host } from '$/ipc/host';

/** Opens the app. `change` may replace commands of the host before anything is asked of it. */
export function openApp(options: Partial<FakeOptions> = {}, change: (host: Host) => Partial<Host> = () => ({})) {
  // A layer that is closing lets the page be pressed again a moment later than jsdom's user does it.
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const host = fakeHost({ delay: 0, clients: 5, items: 40, settings: { language: 'en' }, ...options });
  Object.assign(host, change(host));
  const { unmount } = render(App, { host });
  return { user, host, unmount };
}

/** A connection that is lost and comes back while the app is open: `change` goes into {@link openApp}. */
export function fakeConnection() {
  let heard: (status: SyncStatus) => void = () => {};
  return {
    change(host: Host): Partial<Host> {
      const listen = host.onSyncStatus.bind(host);
      return { onSyncStatus: (listener) => listen((heard = listener)) };
    },
    async tell(host: Host, connection: SyncStatus['connection']) {
      heard({ ...(await host.syncStatus()), connection });
    },
  };
}

/** Nothing that axe finds. Contrast is computed from tokens.css: jsdom paints nothing. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect(told).toEqual([]);
}

export const find = (id: string) => screen.findByTestId(id);
export const findAll = (id: string) => screen.findAllByTestId(id);

/** The settings of this computer: for a provider admin they stand behind those of the provider. */
export async function openComputerSettings(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.click(await find('nav-settings'));
  await user.click(await find('settings-computer'));
}

/** The texts of the rows of a table, first column first. */
export function rowTexts(id: string): string[] {
  return screen.getAllByTestId(id).map((row) => row.textContent?.replace(/\s+/g, ' ').trim() ?? '');
}
