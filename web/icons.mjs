// Makes the icons of the installed page, web/site/icons/*.png, from web/site/icon.svg, with Debian's Chromium. They are
// committed: run this after a change of the drawing.
//
//   npm ci --prefix tests/web && node web/icons.mjs
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { launchBrowser } from '../tests/web/support.mjs';

const kSafe = 0.72;  // a maskable icon may be cut to a circle of 80 % of its width: its paper fills it, its drawing is smaller
const kIcons = [['icon-192', 192, false], ['icon-512', 512, false], ['maskable-512', 512, true]];

const folder = fileURLToPath(new URL('site/', import.meta.url));
const drawing = readFileSync(`${folder}icon.svg`, 'utf8');

// The paper without round corners, and the rest of the drawing around its middle.
const maskable = drawing.replace(/ rx="\d+"/, '').replace(/(<rect[^>]*>)([\s\S]*)(<\/svg>)/,
  `$1<g transform="translate(16 16) scale(${kSafe}) translate(-16 -16)">$2</g>$3`);

mkdirSync(`${folder}icons`, { recursive: true });
const browser = await launchBrowser();
for (const [name, size, masked] of kIcons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${masked ? maskable : drawing}`);
  await page.screenshot({ path: `${folder}icons/${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();
