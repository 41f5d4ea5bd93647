// The player of the course: how it is opened and closed, what it costs before, and that a lesson from anywhere can send
// commands and do nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

import { browser, click, digest, frames, isShown, openPage, releaseFolder, screenshot, send, site, state, until, useBrowser, widget } from './support.mjs';

useBrowser();

const isOpen = () => document.body.dataset.course === 'open' && document.querySelector('#course h3') !== null;
const heading = (page) => page.innerText('#course h3');

const kLesson = `# A lesson of mine

\`\`\`lesson
experiment: model=linear&lr=0.5
\`\`\`

The rate is {lr}, the step {step|0}. [Train]{step count=3} See [the dial]{@lr-dial} and {?gradient}, $x^2$.
`;

test('before it is opened, the course costs nothing but its door', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
  assert.deepEqual(fetched.filter((path) => path.includes('/course/')), []);
  const door = ['learn.js', 'address.js'].map((name) => gzipSync(readFileSync(join(releaseFolder(), name)), { level: 9 }).length);
  assert.ok(door.reduce((a, b) => a + b) < 3000, `${door} bytes`);
  await click(page, 'learn');
  await until(page, isOpen);
  assert.deepEqual(problems, []);
  await context.close();
});

test('Learn, its key and the button for the keyboard open it; Escape and its cross close it; the run stays', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.keyboard.press('l');
  await until(page, isOpen);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H3', 'the focus is where one reads');
  await until(page, () => !window.downhill.widgets().some(({ name }) => name === 'learn'));
  await page.keyboard.press('Escape');
  await until(page, () => !document.body.dataset.course);
  await until(page, () => window.downhill.widgets().some(({ name }) => name === 'learn'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'canvas');
  await send(page, 'step', { count: 5 });
  const before = await digest(page);
  await click(page, 'learn');  // back to the page that was open, with the run of now
  await until(page, isOpen);
  assert.equal(await digest(page), before);
  await page.click('#course-close');
  await until(page, () => !document.body.dataset.course);
  assert.equal(await digest(page), before);
  await page.focus('#open-course');
  await page.keyboard.press('Enter');
  await until(page, isOpen);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a link to a page with an expression shows that one, and not the one that the view begins with', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'chapter=5.3' });
  await until(page, () => document.querySelector('#course .where')?.textContent === '3 of 4');
  await frames(page, 20);
  const { nodes: [x] } = (await state(page)).expression;
  assert.deepEqual([x.value[0], x.gradient[0]], [8, 16]);
  assert.match(await page.innerText('#course .text'), /gradient of x is 16 again/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('the address has the chapter in front of the experiment, and opens it', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'chapter=1.2' });
  await until(page, isOpen);
  assert.equal(await page.innerText('#course .where'), '2 of 3');
  assert.equal((await state(page)).note, null, 'the chapter is no field of the experiment');
  await send(page, 'set', { lr: 0.3 });
  await until(page, () => /^#chapter=1\.2&.*lr=0\.3/.test(location.hash));
  assert.doesNotMatch(await page.evaluate(() => window.downhill.link()), /chapter/);
  await page.evaluate(() => { location.hash = 'chapter=1'; });
  await until(page, () => document.querySelector('#course .where').textContent.startsWith('1 of'));
  await page.click('#course-close');
  await until(page, () => !location.hash.includes('chapter'));
  await page.evaluate(() => { location.hash = 'chapter=99'; });
  await frames(page, 5);
  assert.equal(await page.evaluate(isOpen), false);
  assert.deepEqual(problems, []);
  await context.close();
});

test('who closes the course is offered their own run; a page that was not touched has none to offer', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.evaluate(() => window.downhill.learn(1));
  await page.click('#course-close');
  await until(page, () => !document.body.dataset.course);
  assert.equal(await page.locator('#news').count(), 0);
  await send(page, 'set', { lr: 0.7 });
  await send(page, 'step', { count: 7 });
  const mine = await digest(page);
  await page.evaluate(() => window.downhill.learn(2));
  await send(page, 'step', { count: 2 });
  assert.notEqual(await digest(page), mine);
  await page.click('#course-close');
  assert.match(await page.innerText('#news p'), /Your own run from before the course is kept/);
  await screenshot(page, 'own-run');
  await page.click('#news-act');
  await until(page, () => window.downhill.state().step === 7);
  assert.equal(await digest(page), mine);
  assert.equal(await page.locator('#news').count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a visitor comes back to the page where they were, and to their own run', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'lr=0.7' });
  await send(page, 'step', { count: 7 });
  const mine = await digest(page);
  await page.evaluate(() => window.downhill.learn(1));
  await page.click('#course-next');
  await until(page, () => document.querySelector('#course .where').textContent.startsWith('2 of'));
  await page.click('#course-contents');
  assert.match(await page.innerText('.chapter[data-chapter="1"]'), /page 2 of 3/);
  await page.click('#course-restore');
  await until(page, () => !document.body.dataset.course);
  assert.equal(await digest(page), mine);
  assert.equal((await state(page)).lr.toFixed(4), '0.7000');
  await page.reload();
  await page.waitForFunction(isShown);
  await click(page, 'learn');
  await until(page, isOpen);
  assert.equal(await page.innerText('#course .where'), '2 of 3');
  assert.deepEqual(problems, []);
  await context.close();
});

test('somebody’s lesson opens as a text, by a link and from a file', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.evaluate((text) => window.downhill.lesson(text), kLesson);
  assert.equal(await heading(page), 'A lesson of mine');
  assert.equal((await state(page)).spec.lr, 0.5);
  await page.click('#course .act');
  await until(page, () => /the step 3/.test(document.querySelector('#course .text').textContent));
  assert.equal(await page.evaluate(() => document.querySelector('#course msup').textContent), 'x2');

  const link = await page.evaluate((text) => window.downhill.lessonLink(text), kLesson);
  const other = await openPage(browser, site.url, { fragment: new URL(link).hash.slice(1) });
  await until(other.page, isOpen);
  assert.equal(await heading(other.page), 'A lesson of mine');
  assert.match(await other.page.evaluate(() => location.hash), /^#lesson=/);
  assert.deepEqual(other.problems, []);
  await other.context.close();

  await page.click('#course-close');
  const file = join(mkdtempSync(join(tmpdir(), 'lesson-')), 'mine.md');
  writeFileSync(file, kLesson.replace('A lesson of mine', 'From a file'));
  await page.evaluate(() => window.downhill.learn());
  await page.click('#course-contents');
  const chooser = page.waitForEvent('filechooser');
  await page.click('text=Open a lesson from a file');
  await (await chooser).setFiles(file);
  await until(page, () => document.querySelector('#course h3')?.textContent === 'From a file');
  assert.deepEqual(problems, []);
  await context.close();
});

test('hovering a pointer rings the widget, and a word explains itself', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.evaluate((text) => window.downhill.lesson(text), kLesson);
  await page.hover('#course .pointer');
  await page.waitForSelector('#course-ring', { state: 'visible' });
  const [ring, dial] = await page.evaluate(() => {
    const { left, top, width, height } = document.getElementById('course-ring').getBoundingClientRect();
    return [{ left, top, width, height }, window.downhill.widgets().find(({ name }) => name === 'lr-dial')];
  });
  assert.ok(Math.abs(ring.left + ring.width / 2 - dial.x - dial.width / 2) < 6, JSON.stringify([ring, dial]));
  assert.ok(Math.abs(ring.top + ring.height / 2 - dial.y - dial.height / 2) < 6, JSON.stringify([ring, dial]));
  await page.mouse.move(20, 400);  // away from the pointer
  await page.focus('#course dfn');
  assert.match(await page.innerText('#course-tip'), /how fast the loss grows/);
  await page.waitForSelector('#course-ring', { state: 'hidden' });
  await page.keyboard.press('Escape');
  await page.waitForSelector('#course-tip', { state: 'hidden' });
  assert.equal(await page.evaluate(isOpen), true, 'Escape hides the sentence first');
  assert.deepEqual(problems, []);
  await context.close();
});

