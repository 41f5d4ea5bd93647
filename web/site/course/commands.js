// Commands as lessons write them: "step unit=epoch count=2; play". A value with spaces or semicolons is quoted.

const kMost = 20;  // in one mark
const kArgument = /^([a-z_0-9]+)=(?:"([^"]*)"|(\S+))$/;
// A file for the reader only at a press of theirs.
const kOnlyByHand = new Set(['save']);

// Splits at `separator`, but not inside quotes.
function split(text, separator) {
  const pieces = [''];
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (letter === separator && !quoted) pieces.push('');
    else pieces[pieces.length - 1] += letter;
  }
  if (quoted) throw new Error(`a quote is not closed in “${text}”`);
  return pieces.map((piece) => piece.trim()).filter(Boolean);
}

// `check(name, args)` returns why a command would be refused, or nothing.
export function parseCommands(text, check = () => '', byHand = true) {
  const commands = split(text, ';').map((piece) => {
    const [name, ...rest] = split(piece, ' ');
    const args = Object.create(null);
    for (const argument of rest) {
      const found = kArgument.exec(argument);
      if (!found) throw new Error(`“${argument}” is not of the form name=value`);
      args[found[1]] = found[2] ?? found[3];
    }
    if (!byHand && kOnlyByHand.has(name)) throw new Error(`${name} is for buttons only: a reader has to press it`);
    const wrong = check(name, args);
    if (wrong) throw new Error(wrong);
    return { name, args: { ...args } };
  });
  if (!commands.length) throw new Error('a command is missing');
  if (commands.length > kMost) throw new Error(`more than ${kMost} commands in one mark are too many`);
  return commands;
}

// One after the other; `alive()` says whether somebody still wants the rest.
export async function runCommands(downhill, commands, alive = () => true) {
  for (const { name, args } of commands) {
    if (!alive()) return;
    await downhill.send(name, args);
  }
}
