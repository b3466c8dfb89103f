import { expect, test } from 'vitest';

import type { InvitationShown } from '$/ipc/bindings/InvitationShown';
import type { Host } from '$/ipc/host';

import { InvitationWatch } from './invitation.svelte';

test('comes back when its account is there, and not over what the person went on to', async () => {
  const waiting = { kind: 'setUpProvider', ready: false } as InvitationShown;
  let told = waiting;
  const watch = new InvitationWatch({ invitation: async () => told } as Partial<Host> as Host);
  await watch.ask();
  expect(watch.open).toBe(true);
  watch.close();

  await watch.askAgain();
  expect(watch.open).toBe(false);
  told = { ...waiting, ready: true };
  await watch.askAgain();
  expect(watch.open).toBe(true);

  // The form is open, and the first sync tells of the account again.
  watch.close();
  await watch.askAgain();
  expect(watch.open).toBe(false);
});
