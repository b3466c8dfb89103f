// How old a picture is whose clients were read at several times.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import type { Host } from '$/ipc/host';

import { find, findAll, openApp } from './stage';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const plain = (text: string | null | undefined) => text?.replace(/\s+/g, ' ').trim();

/** A provider whose last sync was four minutes ago, and whose oldest client was read so many minutes ago. */
async function hovered(oldest: number, language: 'en' | 'fr') {
  openApp({ settings: { language } }, (host: Host) => {
    const ask = host.clientsPage.bind(host);
    return {
      clientsPage: vi.fn(async (...asked: Parameters<Host['clientsPage']>) => {
        const page = await ask(...asked);
        return { ...page, totals: { ...page.totals, oldestReadAt: ago(oldest) } };
      }),
    };
  });
  await findAll('client-row');
  await waitFor(() => expect(screen.getByTestId('sync-state').textContent).toMatch(/4/));
  await userEvent.hover(screen.getByTestId('sync-state'));
  const tip = await waitFor(() => {
    const shown = document.querySelector('.tooltip');
    if (!shown) throw new Error('no tooltip');
    return plain(shown.textContent);
  });
  return { said: plain(screen.getByTestId('sync-state').textContent), tip };
}

test.each([
  ['en', 'Synced 4 min ago', 'Oldest client: '],
  ['fr', 'Synchro il y a 4 min', 'Client le plus ancien : '],
] as const)('the age is that of the last sync, and the oldest client is named on hover (%s)', async (language, words, oldest) => {
  const { said, tip } = await hovered(190, language);
  expect(said).toBe(words);
  expect(tip).toContain(plain(oldest));
});

test('which says nothing more where all is as old', async () => {
  const { said, tip } = await hovered(4.5, 'en');
  expect(said).toBe('Synced 4 min ago');
  expect(tip).not.toContain('Oldest');
});

test.each([
  ['en', 'of which parts may be older.'],
  ['fr', 'dont des parties peuvent être plus anciennes.'],
] as const)('the lock screen promises no more (%s)', async (language, words) => {
  openApp({ start: 'locked', settings: { language } });
  expect(plain((await find('picture-age')).textContent)).toContain(words);
});
