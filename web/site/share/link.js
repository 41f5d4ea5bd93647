// What the sheet "Share" hands out, as the part of a link after '#', and as code for other pages. Knows no elements.
import { packed } from '../packed.js';

const kMostLetters = 12000;  // of a state in a link: some programs cut longer ones

const encoded = (text) => encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':');
const items = (pairs) => pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false)
  .map(([name, value]) => `${name}=${value === true ? 1 : encoded(String(value))}`);
const joined = (...parts) => parts.flat().filter(Boolean).join('&');
const experimentOf = (downhill) => new URL(downhill.link()).hash.slice(1);
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(bytes < 100000 ? 1 : 0)} KB`;

// `look`: {view, hide, speed, text, play}, as options.js reads them. Each kind gives {fragment, words}, and perhaps the
// file that goes with the link.
export const kKinds = {
  async experiment(downhill, look) {
    return { fragment: joined(items(Object.entries(look)), experimentOf(downhill)), words: 'From its initial weights, it gives the same run, number for number.' };
  },

  async state(downhill, look) {
    const file = await downhill.save('checkpoint');
    const letters = await packed(file.bytes);
    const fits = letters.length <= kMostLetters;
    const { step } = downhill.state();
    return {
      file,
      fragment: joined(items(Object.entries(look)), fits && `state=${letters}`, experimentOf(downhill)),
      words: fits
        ? `The run after ${step} steps, weights and all, is in the link (${kilobytes(letters.length)}). It goes on with the same bits.`
        : `The run after ${step} steps has ${kilobytes(file.bytes.length)}: too much for a link, which therefore opens the experiment `
          + 'alone. Hand the file out with it: dropped on the page, it goes on with the same bits.',
    };
  },

  async result(downhill, look) {
    const { bytes } = await downhill.save('result');
    const text = new TextDecoder().decode(bytes);
    const [, experiment] = /^experiment (.*)$/m.exec(text);
    const [, digest] = /^digest (.*)$/m.exec(text);
    const sets = text.match(/^set /gm)?.length ?? 0;
    const { step } = downhill.state();
    return {
      fragment: joined(items(Object.entries({ ...look, play: false })), `result=${await packed(bytes)}`, experiment),
      words: `${step} steps with ${sets === 1 ? 'one change' : `${sets} changes`} on the way. Who opens the link sees them done again, and whether the `
        + `weights come out with the digest ${digest}.`,
    };
  },

  async race(downhill, look, { rates, epochs }) {
    const args = { rates: rates.replaceAll(' ', ''), epochs: epochs.trim() };
    if (!args.rates) delete args.rates;
    const wrong = downhill.check('race', args);
    if (wrong) throw new Error(wrong);
    return {
      fragment: joined(items([...Object.entries({ ...look, view: '', play: false }), ['raceEpochs', args.epochs]]),
        `race=${encoded(args.rates ?? '')}`, experimentOf(downhill)),
      words: 'The race begins when the link is opened: each rate in an engine of its own.',
    };
  },

  async chapter(downhill, { text }, { chapter }) {
    return { fragment: joined(`chapter=${chapter}`, items([['text', text]])), words: 'A chapter arranges the page itself.' };
  },
};

const quoted = (text) => `"${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;

// For a page that allows scripts, and for one that does not.
export const kCodes = {
  element: (page, fragment) =>
    `<script src=${quoted(new URL('down-hill.js', page).href)} async></script>\n<down-hill experiment=${quoted(fragment)}></down-hill>`,
  frame: (page, fragment) => {
    const address = new URL('index.html?embed', page);
    address.hash = fragment;
    return `<iframe src=${quoted(address.href)} title="Downhill" width="800" height="560" allow="clipboard-write"></iframe>`;
  },
};
