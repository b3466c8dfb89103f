import './look/index.css';

import { mount } from 'svelte';

import App from './App.svelte';
import type { Host } from './ipc/host';
import { tauriHost } from './ipc/tauri';
import { rasterOf } from './look/raster';

/** The fake host exists while developing and testing only; the condition drops it from the shipped bundle. */
async function chooseHost(): Promise<Host> {
  const { search } = window.location;
  if (import.meta.env.DEV && new URLSearchParams(search).has('fake')) {
    const { fakeFromAddress } = await import('./ipc/fake');
    return fakeFromAddress(search);
  }
  return tauriHost();
}

/** Milliseconds to wait for the typefaces of the page. */
const FOR_TYPEFACES = 400;

/** Text that is painted in another typeface first moves what it stands beside, from under the pointer at worst. */
function typefaces(): Promise<unknown> {
  const faces = ['"Inter Variable"', '"JetBrains Mono Variable"'].map((name) => document.fonts.load(`13px ${name}`));
  return Promise.race([Promise.allSettled(faces), new Promise((resolve) => setTimeout(resolve, FOR_TYPEFACES))]);
}

const raster = rasterOf(navigator.userAgent);
if (raster) document.documentElement.dataset.raster = raster;

const target = document.getElementById('app');
if (target) {
  const [host] = await Promise.all([chooseHost(), typefaces()]);
  const refused = host.atStart?.refused;
  if (refused) {
    const { default: RefusedStart } = await import('./features/start/RefusedStart.svelte');
    target.replaceChildren();
    mount(RefusedStart, { target, props: { host, refused } });
  } else {
    // The frame that stood here first (index.html, public/frame.js).
    target.replaceChildren();
    mount(App, { target, props: { host } });
  }
}
