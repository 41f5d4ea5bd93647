// The marks of a lesson inside its text, as extensions of the Markdown parser:
//
//   {trainLoss|0.00}             a live number
//   {?gradient}                  a word that explains itself; [gradients]{?gradient} says it otherwise
//   [Train]{step unit=epoch}     a button: commands of send()
//   [the dial]{@lr-dial}         a pointer to a widget on the canvas
//   $x^2$                        a formula
import { parseCommands } from './commands.js';
import { parseNumber } from './expression.js';
import { parseFormula } from './formula.js';

const kWidget = /^@([a-z0-9_:-]{1,31})(?:\s+in\s+([a-z0-9:-]{1,31}))?$/;

export const kMostMarks = 1000;

// `check`: {command(name, args), field(path), word(name)}, each of which returns what is wrong, or nothing.
export function markExtensions(check) {
  let marks = 0;
  const counted = (raw, token) => {
    if (++marks > kMostMarks) throw new Error(`more than ${kMostMarks} marks are too many for one lesson`);
    return { raw, ...token };
  };

  const inBraces = (raw, text) => {
    if (text.startsWith('?')) return counted(raw, word(text.slice(1), text.slice(1)));
    return counted(raw, { type: 'number', ...parseNumber(text, check.field) });
  };
  const word = (name, label) => {
    const wrong = check.word(name.trim());
    if (wrong) throw new Error(wrong);
    return { type: 'word', word: name.trim(), label: label.trim() };
  };
  const labelled = (raw, label, text) => {
    if (text.startsWith('?')) return counted(raw, word(text.slice(1), label));
    if (text.startsWith('@')) return counted(raw, pointer(label, text.trim()));
    return counted(raw, { type: 'button', label, commands: parseCommands(text, check.command) });
  };
  const pointer = (label, text) => {
    const found = kWidget.exec(text);
    if (!found) throw new Error(`“${text}” names no widget; write @name or @name in view`);
    const [, widget, view] = found;
    const wrong = check.command('show', view ? { view, widget } : { widget });
    if (wrong) throw new Error(wrong);
    return { type: 'pointer', label, widget, view };
  };

  // A mark that begins and does not end would be shown as it is, which nobody wants.
  const extension = (name, opening, pattern, take) => ({
    name,
    level: 'inline',
    start: (source) => {
      const at = source.indexOf(opening);
      return at < 0 ? undefined : at;
    },
    tokenizer(source) {
      const found = pattern.exec(source);
      return found ? take(...found) : undefined;
    },
  });
  return [
    extension('braces', '{', /^\{([^{}\n]*)\}/, inBraces),
    extension('labelled', '[', /^\[([^[\]\n]{1,200})\]\{([^{}\n]*)\}/, labelled),
    extension('formula', '$', /^\$([^$\n]+)\$/, (raw, text) => counted(raw, { type: 'formula', tree: parseFormula(text) })),
  ];
}
