// Every chapter of the course, played from the first page to the last with real clicks, taps and keys, at three sizes of
// screen. A question counts as answered only if its claim is true of state(), so a chapter that says what is false on the
// engine fails. Run it by hand, `node --test tests/web/course_play.mjs`: tests/run.sh does not run it yet, because it has
// not passed as a whole.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Learner } from './course_support.mjs';
import { courseFolder } from './lesson_support.mjs';
import { browser, openPage, screenshot, site, state, until, useBrowser } from './support.mjs';

useBrowser();

// How a learner reaches the goals of each chapter, by the title of the page.
const kDeeds = {
  'Let it learn': (learner) => learner.widget('play'),
  'What weights look like that know': async (learner, page) => {
    for (let epoch = 1; epoch <= 3 && (await state(page)).validAccuracy <= 0.97; ++epoch) {
      await learner.widget('step-epoch');
      await until(page, (epoch) => window.downhill.state().testedEpoch >= epoch, epoch);
    }
  },
  'Still, we want accuracy': async (learner) => {
    await learner.dial(5 / 7);  // a rate of 1
    await learner.widget('play');
  },
  'Downhill on foot': async (learner, page) => {
    for (let batch = 1; batch <= 60 && !((await state(page)).trainLoss < 0.3); ++batch) {
      await learner.widget('step-batch');
      await until(page, (batch) => window.downhill.state().step >= batch, batch);
    }
  },
  'Over the edge': async (learner) => {
    await learner.dial(3 / 7);  // a rate of 0.01
    await learner.widget('reset');
    await learner.widget('play');
  },
  'Put it right': async (learner, page) => {
    await learner.widget('experiment');
    await learner.widget('field:shuffle');
    await until(page, () => window.downhill.state().spec.shuffle);
    await learner.widget('play');
  },
  'Three epochs': (learner) => learner.widget('play'),
  'Your rule': async (learner, page) => {
    await learner.widget('stop-target');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('98');
    await page.keyboard.press('Enter');
    await until(page, () => window.downhill.state().spec.stop.startsWith('target'));
    for (let play = 0; play < 20 && !((await state(page)).finished && (await state(page)).validAccuracy >= 0.98); ++play) {
      await learner.widget('play');
      await until(page, () => window.downhill.state().finished, null, 120000);
    }
  },
};

const kChapters = [...readFileSync(join(courseFolder, 'contents.md'), 'utf8').matchAll(/^(\d+)\. \[([^\]]+)\]/gm)]
  .map(([, number, title]) => ({ number: Number(number), title }));

const kScreens = [
  { name: '1280×800, by keyboard', width: 1280, height: 800, keys: true },
  { name: '820×1180, by finger', width: 820, height: 1180, touch: true },
  { name: '390×844, by finger', width: 390, height: 844, touch: true },
];

for (const { number, title } of kChapters) {
  for (const { name, width, height, touch = false, keys = false } of kScreens) {
    test(`chapter ${number}, ${title}, from first to last: ${name}`, async () => {
      const { page, problems, context } = await openPage(browser, site.url, { width, height, touch, fragment: `chapter=${number}` });
      const learner = new Learner(page, { touch, keys });
      await page.waitForSelector('#course h3');
      const pages = Number((await page.innerText('#course .where')).split(' of ')[1]);
      for (let at = 1; at <= pages; ++at) {
        assert.equal(await page.innerText('#course .where'), `${at} of ${pages}`);
        assert.deepEqual(await page.locator('#course [role=alert]').allInnerTexts(), []);
        await learner.followPointers();
        await learner.answerAll();
        if (await page.locator('#course .goal').count()) {
          const deed = kDeeds[await learner.title()];
          assert.ok(deed, `how is the goal of “${await learner.title()}” reached?`);
          await deed(learner, page);
          await learner.untilGoalIsMet();
        }
        if (number === 1) await screenshot(page, `course-${number}.${at}-${width}`);
        if (at < pages) await learner.next();
      }
      const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('downhill.course')));
      assert.equal(kept.chapters[number].page, pages - 1);
      assert.equal((await state(page)).error, null);
      await until(page, () => true);
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}
