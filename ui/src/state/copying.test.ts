import { expect, it } from 'vitest';

import { HostError } from '$/ipc/host';

import { Copying } from './copying.svelte';
import { Toasts } from './toasts.svelte';

it('says what was copied, and keeps a failure until the next attempt', async () => {
  const toasts = new Toasts();
  let broken = true;
  const copied: string[] = [];
  const copyText = (text: string) =>
    broken
      ? Promise.reject(new HostError({ code: 'internal', detail: 'no clipboard' }))
      : Promise.resolve((copied.push(text), { clearsIn: null }));
  const copying = new Copying({ host: { copyText }, toasts });
  await copying.copy('Abbott', 'Name copied');
  expect([copying.failure?.detail, toasts.shown.length]).toEqual(['no clipboard', 0]);
  broken = false;
  await copying.copy('Abbott', 'Name copied');
  expect([copying.failure, copied, toasts.shown[0]?.text]).toEqual([undefined, ['Abbott'], 'Name copied']);
});
