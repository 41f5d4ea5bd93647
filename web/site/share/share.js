// The sheet "Share": what is handed out, how it opens, and the link, the QR code and the code for other pages that say
// so; pictures and numbers as files. A client of window.downhill.
import { parseContents } from '../course/contents.js';
import { element } from '../element.js';
import { kTables } from '../tables.js';
import { kCodes, kKinds } from './link.js';
import { drawCode, kMostInCode } from './code.js';

const kPage = new URL('../', import.meta.url);
const kTitles = {
  experiment: ['This experiment', 'every choice, from its initial weights'],
  state: ['This state', 'weights and place in the run'],
  result: ['A result', 'what was done, to be checked by others'],
  race: ['A race', 'several learning rates side by side'],
  chapter: ['A chapter', 'a page of the course'],
};
const kParts = { experiment: 'experiment', steps: 'steps', dial: 'dial', curves: 'curves' };
const kSpeeds = [['', 'as the reader likes'], ['1', '1 batch per second'], ['10', '10 batches per second'], ['0', 'full speed']];
const kSizes = [['', 'usual'], ['1.25', '125 %'], ['1.5', '150 %'], ['2', '200 %: projector']];
const kPictures = { page: 'The whole page', stage: 'The stage', curves: 'All curves', 'loss-curve': 'The loss', 'accuracy-curve': 'The accuracy',
  'third-curve': 'The third curve', dial: 'The dial' };

const withoutTag = (sentence) => sentence.replace(/^\[\w+\] /, '');

const loadOnce = (() => {
  let styled = null;
  return () => (styled ??= new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: new URL('share.css', import.meta.url).href });
    link.onload = resolve;
    link.onerror = () => {
      styled = null;
      reject(new Error('[share] its style sheet did not arrive'));
    };
    document.head.append(link);
  }));
})();

async function chapters() {
  const response = await fetch(new URL('course/en/contents.md', kPage)).catch(() => null);
  return response?.ok ? parseContents(await response.text()) : [];
}

// Every view has a name, and a command with none of them is refused with all of them.
function viewNames(downhill) {
  return downhill.check('show', { view: 'x' }).split(' is none of ')[1]?.split(', ') ?? [];
}

export async function openSheet(downhill, host) {
  if (document.getElementById('share')) return;
  if (!globalThis.HTMLDialogElement) {
    throw new Error('[share] this browser has no dialogs: Chrome has them from version 37, Firefox from 98, Safari from 15.4');
  }
  const [list] = await Promise.all([chapters(), loadOnce()]);
  if (!document.getElementById('share')) new Sheet(downhill, host, list).open();
}

const select = (id, choices) => element('select', { id }, ...choices.map(([value, label]) => element('option', { value }, label)));
const field = (label, control) => element('label', { class: 'field' }, element('span', {}, label), control);
const check = (id, label) => element('label', { class: 'check' }, element('input', { type: 'checkbox', id }), label);

