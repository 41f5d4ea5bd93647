// Shows questions, goals, hints and the sentence to remember, and lets them happen.
import { runCommands } from './commands.js';
import { element } from './render.js';

const kDifferent = 'This time the run did otherwise than this chapter expects: an experiment that was changed by hand can do that. '
  + '“Start this page again” brings back the experiment of the chapter.';

// `page`: {downhill, live, renderer, frozen(state, before) -> Renderer, alive(), before, done(number), say(text)}
export function blockElement(block, number, page) {
  return kViews[block.kind](block, number, page);
}

const status = () => element('div', { class: 'result', role: 'status', 'aria-live': 'polite' });

// What has happened, where the sheet is low or the page long.
const bringIntoSight = (result) => result.scrollIntoView({ block: 'nearest' });

const kViews = {
  text: ({ tokens }, _, page) => element('div', { class: 'text' }, ...page.renderer.nodes(tokens)),
  remember: ({ tokens }, _, page) => element('section', { class: 'remember', 'aria-label': 'To remember' }, ...page.renderer.nodes(tokens)),
  hint: ({ tokens }, _, page) =>
    element('details', { class: 'hint' }, element('summary', {}, 'A hint'), ...page.renderer.nodes(tokens)),
  show: () => document.createDocumentFragment(),
  question: questionElement,
  goal: goalElement,
};

// The answer first, then the run, then what was seen, with the numbers of that moment.
function questionElement(block, number, page) {
  const result = status();
  const choices = block.choices.map((choice) => element('button', {
    type: 'button', class: 'choice', 'aria-pressed': 'false', onclick: () => answer(choice),
  }, ...page.renderer.inline(choice.tokens)));
  const title = element('legend', {}, ...page.renderer.inline(block.ask));
  const whole = element('fieldset', { class: 'question', 'data-state': 'open' }, title, ...choices, result);

  const set = (state) => {
    whole.dataset.state = state;
    choices.forEach((button) => { button.disabled = state !== 'open'; });
  };

  async function answer(choice) {
    const before = page.live.state();
    const chosen = block.choices.indexOf(choice);
    choices[chosen].setAttribute('aria-pressed', 'true');
    set('running');
    result.replaceChildren(block.commands.length ? 'It runs…' : '');
    try {
      await runCommands(page.downhill, block.commands, page.alive);
    } catch (error) {
      if (page.alive()) refused(error);
      return;
    }
    if (page.alive()) tell(choice, before);
  }

  function refused(error) {
    result.replaceChildren(element('p', { class: 'wrong' }, error.message.replace(/^\[\w+\] /, '')), again());
    set('refused');
  }

  function tell(choice, before) {
    const state = page.live.state();
    const holds = !block.claim || block.claim({ state, before }) === true;
    const shown = page.frozen(state, before);
    set(holds ? 'seen' : 'different');
    block.choices.forEach(({ right }, index) => { choices[index].dataset.right = String(right && holds); });
    const parts = [];
    if (holds) {
      parts.push(element('p', { class: 'verdict' }, choice.right ? 'As you expected.' : 'Not what you expected.'));
      parts.push(element('p', {}, ...shown.inline(block.seen)));
      page.done(number);
    } else {
      parts.push(element('p', { class: 'wrong' }, ...(block.otherwise ? shown.inline(block.otherwise) : [kDifferent])));
    }
    result.replaceChildren(...parts, again());
    bringIntoSight(result);
  }

  const again = () => againButton(() => {
    result.replaceChildren();
    unanswered(choices);
    set('open');
    choices[0].focus();
  });

  return whole;
}

const againButton = (act) => element('button', { type: 'button', class: 'quiet', onclick: act }, 'Ask me again');

function unanswered(choices) {
  for (const button of choices) {
    button.setAttribute('aria-pressed', 'false');
    delete button.dataset.right;
  }
}

// Something that only the learner can do, watched until it is done.
function goalElement(block, number, page) {
  const result = status();
  const whole = element('section', { class: 'goal', 'aria-label': 'Something to do', 'data-state': 'open' },
    element('p', {}, ...page.renderer.inline(block.ask)), result);
  let end = null;
  end = page.live.watch((state) => {
    if (!page.alive() || whole.dataset.state === 'met' || block.until({ state, before: page.before() }) !== true) return;
    whole.dataset.state = 'met';
    const shown = page.frozen(state, page.before());
    result.replaceChildren(element('p', { class: 'verdict' }, 'Done.'), element('p', {}, ...shown.inline(block.done)));
    bringIntoSight(result);
    page.done(number);
    end?.();
  });
  return whole;
}
