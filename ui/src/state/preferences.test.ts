import { describe, expect, test } from 'vitest';

import { fakeHost } from '$/ipc/fake/host';
import { HostError } from '$/ipc/host';

import { Preferences } from './preferences.svelte';
import { Words } from './words.svelte';

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('preferences', () => {
  test('kept settings are applied to the words and the theme', async () => {
    const words = new Words('en');
    const preferences = new Preferences(fakeHost({ settings: { language: 'fr', theme: 'dark' } }), words);
    const stop = preferences.follow();
    await settled();
    expect(words.language).toBe('fr');
    expect(preferences.theme).toBe('dark');
    stop();
  });

  test('a change works at once and is kept', async () => {
    const host = fakeHost({ delay: 0 });
    const words = new Words('en');
    const preferences = new Preferences(host, words);
    const kept = preferences.change({ language: 'fr' });
    expect(words.language).toBe('fr');
    await kept;
    expect((await host.settingsGet()).language).toBe('fr');
  });

  test('a change that cannot be kept says so', async () => {
    const failure = new HostError({ code: 'storage', detail: null });
    const host = { ...fakeHost(), settingsSet: () => Promise.reject(failure) };
    const preferences = new Preferences(host, new Words('en'));
    await preferences.change({ theme: 'dark' });
    expect(preferences.failure?.code).toBe('storage');
    expect(preferences.theme).toBe('dark');
  });

  test('the system decides where nothing else is said', () => {
    const preferences = new Preferences(fakeHost(), new Words('en'));
    preferences.systemDark = true;
    expect(preferences.theme).toBe('dark');
  });
});
