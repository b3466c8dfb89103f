import type { StaleReason } from '$/ipc/bindings/StaleReason';
import type { MessageKey } from '$/messages/catalogue';

/** Why a client's picture is old, in a few words. */
export const staleReasons: Record<StaleReason, MessageKey> = {
  refused: 'clients.staleRefused',
  unreachable: 'clients.staleUnreachable',
  noAnswer: 'clients.staleNoAnswer',
  untrusted: 'clients.staleUntrusted',
  throttled: 'clients.staleThrottled',
  nonsense: 'clients.staleNonsense',
  serverError: 'clients.staleServerError',
  damaged: 'clients.staleDamaged',
  neverRead: 'clients.neverRead',
  tooOld: 'clients.staleTooOld',
  notReached: 'clients.staleNotReached',
};
