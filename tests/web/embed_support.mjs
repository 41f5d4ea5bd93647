// A page of somebody else's: another origin, on a port of its own, around the page of the site.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const examples = fileURLToPath(new URL('../../web/examples', import.meta.url));

// Serves `pages`, path → HTML, as any host would. `url` ends in "/".
export async function serveHost(pages) {
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname.slice(1);
    const html = name === 'favicon.ico' ? '' : pages[name];
    response.writeHead(html === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

// An example of web/examples, for the site at `siteUrl`.
export const example = (name, siteUrl) => readFileSync(join(examples, name), 'utf8').replaceAll('https://downhill.example/', siteUrl);

export const withElement = (siteUrl, element) => `<!doctype html><html lang="en"><title>host</title>
<style>body { margin: 0; height: 4000px } down-hill, iframe { display: block; width: 800px; height: 500px; border: 0 }</style>
<script src="${siteUrl}down-hill.js"></script>${element}`;

// The frame of the site in a page.
export const siteFrame = (page, siteUrl) => page.frames().find((frame) => frame.url().startsWith(siteUrl));
