import type { MessageKey } from '$/messages/catalogue';

/** What is wrong with an e-mail address, judged by its shape only. */
export function emailFault(email: string): MessageKey | undefined {
  if (email.trim() === '') return 'session.emailMissing';
  const [name, host, ...rest] = email.trim().split('@');
  if (!name || !host || rest.length > 0) return 'session.emailIncomplete';
  return /^[^\s.]+(\.[^\s.]+)+$/.test(host) ? undefined : 'session.emailDot';
}
