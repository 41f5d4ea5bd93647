// The article's run in the page, in Chromium with software WebGL, which draws while it trains: ten digits, three epochs,
// crops, normalized pixels, AdamW on one cycle, a test after each epoch. Prints the seconds from play to the end and the
// accuracy, for three seeds. For PyTorch's time see peers/pytorch.sh article.
//
//   node tests/bench/article.mjs     after web/serve.sh --build-only and npm ci --prefix tests/web
import { launchBrowser, openPage, send, serveSite, until } from '../web/support.mjs';

const kRun = 'digits=0123456789&model=conv&loss=crossentropy&optimizer=adamw&wd=0.01&schedule=onecycle&lr=0.1'
  + '&augment=crop&normalize=true&batch=128&epochs=3';

const site = await serveSite();
const browser = await launchBrowser();
for (const seed of [1, 2, 3]) {
  const { page, context } = await openPage(browser, site.url, { fragment: `${kRun}&seed=${seed}` });
  await until(page, () => window.downhill.state().trainCount === 60000);
  const start = performance.now();
  await send(page, 'play');
  await until(page, () => window.downhill.state().finished, undefined, 300000);
  const seconds = (performance.now() - start) / 1000;
  const { validAccuracy, frames } = await page.evaluate(() => window.downhill.state());
  console.log(`seed ${seed}: ${seconds.toFixed(1)} s, accuracy ${validAccuracy}, ${frames} frames`);
  await context.close();
}
await browser.close();
site.close();
