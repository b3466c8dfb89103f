import type { ErrorCode } from '../bindings/ErrorCode';

/** Answers after the delay of the made-up host, with what `make` returns or throws. */
export type Answer = <Value>(make: () => Value) => Promise<Value>;

/** Refuses as the host does. */
export type Fail = (code: ErrorCode, detail?: string | null) => never;

/** What the host tells of its own accord. */
export function event<Payload>() {
  const heard = new Set<(payload: Payload) => void>();
  return {
    tell: (payload: Payload) => heard.forEach((hear) => hear(payload)),
    listen: (hear: (payload: Payload) => void) => {
      heard.add(hear);
      return () => void heard.delete(hear);
    },
  };
}
