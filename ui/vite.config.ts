import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // The desktop shell loads this address while developing (tauri.conf.json).
  server: { port: 5199, strictPort: true },
  clearScreen: false,
  build: {
    // The oldest web views we run in: WebKitGTK 2.42 and WebView2.
    target: ['safari17', 'chrome120'],
    // The content policy allows no `data:` fonts, so nothing may be inlined.
    assetsInlineLimit: 0,
    // The polyfill would be an inline script, which the content policy refuses.
    modulePreload: { polyfill: false },
    // Two files: what the first frame needs, and the rest. Both are read from the program itself; more would gain nothing.
    chunkSizeWarningLimit: 900,
  },
  resolve: {
    alias: { $: fileURLToPath(new URL('./src', import.meta.url)) },
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
    // Style sheets are read by the tests of the look.
    css: { include: [/\.css\?raw/] },
    restoreMocks: true,
    // Vitest leaves one core to others, which of two is half.
    maxWorkers: '100%',
    // The walks through the screens take seconds on a busy machine with two cores.
    testTimeout: 30_000,
  },
});
