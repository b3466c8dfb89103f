// A start that cannot use its folder: the page is one screen, in the language of the system.
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import RefusedStart from '$/features/start/RefusedStart.svelte';
import type { ErrorCode } from '$/ipc/bindings/ErrorCode';
import { fakeHost } from '$/ipc/fake/host';
import { HostError, type Host } from '$/ipc/host';

import { expectAccessible } from './stage';

function refuse(code: ErrorCode, { folder = '/ro/portico', locale = 'en-GB', change = {} }: { folder?: string | null; locale?: string; change?: Partial<Host> } = {}) {
  const refused = { folder, error: { code, detail: 'Read-only file system (os error 30)' } };
  const host = { ...fakeHost({ delay: 0, refused }), ...change };
  host.atStart!.about.systemLocale = locale;
  render(RefusedStart, { host, refused });
  return userEvent.setup();
}
const said = () => screen.getByRole('alert').textContent ?? '';

test.each([
  ['readOnly', 'may not write there'],
  ['diskFull', 'The disk is full'],
  ['busy', 'Another program'],
  ['openElsewhere', 'Another window of Portico'],
  ['storage', 'it cannot be used'],
] as const)('%s is told in plain words, with the folder and the cause', async (code, words) => {
  refuse(code);
  expect(said()).toContain(words);
  expect(screen.getByTestId('refused-folder').textContent).toBe('/ro/portico');
  expect(said()).toContain('os error 30');
  await expectAccessible();
});

test('the page speaks the language of the system', () => {
  refuse('readOnly', { locale: 'fr-CA' });
  expect(said()).toContain('Portico ne peut pas utiliser son dossier');
  expect(document.documentElement.lang).toBe('fr');
});

test('without any place no folder is named', () => {
  refuse('storage', { folder: null });
  expect(said()).toContain('names no place');
  expect(screen.queryByTestId('refused-folder')).toBeNull();
});

test('another folder can be chosen, or the program quit', async () => {
  const chooseFolder = vi.fn(() => Promise.reject(new HostError({ code: 'internal', detail: null })));
  const closeWindow = vi.fn(() => Promise.resolve());
  const user = refuse('readOnly', { change: { chooseFolder, closeWindow } });
  await user.click(screen.getByTestId('refused-choose'));
  expect(chooseFolder).toHaveBeenCalledOnce();
  await waitFor(() => expect(said()).not.toContain('may not write there'));
  await user.click(screen.getByTestId('refused-quit'));
  expect(closeWindow).toHaveBeenCalledOnce();
});
