// Plays the course as a learner does: real clicks, taps and keys on what is visible, first page to last.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { courseFolder } from './lesson_support.mjs';
import { frames, state, until } from './support.mjs';

const read = (file) => readFileSync(join(courseFolder, file), 'utf8');

// [{number, title, file}]
export const kChapters = [...read('contents.md').matchAll(/^(\d+)\. \[([^\]]+)\]\(([^)]+)\)/gm)]
  .map(([, number, title, file]) => ({ number: Number(number), title, file }));

// For each page of a chapter, for each of its questions: which choice is the right one, from 1.
export function rightChoices(file) {
  const pages = read(file).split(/^##? /m).slice(1);
  return pages.map((page) => [...page.matchAll(/^```question\n([^]*?)^```/gm)]
    .map(([, question]) => [...question.matchAll(/^- \[([ x])\]/gm)].findIndex(([, mark]) => mark === 'x') + 1));
}

// How a learner reaches the goal of a page, by its title. A `brief` learner does not wait for the end of what takes
// a minute; then the deed gives true.
const kDeeds = {
  'Let it learn': (learner) => learner.widget('play'),
  'Weights that know': async (learner, page) => {
    for (let epoch = 1; epoch <= 3 && (await state(page)).validAccuracy <= 0.97; ++epoch) {
      await learner.widget('step-epoch');
      await until(page, (epoch) => window.downhill.state().testedEpoch >= epoch, epoch);
    }
  },
  'Your own digit': async (learner) => {
    await learner.draw('own-digit', [[0.3, 0.22], [0.68, 0.22], [0.55, 0.5], [0.45, 0.82]]);
  },
  'The gradient, by nudging': async (learner) => {
    await learner.widget('expression-point', 0.05);
  },
  'Still, we want accuracy': async (learner) => {
    await learner.dial(5 / 7);  // a rate of 1
    await learner.widget('play');
  },
  'Downhill on foot': async (learner, page) => {
    for (let batch = 1; batch <= 60 && ((await state(page)).trainLoss ?? 1) >= 0.3; ++batch) {
      await learner.widget('step-batch');
      await until(page, (batch) => window.downhill.state().step >= batch, batch);
    }
  },
  'One node at a time': async (learner, page) => {
    for (let at = 0, last = 1; at < last;) {
      await learner.widget('expression-step');
      await until(page, (at) => window.downhill.state().expression.position > at, at);
      ({ position: at, last } = (await state(page)).expression);
    }
  },
  'The whole loop': async (learner, page) => {
    for (let phases = 0; phases < 8 && (await state(page)).step === 0; ++phases) {
      const { phase } = await state(page);
      await learner.widget('step-phase');
      await until(page, (phase) => window.downhill.state().phase !== phase, phase);
    }
  },
  'Find the fault': async (learner, page) => {
    await learner.widget('banner-close');  // read; on a narrow page it lies over the form
    await learner.widget('experiment');
    await learner.widget('field:fault');
    await learner.widget('field:fault:none');
    await until(page, () => window.downhill.state().spec.fault === 'none');
    await learner.widget('play');
  },
  'And more still': async (learner) => {
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
  'Three epochs': async (learner, page) => {
    await learner.widget('play');
    if (!learner.brief) return false;
    await until(page, () => window.downhill.state().running && window.downhill.state().step > 0);
    return true;
  },
  'Your rule': async (learner, page) => {
    await learner.type('stop-target', '98');
    await until(page, () => window.downhill.state().spec.stop === 'target:0.98');
    await learner.widget('play');
  },
};

// What is true after a button in the text of a page was pressed.
const kPressed = {
  'Once more': {
    zero_grad: () => window.downhill.state().expression.nodes[0].gradient.length === 0,
    backward: () => window.downhill.state().expression.nodes[0].gradient[0] === 16,
  },
  'A little more': {
    'Where is the limit?': () => {
      const { sharpness } = window.downhill.state().findings;
      return sharpness?.largestStableLr > 0.024 && sharpness.largestStableLr < 0.03;
    },
  },
};

export class Learner {
  constructor(page, { touch = false, keys = false, brief = false } = {}) {
    this.page = page;
    this.touch = touch;
    this.keys = keys;
    this.brief = brief;
  }

  // All pages of a chapter, from the table of chapters to the last one. `seen(number)` is called where a page is done.
  async play({ number, file }, seen = () => {}) {
    const pages = rightChoices(file);
    await this.chapter(number);
    for (const [index, right] of pages.entries()) {
      assert.equal(await this.page.innerText('#course .where'), `${index + 1} of ${pages.length}`);
      assert.deepEqual(await this.page.locator('#course [role=alert]').allInnerTexts(), []);
      await this.followPointers();
      await this.answerAll(right);
      await this.followPointers('.result .pointer');
      await this.reachGoal();
      await this.pressButtons();
      await seen(index + 1);
      if (index + 1 < pages.length) await this.next();
    }
    const kept = await this.page.evaluate(() => JSON.parse(localStorage.getItem('downhill.course')));
    assert.equal(kept.chapters[number].page, pages.length - 1);
  }

  async reachGoal() {
    if (!(await this.page.locator('#course .goal').count())) return;
    const title = await this.title();
    assert.ok(kDeeds[title], `how is the goal of “${title}” reached?`);
    if (!(await kDeeds[title](this, this.page))) await this.untilGoalIsMet();
  }

  // The buttons of the text, in turn; what the text says of them is in kPressed.
  async pressButtons() {
    const buttons = this.page.locator('#course .act');
    const title = await this.title();
    for (let index = 0; index < await buttons.count(); ++index) {
      const label = await buttons.nth(index).innerText();
      assert.ok(kPressed[title]?.[label], `what does “${label}” of “${title}” do?`);
      await buttons.nth(index).evaluate((element) => element.setAttribute('data-test', 'act'));
      await this.press('.act[data-test="act"]');
      await until(this.page, kPressed[title][label]);
      await buttons.nth(index).evaluate((element) => element.removeAttribute('data-test'));
    }
  }

  // A button of the course: by keyboard, finger or mouse.
  async press(selector) {
    const element = this.page.locator(`#course ${selector}`).first();
    await element.waitFor({ state: 'visible' });
    if (this.keys) {
      await element.focus();
      await this.page.keyboard.press('Enter');
    } else if (this.touch) {
      await element.tap();
    } else {
      await element.click();
    }
  }

  // Presses a widget on the canvas.
  async widget(name, across = 0.5) {
    await this.bring(name);
    const { x, y, width, height } = await this.#rest(name);
    await this.at(x + width * across, y + height / 2);
  }

  // A widget that is not in sight is found by the pointer of the text, if there is one.
  async bring(name) {
    const pointer = this.page.locator(`#course [data-widget="${name}"]`).first();
    if (!(await this.#place(name)) || (await this.#isAway(name))) {
      if (await pointer.count()) await this.press(`[data-widget="${name}"]`);
      else await this.page.evaluate((name) => window.downhill.send('show', { widget: name }), name);
      await frames(this.page, 3);
    }
    await this.page.waitForFunction((name) => window.downhill.widgets().some((w) => w.name === name), name);
  }

  async at(x, y) {
    if (this.touch) {
      await this.page.touchscreen.tap(x, y);
    } else {
      await this.page.mouse.move(x, y);
      await frames(this.page, 1);
      await this.page.mouse.down();
      await frames(this.page, 1);
      await this.page.mouse.up();
    }
    await frames(this.page, 2);
  }

  // Into a field on the canvas, in the place of what is there.
  async type(name, text) {
    await this.widget(name);
    await frames(this.page, 3);
    if (!this.touch) {
      await this.page.keyboard.press('Control+a');
      assert.equal(await this.page.evaluate(() => getSelection().toString()), '', 'the text of the course was selected');
    }
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  // A stroke on a widget, in shares of its size, from the upper left.
  async draw(name, points) {
    await this.bring(name);
    const { x, y, width, height } = await this.#place(name);
    const stroke = points.map(([right, down]) => ({ x: x + right * width, y: y + down * height }));
    if (this.touch) await this.#stroke(stroke);
    else await this.#drag(stroke);
    await frames(this.page, 4);
  }

  async #drag([first, ...rest]) {
    await this.page.mouse.move(first.x, first.y);
    await frames(this.page, 2);
    await this.page.mouse.down();
    for (const { x, y } of rest) {
      await this.page.mouse.move(x, y, { steps: 3 });
      await frames(this.page, 2);
    }
    await this.page.mouse.up();
  }

  async #stroke([first, ...rest]) {
    const touches = await this.page.context().newCDPSession(this.page);
    const send = (type, touchPoints) => touches.send('Input.dispatchTouchEvent', { type, touchPoints });
    await send('touchStart', [first]);
    await frames(this.page, 2);
    for (const point of rest) {
      await send('touchMove', [point]);
      await frames(this.page, 2);
    }
    await send('touchEnd', []);
    await touches.detach();
  }

  // Turns the dial, or its strip on a narrow page, by a press at `share` of its range.
  async dial(share) {
    await this.bring('lr-dial');
    const { x, y, width, height } = await this.#place('lr-dial');
    if (width > 3 * height) {
      await this.at(x + width * share, y + height / 2);
      return;
    }
    const angle = (0.75 + 1.5 * share) * Math.PI;  // from the lower left over the top to the lower right
    const radius = 0.42 * Math.min(width, height);
    await this.at(x + width / 2 + radius * Math.cos(angle), y + height / 2 + radius * Math.sin(angle));
  }

  #place(name) {
    return this.page.evaluate((name) => window.downhill.widgets().find((w) => w.name === name), name);
  }

  // Where it is when nothing moves any more: the page may be scrolling, or turning to what was done last.
  async #rest(name) {
    for (let last = null, tries = 0; tries < 60; ++tries) {
      const now = await this.#place(name);
      if (now && last && now.x === last.x && now.y === last.y) return now;
      if (!now && last) await this.bring(name);
      last = now;
      await frames(this.page, 2);
    }
    return assert.fail(`“${name}” does not come to rest`);
  }

  // Below or above what can be seen of the canvas. A field of the form may be behind the bar with the play button, too.
  #isAway(name) {
    return this.page.evaluate((name) => {
      const all = window.downhill.widgets(), { clientHeight } = document.getElementById('canvas');
      const { y, height } = all.find((w) => w.name === name);
      const tops = all.filter((w) => ['play', 'verdict', 'lr-dial'].includes(w.name) && w.y > clientHeight / 2).map((w) => w.y);
      const bottom = /^field:[a-z]+$/.test(name) ? Math.min(clientHeight, ...tops) : clientHeight;
      return y + height / 2 < 40 || y + height > bottom;
    }, name);
  }

  // Every pointer of the page rings a widget that can be seen.
  async followPointers(pointers = '.pointer') {
    for (const name of await this.page.locator(`#course ${pointers}`).evaluateAll((all) => all.map((one) => one.dataset.widget))) {
      await this.press(`[data-widget="${name}"]`);
      await this.page.waitForSelector('#course-ring', { state: 'visible' }).catch(() => assert.fail(`there is no widget “${name}” to point at`));
    }
  }

  // Answers the questions of the page as `right` has it, the number of the right choice of each. The page says that it
  // was expected only if the claim is true of state().
  async answerAll(right) {
    assert.equal(await this.page.locator('#course .question').count(), right.length);
    for (const [index, choice] of right.entries()) {
      const question = this.page.locator('#course .question').nth(index);
      await question.evaluate((element, index) => element.setAttribute('data-test', index), index);
      await this.#answer(`.question[data-test="${index}"]`, question, choice);
    }
  }

  async #answer(selector, question, choice) {
    await this.press(`${selector} > .choice:nth-of-type(${choice})`);
    await until(this.page, (selector) => !['open', 'running'].includes(document.querySelector(`#course ${selector}`).dataset.state), selector, 300000);
    const words = await question.locator('.result').innerText();
    assert.equal(await question.getAttribute('data-state'), 'seen', `the claim is false: ${words}`);
    assert.doesNotMatch(await this.#numbers(`${selector} .result`), /–/, `a number is unknown: ${words}`);
    assert.match(words, /^As you expected/);
  }

  #numbers(selector) {
    return this.page.locator(`#course ${selector} .number`).allInnerTexts().then((texts) => texts.join(' '));
  }

  async untilGoalIsMet() {
    await until(this.page, () => [...document.querySelectorAll('#course .goal')].every((goal) => goal.dataset.state === 'met'), null, 300000);
    assert.doesNotMatch(await this.#numbers('.goal .result'), /–/);
  }

  // Opens a chapter from the table of chapters, at its first page.
  async chapter(number) {
    await this.press('#course-contents');
    await this.press(`[data-chapter="${number}"]`);
    await until(this.page, (number) => document.getElementById('course-title').textContent.startsWith(`${number} · `), number, 120000);
  }

  // The title of the page that is open, once it is there.
  title() {
    return this.page.locator('#course h3').innerText();
  }

  async next() {
    const before = await this.page.innerText('#course .where');
    await this.press('#course-next');
    await until(this.page, (before) => document.querySelector('#course .where').textContent !== before, before, 120000);
  }
}
