import type { HostError } from '$/ipc/host';

import type { Words } from './words.svelte';

/** A failed command as sentences: what happened, and what the server said where it refused. */
export function failureText(error: HostError, words: Words): string {
  if (error.code === 'damagedPart' && error.detail) return words.t('errors.damagedNamed', { name: error.detail });
  return error.code === 'refused' && error.detail
    ? words.t('errors.said', { detail: error.detail })
    : words.t(`errors.${error.code}`);
}
