import type { MessageKey } from '$/messages/catalogue';

/** What is wrong with a server address. Plain http is for this very computer only; no scheme means https. */
export function addressFault(address: string): MessageKey | undefined {
  const typed = address.trim();
  if (typed === '') return 'session.addressMissing';
  if (/\s/.test(typed)) return 'errors.invalidAddress';
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed) ? typed : `https://${typed}`);
  } catch {
    return 'errors.invalidAddress';
  }
  if (url.protocol === 'https:') return url.hostname ? undefined : 'errors.invalidAddress';
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && loopback ? undefined : 'session.addressHttps';
}

/** As {@link addressFault}, for the address of one service: it may be left out. */
export function serviceFault(address: string): MessageKey | undefined {
  return address.trim() === '' ? undefined : addressFault(address);
}