class Sheet {
  #downhill;
  #host;
  #dialog;
  #turn = 0;       // grows with every change: what was made for an older one is dropped
  #file = null;    // that goes with the link
  #fragment = '';
  #status = element('p', { class: 'share-status', role: 'status' });
  #words = element('p', { class: 'share-words' });
  #link = element('input', { id: 'share-link', readonly: true, 'aria-label': 'Link', onfocus: ({ target }) => target.select() });
  #code = element('canvas', { id: 'share-code', role: 'img', 'aria-label': 'The link as a QR code' });
  #noCode = element('p', { class: 'share-no-code', hidden: true });
  #embed = element('textarea', { id: 'share-embed', readonly: true, rows: 3, 'aria-label': 'Code for another page',
    onfocus: ({ target }) => target.select() });
  #download = element('button', { type: 'button', id: 'share-file', hidden: true }, 'Download the run');

  constructor(downhill, host, list) {
    this.#downhill = downhill;
    this.#host = host;
    this.#dialog = element('dialog', { id: 'share', 'aria-labelledby': 'share-title' },
      element('header', {}, element('h2', { id: 'share-title' }, 'Share'),
        element('button', { type: 'button', id: 'share-close', 'aria-label': 'Close', onclick: () => this.#dialog.close() }, '✕')),
      element('div', { class: 'share-body' },
        element('div', { class: 'share-choices' }, this.#whatFields(list), this.#howFields()),
        element('div', { class: 'share-out' }, this.#outFields(), this.#fileFields())));
    this.#dialog.addEventListener('input', ({ target }) => target.closest('.share-choices') && this.#update());
    this.#dialog.addEventListener('click', ({ target }) => target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#dialog.remove());
    this.#download.addEventListener('click', () => this.#host.download(this.#file.name, this.#file.bytes));
  }

  open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#find('share-copy').focus();
    this.#update();
  }

  #find(id) {
    return this.#dialog.querySelector(`#${id}`);
  }

  // ---- choices -----------------------------------------------------------------------------------------------------

  #whatFields(list) {
    const { race } = this.#downhill.state();
    const rows = Object.entries(kTitles).filter(([kind]) => kind !== 'chapter' || list.length > 0).map(([kind, [title, about]]) =>
      element('label', { class: 'kind' },
        element('input', { type: 'radio', name: 'share-kind', value: kind, checked: kind === 'experiment' }),
        element('span', {}, element('strong', {}, title), element('small', {}, about))));
    const rates = element('input', { id: 'share-rates', placeholder: 'five around the dial', autocomplete: 'off', inputmode: 'text' });
    const epochs = element('input', { id: 'share-epochs', inputmode: 'numeric', autocomplete: 'off', size: 4 });
    rates.value = race ? race.lanes.map(({ lr }) => lr).join(', ') : '';
    epochs.value = String(race?.epochs ?? 2);
    return element('fieldset', {}, element('legend', {}, 'What'), ...rows,
      element('div', { class: 'more', 'data-of': 'race' }, field('Learning rates', rates), field('Epochs', epochs)),
      element('div', { class: 'more', 'data-of': 'chapter' },
        field('Chapter', select('share-chapter', list.map(({ number, title }) => [String(number), `${number} · ${title}`])))),
      this.#words, this.#download);
  }

  #howFields() {
    const views = viewNames(this.#downhill).map((name) => [name, name.replace(':', ': ').replaceAll('-', ' ')]);
    return element('fieldset', { id: 'share-how' }, element('legend', {}, 'How it opens'),
      field('View', select('share-view', [['', 'the usual one'], ...views])),
      field('Speed', select('share-speed', kSpeeds)),
      field('Text', select('share-text', kSizes)),
      element('div', { class: 'hides', role: 'group', 'aria-label': 'Hide' }, element('span', {}, 'Hide'),
        ...Object.entries(kParts).map(([part, label]) => check(`share-hide-${part}`, label))),
      check('share-play', 'Play at once'));
  }

  #outFields() {
    const kind = select('share-embed-kind', [['element', 'an element'], ['frame', 'a frame']]);
    kind.addEventListener('input', () => this.#writeCode());
    return element('section', {},
      element('div', { class: 'share-picture' }, this.#code, this.#noCode),
      element('div', { class: 'row' }, this.#link, this.#copyButton('share-copy', 'Copy link', this.#link)),
      element('div', { class: 'row' }, field('Embed', kind), this.#copyButton('share-copy-embed', 'Copy code', this.#embed)),
      this.#embed, this.#status);
  }

  #copyButton(id, label, source) {
    return element('button', { type: 'button', id, class: id === 'share-copy' ? 'primary' : '', onclick: async () => {
      try {
        await navigator.clipboard.writeText(source.value);
        this.#say('It is on the clipboard.');
      } catch {
        source.focus();
        this.#say('The browser does not let the page copy. The text is selected: press Ctrl+C.');
      }
    } }, label);
  }

  #look() {
    const value = (id) => this.#find(id).value;
    const hidden = Object.keys(kParts).filter((part) => this.#find(`share-hide-${part}`).checked);
    return { view: value('share-view'), hide: hidden.join(','), speed: value('share-speed'), text: value('share-text'),
      play: this.#find('share-play').checked };
  }

  async #update() {
    const turn = ++this.#turn;
    const kind = this.#dialog.querySelector('[name="share-kind"]:checked').value;
    for (const more of this.#dialog.querySelectorAll('.more')) more.hidden = more.dataset.of !== kind;
    for (const id of ['share-view', 'share-speed', 'share-play', ...Object.keys(kParts).map((part) => `share-hide-${part}`)]) {
      const of = { 'share-view': ['chapter', 'race'], 'share-play': ['chapter', 'race', 'result'] }[id] ?? ['chapter'];
      this.#find(id).disabled = of.includes(kind);
    }
    const more = { rates: this.#find('share-rates').value, epochs: this.#find('share-epochs').value,
      chapter: this.#find('share-chapter')?.value };
    try {
      const made = await kKinds[kind](this.#downhill, this.#look(), more);
      if (turn === this.#turn) this.#show(made);
    } catch (error) {
      if (turn === this.#turn) this.#refuse(withoutTag(error.message));
    }
  }

  // ---- what comes of them -------------------------------------------------------------------------------------------

  #show({ fragment, words, file = null }) {
    this.#fragment = fragment;
    this.#file = file;
    this.#link.value = this.#host.link(fragment);
    this.#words.textContent = words;
    this.#words.classList.remove('wrong');
    this.#download.hidden = file === null;
    const fits = drawCode(this.#code, this.#link.value);
    this.#code.hidden = !fits;
    this.#noCode.hidden = fits;
    this.#noCode.textContent = `The link has ${this.#link.value.length.toLocaleString('en')} characters. A QR code holds ${kMostInCode.toLocaleString('en')}.`;
    this.#writeCode();
    this.#ready(true);
  }

  #refuse(sentence) {
    this.#words.textContent = sentence;
    this.#words.classList.add('wrong');
    this.#link.value = this.#embed.value = this.#noCode.textContent = '';
    this.#code.hidden = this.#download.hidden = true;
    this.#ready(false);
  }

  #ready(ready) {
    for (const id of ['share-copy', 'share-copy-embed']) this.#find(id).disabled = !ready;
  }

  #writeCode() {
    this.#embed.value = kCodes[this.#find('share-embed-kind').value](new URL('./', this.#link.value), this.#fragment);
  }

  #say(sentence) {
    this.#status.textContent = sentence;
  }

  // ---- files ---------------------------------------------------------------------------------------------------------

  #fileFields() {
    const shown = new Set(['page', ...this.#downhill.pictures().map(({ name }) => name)]);
    const pictures = select('share-picture', Object.entries(kPictures).filter(([name]) => shown.has(name)));
    const tables = select('share-table', Object.entries(kTables));
    const give = async (make) => {
      try {
        const { name, bytes } = await make();
        this.#host.download(name, bytes);
        this.#say(`${name} is on its way to your downloads.`);
      } catch (error) {
        this.#say(withoutTag(error.message));
      }
    };
    const button = (id, label, act) => element('button', { type: 'button', id, onclick: act }, label);
    return element('section', { class: 'share-files' }, element('h3', {}, 'Pictures and numbers'),
      element('div', { class: 'row' }, field('Picture', pictures),
        button('share-png', 'PNG', () => give(() => this.#downhill.picture(pictures.value)))),
      element('div', { class: 'row' }, field('Numbers', tables),
        button('share-csv', 'CSV', () => give(() => this.#downhill.table(tables.value)))),
      button('share-print', 'Print the page', () => {
        this.#dialog.close();
        print();
      }));
  }
}