test('after a press the ring stays for a while although the mouse goes to the widget', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  await page.evaluate((text) => window.downhill.lesson(text), kLesson);
  await page.click('#course .pointer');
  await page.waitForSelector('#course-ring', { state: 'visible' });
  const dial = await widget(page, 'lr-dial');
  await page.mouse.move(dial.x + dial.width / 2, dial.y + dial.height / 2);
  await page.waitForTimeout(500);
  assert.ok(await page.isVisible('#course-ring'), 'the ring is gone when the mouse leaves the text');
  await page.waitForSelector('#course-ring', { state: 'hidden' });
  assert.deepEqual(problems, []);
  await context.close();
});

test('on a high page it is a sheet that can be pulled down, and the canvas has the rest', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { width: 390, height: 844, touch: true, fragment: 'chapter=1' });
  await until(page, isOpen);
  const heights = () => page.evaluate(() =>
    ['canvas', 'course'].map((id) => Math.round(document.getElementById(id).getBoundingClientRect().height)));
  await until(page, () => document.getElementById('canvas').getBoundingClientRect().height < 500);
  let [canvas, sheet] = await heights();
  assert.ok(canvas > 400 && canvas + sheet === 844, `${canvas} and ${sheet}`);
  const handle = await page.locator('.course-handle').boundingBox();
  await page.mouse.move(handle.x + 195, handle.y + 10);
  await page.mouse.down();
  await page.mouse.move(handle.x + 195, 820, { steps: 5 });
  await page.mouse.up();
  await until(page, () => document.getElementById('course').dataset.sheet === 'low');
  [canvas, sheet] = await heights();
  assert.ok(canvas > 740 && sheet <= 80, `${canvas} and ${sheet}`);
  await page.tap('.course-handle');
  await until(page, () => document.getElementById('course').dataset.sheet === 'half');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  assert.deepEqual(problems, []);
  await context.close();
});

