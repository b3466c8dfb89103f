import type { StaleReason } from '$/ipc/bindings/StaleReason';
import type { MessageKey } from '$/messages/catalogue';

/** Why a client's picture is old, in a few words. */
export const staleReasons: Record<StaleReason, MessageKey> = {
  refused: 'clients.staleRefused',
  noAnswer: 'clients.staleNoAnswer',
  nonsense: 'clients.staleNonsense',
  serverError: 'clients.staleServerError',
  damaged: 'clients.staleDamaged',
  neverRead: 'clients.neverRead',
  tooOld: 'clients.staleTooOld',
  notReached: 'clients.staleNotReached',
};
