// Registers the service worker (sw.js), which keeps the site for visits without a network, and offers a newer release
// when the browser has one ready. Not in frames, which belong to the page around them, and not on this machine, where
// developers would get yesterday's files.
import { showNews } from './news.js';

const kLookMs = 3600e3;  // a tab may stay open for days
const kLocal = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

const isWanted = () => 'serviceWorker' in navigator && window === window.top && !kLocal.test(location.hostname);

export async function keepOffline(build) {
  if (!isWanted()) return;
  let registration;
  try {
    registration = await navigator.serviceWorker.register(new URL('../../sw.js', import.meta.url), { updateViaCache: 'none' });
  } catch {
    return;  // a private window, or one where the visitor has forbidden it: all works but offline
  }
  const look = () => offer(registration, build);
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  setInterval(() => registration.update().catch(() => {}), kLookMs);
}

// A waiting worker has kept a release and waits until no page needs the last one.
async function offer(registration, build) {
  const { waiting } = registration;
  if (!waiting || !navigator.serviceWorker.controller || (await releaseOf(waiting)) === build) return;
  showNews('A new version of Downhill is ready.', () => takeOver(registration));
}

// None waits where another tab has agreed before: then the next load is the new release already.
function takeOver({ waiting }) {
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
}

const releaseOf = (worker) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  worker.postMessage('which release?', [port2]);
});
