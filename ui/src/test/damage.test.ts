// What the window says of damage to the copy on this computer.
import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { HostError } from '$/ipc/host';
import { expectAccessible, find, openApp } from '$/test/stage';

const recovered = { setAside: 'set-aside-2026-11-20.sqlite3', newestLost: false, picturesLost: 2, incomplete: false };

describe('damage', () => {
  test('a recovery is told once, with the name of the file that is kept', async () => {
    const { user } = openApp({ damage: recovered });
    const banner = await find('recovered-banner');
    expect(banner.textContent).toContain('set-aside-2026-11-20.sqlite3');
    expect(banner.textContent).toContain('2 older pictures are lost.');
    await expectAccessible();
    await user.click(screen.getByText('Understood'));
    await waitFor(() => expect(screen.queryByTestId('recovered-banner')).toBeNull());
  });

  test('a lost newest picture is told in French too', async () => {
    openApp({ damage: { ...recovered, newestLost: true }, settings: { language: 'fr' } });
    expect((await find('recovered-banner')).textContent).toContain('Le relevé le plus récent est perdu');
  });

  test('a part that is missing until the next sync offers the sync', async () => {
    openApp({ damage: { ...recovered, setAside: null, incomplete: true } });
    expect((await find('incomplete-banner')).textContent).toContain('A sync reads it again.');
    await expectAccessible();
  });

  test('a lost client is named where it was to be shown', async () => {
    openApp({}, () => ({
      clientsPage: () => Promise.reject(new HostError({ code: 'damagedPart', detail: 'Fabrikam' })),
    }));
    expect(await screen.findByText(/The copy of Fabrikam on this computer is damaged/)).toBeTruthy();
  });
});
