import { expect, test, vi } from 'vitest';

import { shortcuts } from './shortcuts';

const press = (init: KeyboardEventInit) => new KeyboardEvent('keydown', { cancelable: true, ...init });

test('keys that work on every page', () => {
  const actions = { search: vi.fn(), lock: vi.fn(), back: vi.fn(), forward: vi.fn(), product: vi.fn() };
  const hear = shortcuts(actions);
  const search = press({ key: 'k', ctrlKey: true });
  hear(search);
  expect(actions.search).toHaveBeenCalledOnce();
  expect(search.defaultPrevented).toBe(true);
  hear(press({ key: 'L', ctrlKey: true }));
  expect(actions.lock).toHaveBeenCalledOnce();
  hear(press({ key: 'ArrowLeft', altKey: true }));
  hear(press({ key: 'ArrowRight', altKey: true }));
  expect(actions.back).toHaveBeenCalledOnce();
  expect(actions.forward).toHaveBeenCalledOnce();
  // The third key of a French keyboard gives a quotation mark.
  hear(press({ key: '"', code: 'Digit3', ctrlKey: true }));
  expect(actions.product).toHaveBeenCalledExactlyOnceWith(2);
});

test('other keys are left alone', () => {
  const actions = { search: vi.fn(), lock: vi.fn(), back: vi.fn(), forward: vi.fn(), product: vi.fn() };
  const hear = shortcuts(actions);
  const events = [press({ key: 'k' }), press({ key: 'k', ctrlKey: true, shiftKey: true }), press({ key: 'l', altKey: true, ctrlKey: true }), press({ key: 'ArrowLeft' }), press({ key: '3', code: 'Digit3' }), press({ key: '5', code: 'Digit5', ctrlKey: true })];
  events.forEach(hear);
  for (const act of Object.values(actions)) expect(act).not.toHaveBeenCalled();
  expect(events.some((event) => event.defaultPrevented)).toBe(false);
});
