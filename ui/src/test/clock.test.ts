// A clock that was wrong at the last sync, or is now.
import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { expectAccessible, find, openApp } from './stage';

const year = 365 * 24 * 3600_000;

function readAt(moment: number, language: 'en' | 'fr') {
  const lastSync = new Date(moment).toISOString();
  return openApp({ settings: { language } }, (host) => {
    const status = host.syncStatus.bind(host);
    return { syncStatus: async () => ({ ...(await status()), lastSync }) };
  });
}

test.each([
  ['en', 'later than this computer’s clock says'],
  ['fr', 'postérieur à l’heure actuelle de cet ordinateur'],
] as const)('a picture of a year ahead is told, until it is taken note of (%s)', async (language, words) => {
  const { user } = readAt(Date.now() + year, language);
  const banner = await find('clock-banner');
  expect(banner.textContent).toContain(words);
  expect(banner.textContent).toContain(String(new Date(Date.now() + year).getFullYear()));
  await expectAccessible();
  await user.click(banner.querySelector('button')!);
  expect(screen.queryByTestId('clock-banner')).toBeNull();
});

test('one of now or of a year ago is only as old as it is', async () => {
  for (const moment of [Date.now() + 60_000, Date.now() - year]) {
    const { unmount } = readAt(moment, 'en');
    await find('page-title');
    expect(screen.queryByTestId('clock-banner')).toBeNull();
    unmount();
  }
});
