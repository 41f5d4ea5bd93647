// The service worker: after one visit the page works without a network. It keeps a release as a whole, checked against
// the hashes that web/release.mjs has written below, and the data in a cache of their own, which no update deletes.
//   the page itself            from the network, if that answers in time, else as it was kept
//   v/, data/                  as they were kept, else from the network: what has a hash in its path never changes
//   what lies beside the page  from the network, else as it was kept
// A newer one waits until no page needs this one, or until the visitor agrees (offline.js).

const kBuild = '@BUILD@';
const kFiles = '@FILES@';
const kReleases = 'downhill-release-';
const kRelease = kReleases + kBuild;
const kData = 'downhill-data-1';  // keep equal to kCache in data-files.js
const kKept = 3;                  // releases: a tab may still show one of the last
const kPatienceMs = 3000;

const kScope = new URL('./', location.href).href;
const kPage = 'index.html';       // its address is the folder

const isData = (path) => path.startsWith('data/');
const addressOf = (path) => new URL(path === kPage ? './' : path, kScope).href;

// ---- a release is kept -------------------------------------------------------------------------------------------

async function hashOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// The page may have been changed on its way; it must be that of this release.
async function isRight(path, bytes) {
  if (path === kPage) return new TextDecoder().decode(bytes).includes(`v/${kBuild}/boot.js`);
  return kFiles[path].split(' ').includes(await hashOf(bytes));
}

async function keep(cache, path) {
  const address = addressOf(path);
  if (isData(path) && await cache.match(address)) return;
  for (const mode of ['default', 'reload']) {  // the visit has fetched it, and it may be damaged
    const response = await fetch(address, { cache: path.startsWith('v/') || isData(path) ? mode : 'reload' });
    if (!response.ok) continue;
    const bytes = await response.arrayBuffer();
    if (!await isRight(path, bytes)) continue;
    const headers = { 'Content-Type': response.headers.get('Content-Type') ?? 'application/octet-stream' };
    await cache.put(address, new Response(bytes, { headers }));
    return;
  }
  throw new Error(`${path} did not arrive as it was published`);
}

async function keepRelease() {
  const [release, data] = await Promise.all([caches.open(kRelease), caches.open(kData)]);
  await Promise.all(Object.keys(kFiles).map((path) => keep(isData(path) ? data : release, path)));
}

// The names come in the order in which the caches were made.
async function dropOldReleases() {
  const others = (await caches.keys()).filter((name) => name.startsWith(kReleases) && name !== kRelease);
  await Promise.all(others.slice(0, Math.max(0, others.length - (kKept - 1))).map((name) => caches.delete(name)));
}

addEventListener('install', (event) => event.waitUntil(keepRelease()));
addEventListener('activate', (event) => event.waitUntil(dropOldReleases().then(() => clients.claim())));

addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(skipWaiting());
  if (event.data === 'which release?') event.ports[0].postMessage(kBuild);
});

// ---- and given ---------------------------------------------------------------------------------------------------

const kept = (path) => caches.match(addressOf(path), { cacheName: kRelease, ignoreVary: true });

// The network's answer, unless it is late or no page; then the page as it was kept.
async function page(request) {
  const answer = fetch(request);
  answer.catch(() => {});
  const late = new Promise((resolve) => setTimeout(resolve, kPatienceMs));
  try {
    const response = await Promise.race([answer, late]);
    if (response && (response.ok || response.type === 'opaqueredirect')) return response;
  } catch {
    // There is no network.
  }
  return await kept(kPage) ?? answer;
}

const keptOrFetched = async (request) => await caches.match(request.url, { ignoreVary: true }) ?? fetch(request);

async function fetchedOrKept(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    const response = await kept(path);
    if (response) return response;
    throw error;
  }
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  address.search = address.hash = '';
  if (request.method !== 'GET' || !address.href.startsWith(kScope)) return;
  const path = address.href.slice(kScope.length) || kPage;
  if (request.mode === 'navigate') {
    if (path === kPage && request.destination === 'document') event.respondWith(page(request));
  } else if (/^(v|data)\//.test(path)) {
    event.respondWith(keptOrFetched(request));
  } else if (path !== kPage && path in kFiles) {
    event.respondWith(fetchedOrKept(request, path));
  }
});
