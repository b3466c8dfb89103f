import type { HostError } from '$/ipc/host';

import type { Words } from './words.svelte';

/** A failed command as sentences: what happened, and what the server said where it refused. */
export function failureText(error: HostError, words: Words): string {
  const sentence = words.t(`errors.${error.code}`);
  return error.code === 'refused' && error.detail
    ? `${sentence} ${words.t('errors.said', { detail: error.detail })}`
    : sentence;
}
