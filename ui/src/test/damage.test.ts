// What the whole window says: of damage to the copy on this computer, of the master password.
import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import type { SessionNotice } from '$/ipc/bindings/SessionNotice';
import { type Host, HostError } from '$/ipc/host';
import { expectAccessible, find, findAll, openApp, rowTexts } from '$/test/stage';

const recovered = { setAside: 'set-aside-2026-11-20.sqlite3', newestLost: false, picturesLost: 2, incomplete: false };

describe('the master password', () => {
  test('one that an administrator set is told as long as it is there, with the way to change it', async () => {
    const openWeb = vi.fn<Host['openWeb']>(() => Promise.resolve());
    const { user } = openApp({ passwordNotice: 'setByAdministrator' }, () => ({ openWeb }));
    const banner = await find('password-banner');
    expect(banner.textContent).toContain('An administrator set your master password, and knows it.');
    expect(within(banner).queryByText('Understood')).toBeNull();
    await expectAccessible();
    await user.click(within(banner).getByTestId('open-web-vault'));
    expect(openWeb).toHaveBeenCalledWith('webVault');
  });

  test('one that falls short of a policy is told in French too, until the person has seen it', async () => {
    const { user } = openApp({ passwordNotice: 'belowPolicy', settings: { language: 'fr' } });
    const banner = await find('password-banner');
    expect(banner.textContent).toContain('ne satisfait pas aux exigences d’une de vos organisations');
    await user.click(within(banner).getByText('Compris'));
    await waitFor(() => expect(screen.queryByTestId('password-banner')).toBeNull());
  });
});

describe('what was wrong at the start', () => {
  const folder = '00000000-0000-0000-0000-000000000007';
  const notices = [
    { about: { kind: 'settings', file: 'settings-set-aside-2026-11-20.json' }, error: { code: 'settingsSetAside', detail: 'settings-set-aside-2026-11-20.json' } },
    { about: { kind: 'account', folder }, error: { code: 'newerFile', detail: null } },
  ] satisfies SessionNotice[];

  test.each([
    [
      'en',
      'The settings of this profile could not be understood. The usual ones are in use, and the old file is kept beside them. Its name is settings-set-aside-2026-11-20.json now.',
      `An account on this computer cannot be shown. The cache file was written by a newer version of Portico. Update Portico to read it. Its folder is called ${folder}.`,
    ],
    [
      'fr',
      'Les réglages de ce profil n’ont pas pu être compris. Les réglages habituels sont en service, et l’ancien fichier est conservé à côté. Il s’appelle maintenant settings-set-aside-2026-11-20.json.',
      `Un compte de cet ordinateur ne peut pas être affiché. Le fichier de cache a été écrit par une version plus récente de Portico. Mettez Portico à jour pour le lire. Son dossier s’appelle ${folder}.`,
    ],
  ] as const)('is told with what it is about, and not as a log-out (%s)', async (language, settings, account) => {
    for (const start of ['locked', 'signedOut'] as const) {
      const { unmount } = openApp({ start, notices, settings: { language } });
      await findAll('session-notice');
      expect(rowTexts('session-notice')).toEqual([settings, account]);
      await expectAccessible();
      unmount();
    }
  });
});

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

  test('both are told where there is no network as well, whose own word must not hide them', async () => {
    openApp({ offline: true, damage: { ...recovered, incomplete: true } });
    expect((await find('recovered-banner')).textContent).toContain('2 older pictures are lost.');
    expect((await find('offline-banner')).textContent).toContain('A part of the copy on this computer is damaged');
  });

  test.each([
    ['en', 'The list of clients is lost', 'Its part of the copy on this computer is damaged. A sync reads it again from the server.', 'Sync now'],
    ['fr', 'La liste des clients est perdue', 'Sa partie de la copie sur cet ordinateur est endommagée. Une synchronisation la relit sur le serveur.', 'Synchroniser maintenant'],
  ] as const)('a lost list of clients is no empty one, and is read again (%s)', async (language, title, text, offer) => {
    const syncStart = vi.fn(() => Promise.resolve());
    const { user } = openApp({ listLost: 'everything', settings: { language } }, () => ({ syncStart }));
    const empty = await find('clients-empty');
    expect(empty.textContent).toContain(title);
    expect(empty.textContent).toContain(text);
    expect(within(empty).getAllByRole('button').map(({ textContent }) => textContent?.trim()), 'no first client is made').toEqual([offer]);
    expect(screen.queryByTestId('list-lost'), 'said once').toBeNull();
    expect(screen.queryByTestId('total-members'), 'no sums over nothing').toBeNull();
    expect(screen.getByTestId('nav-clients').querySelector('.nav-count'), 'nor a number').toBeNull();
    await expectAccessible();
    await user.click(within(empty).getByTestId('clients-read-again'));
    expect(syncStart).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  test.each([
    ['en', 'Clients are missing here: a part of their list on this computer is damaged. A sync reads it again from the server.'],
    ['fr', 'Des clients manquent ici : une partie de leur liste sur cet ordinateur est endommagée. Une synchronisation la relit sur le serveur.'],
  ] as const)('a list of which a part is lost says so above what is left, whatever is searched for (%s)', async (language, said) => {
    const { user } = openApp({ clients: 5, listLost: 'part', settings: { language } });
    expect(await findAll('client-row')).toHaveLength(3);
    await find('list-lost');
    expect(rowTexts('list-lost')[0]).toContain(said);
    expect(screen.queryByTestId('total-members')).toBeNull();
    await expectAccessible();
    await user.type(screen.getByTestId('clients-search'), 'nobody at all');
    await find('clients-empty');
    expect(rowTexts('list-lost')[0]).toContain(said);
  });

  test('without a connection it is said, and why it cannot be read again now', async () => {
    openApp({ listLost: 'everything', offline: true });
    const again = within(await find('clients-empty')).getByTestId('clients-read-again');
    expect(again.getAttribute('aria-disabled')).toBe('true');
  });

  test('a lost client is named where it was to be shown', async () => {
    openApp({}, () => ({
      clientsPage: () => Promise.reject(new HostError({ code: 'damagedPart', detail: 'Fabrikam' })),
    }));
    expect(await screen.findByText(/The copy of Fabrikam on this computer is damaged/)).toBeTruthy();
  });
});
