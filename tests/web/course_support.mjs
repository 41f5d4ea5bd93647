// Plays the course as a learner does: real clicks, taps and keys on what is visible, first page to last.
import assert from 'node:assert/strict';

import { frames, until } from './support.mjs';

export class Learner {
  constructor(page, { touch = false, keys = false } = {}) {
    this.page = page;
    this.touch = touch;
    this.keys = keys;
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

  // A widget on the canvas, which the learner finds by the pointer of the text, if there is one.
  async widget(name) {
    const pointer = this.page.locator(`#course [data-widget="${name}"]`).first();
    if (!(await this.#place(name)) || (await this.#isAway(name))) {
      if (await pointer.count()) await this.press(`[data-widget="${name}"]`);
      else await this.page.evaluate((name) => window.downhill.send('show', { widget: name }), name);
      await frames(this.page, 8);
    }
    await this.page.waitForFunction((name) => window.downhill.widgets().some((w) => w.name === name), name);
    const { x, y, width, height } = await this.#place(name);
    await this.at(x + width / 2, y + height / 2);
  }

  async at(x, y) {
    if (this.touch) {
      await this.page.touchscreen.tap(x, y);
    } else {
      await this.page.mouse.move(x, y);
      await frames(this.page, 2);
      await this.page.mouse.down();
      await frames(this.page, 2);
      await this.page.mouse.up();
    }
    await frames(this.page, 3);
  }

  // Turns the dial, or its strip on a narrow page, by a press at `share` of its range.
  async dial(share) {
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

  // Below or above what can be seen of the canvas.
  #isAway(name) {
    return this.page.evaluate((name) => {
      const { y, height } = window.downhill.widgets().find((w) => w.name === name);
      return y + height / 2 < 40 || y + height / 2 > document.getElementById('canvas').clientHeight;
    }, name);
  }

  // Every pointer of the page rings a widget that can be seen.
  async followPointers() {
    for (const name of await this.page.locator('#course .pointer').evaluateAll((all) => all.map((one) => one.dataset.widget))) {
      await this.press(`[data-widget="${name}"]`);
      await this.page.waitForSelector('#course-ring', { state: 'visible' }).catch(() => assert.fail(`there is no widget “${name}” to point at`));
    }
  }

  // Answers every question of the page rightly. The page says so only if the claim is true of state().
  async answerAll() {
    const count = await this.page.locator('#course .question').count();
    for (let index = 0; index < count; ++index) {
      const question = this.page.locator('#course .question').nth(index);
      await question.evaluate((element, index) => element.setAttribute('data-test', index), index);
      await this.#answer(`.question[data-test="${index}"]`, question);
    }
    return count;
  }

  // The right choice is known only afterwards: tries them from the first, and asks again.
  async #answer(selector, question) {
    const choices = await question.locator('.choice').count();
    for (let choice = 1; choice <= choices; ++choice) {
      await this.press(`${selector} > .choice:nth-of-type(${choice})`);
      await until(this.page, (selector) => !['open', 'running'].includes(document.querySelector(`#course ${selector}`).dataset.state), selector, 300000);
      const words = await question.locator('.result').innerText();
      assert.equal(await question.getAttribute('data-state'), 'seen', `the claim is false: ${words}`);
      assert.doesNotMatch(await this.#numbers(`${selector} .result`), /–/, `a number is unknown: ${words}`);
      if (/^As you expected/.test(words)) return;
      await this.press(`${selector} .quiet`);
    }
    assert.fail('no choice is right');
  }

  #numbers(selector) {
    return this.page.locator(`#course ${selector} .number`).allInnerTexts().then((texts) => texts.join(' '));
  }

  async untilGoalIsMet() {
    await until(this.page, () => [...document.querySelectorAll('#course .goal')].every((goal) => goal.dataset.state === 'met'), null, 300000);
    assert.doesNotMatch(await this.#numbers('.goal .result'), /–/);
  }

  // The title of the page that is open, once it is there.
  title() {
    return this.page.locator('#course h3').innerText();
  }

  async next() {
    const before = await this.page.evaluate(() => location.hash);
    await this.press('#course-next');
    await until(this.page, (before) => location.hash !== before || document.getElementById('course').hidden, before, 120000);
  }
}
