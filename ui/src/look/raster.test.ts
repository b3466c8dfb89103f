import { expect, test } from 'vitest';

import { rasterOf } from './raster';

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15';
const chromium = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit}`, 'plain'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${chromium}`, undefined],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit}`, undefined],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chromium} Edg/140.0.0.0`, undefined],
])('%s', (userAgent, raster) => {
  expect(rasterOf(userAgent)).toBe(raster);
});
