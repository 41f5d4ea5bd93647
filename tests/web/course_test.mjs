// Every chapter of the course, played from the first page to the last with real clicks, taps and keys, at three sizes of
// screen. A question counts as answered only if its claim is true of state(), so a chapter that says what is false on the
// engine fails. The conv net's three epochs are waited for once, on the wide screen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { kChapters, Learner } from './course_support.mjs';
import { browser, openPage, site, state, useBrowser } from './support.mjs';

useBrowser();

const kScreens = [
  { name: '1280×800, by keyboard', width: 1280, height: 800, keys: true },
  { name: '820×1180, by finger', width: 820, height: 1180, touch: true, brief: true },
  { name: '390×844, by finger', width: 390, height: 844, touch: true, brief: true },
];

// One visit for each screen: all its chapters are read on one page, as a learner does.
let visit = null;

async function visitWith(screen) {
  if (visit?.screen === screen) return visit;
  await visit?.context.close();
  const opened = await openPage(browser, site.url, screen);
  visit = { ...opened, screen, learner: new Learner(opened.page, screen) };
  await visit.learner.widget('learn');
  await opened.page.waitForSelector('#course h3');
  return visit;
}

for (const screen of kScreens) {
  for (const chapter of kChapters) {
    test(`chapter ${chapter.number}, ${chapter.title}, from first to last: ${screen.name}`, async () => {
      const { page, problems, learner } = await visitWith(screen);
      await learner.play(chapter);
      assert.equal((await state(page)).error, null);
      assert.deepEqual(problems, []);
    });
  }
}

after(() => visit?.context.close());