// ---- lessons that mean harm ------------------------------------------------------------------------------------------

const kHostile = {
  'a script': ['# A\n\n<script>window.harmed = 1</script>', /line 3: HTML/],
  'an image': ['# A\n\n![x](https://elsewhere.example/x.png)', /line 3: images/],
  'a link that is a program': ['# A\n\n[press](javascript:window.harmed=1)', /line 3: links/],
  'ten thousand marks': [`# A\n\n${'{step}\n'.repeat(10000)}`, /too many/],
  'a command that is none': ['# A\n\nFine.\n\n```show\ndo: step; eval code=1\n```', /line 5: .*eval/],
  'a value out of range': ['# A\n\n```lesson\nexperiment: lr=1000\n```', /line 3: .*outside/],
  'broken syntax': ['# A\n\n```goal\nuntil: step >', /line 3: .*does not end/],
  'a field that is none': ['# A\n\n{document.cookie}', /line 3: .*document/],
  'too much': [`# A\n\n${'many words\n'.repeat(30000)}`, /256 KB/],
};

test('a hostile or broken lesson runs nothing, changes nothing and says why', async () => {
  const { page, problems, context } = await openPage(browser, site.url, { fragment: 'lr=0.7' });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await send(page, 'step', { count: 3 });
  const before = [await digest(page), await page.evaluate(() => location.hash), (await state(page)).step];
  for (const [name, [text, pattern]] of Object.entries(kHostile)) {
    const answer = await page.evaluate((text) => window.downhill.lesson(text).then(() => 'opened', (error) => error.message), text);
    assert.match(answer, pattern, name);
    assert.match(answer, /^\[lesson\] the lesson, line \d+: /, name);
  }
  for (const fragment of ['lesson=!!!', 'lesson=AAAA', 'lesson=']) {
    await page.evaluate((fragment) => { location.hash = fragment; }, fragment);
    await frames(page, 5);
  }
  assert.equal(await page.evaluate(isOpen), false);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  assert.deepEqual([await digest(page), (await state(page)).step], [before[0], before[2]]);
  assert.deepEqual(asked.filter((url) => !url.startsWith(site.url) && !url.startsWith('blob:')), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test('a link that would inflate without end is given up', async () => {
  const { page, problems, context } = await openPage(browser, site.url);
  const answer = await page.evaluate(async () => {
    const zeros = new Blob([new Uint8Array(64e6)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(zeros).arrayBuffer());
    let letters = '';
    for (const byte of bytes) letters += String.fromCharCode(byte);
    location.hash = `lesson=${btoa(letters).replaceAll('+', '-').replaceAll('/', '_')}`;
    return bytes.length;
  });
  assert.ok(answer < 100000);
  await frames(page, 30);
  assert.equal(await page.evaluate(isOpen), false);
  assert.deepEqual(problems, []);
  await context.close();
});
