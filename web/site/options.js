// How a link opens the page: with which view, without which parts, how fast; with the weights, the race or the result
// that it carries. All of it goes through window.downhill, which refuses what is not right with a sentence.

const kMostState = 64 * 1024;   // bytes, inflated

async function show(downhill, options) {
  const args = {};
  if (options.has('view')) args.view = options.get('view');
  if (options.has('hide')) args.hide = options.get('hide');
  if (Object.keys(args).length > 0) await downhill.send('show', args);
}

async function load(downhill, text) {
  const { unpacked } = await import('./packed.js');
  await downhill.load(await unpacked(text, kMostState, '[state] the link'));
}

async function race(downhill, options) {
  const args = {};
  if (options.get('race')) args.rates = options.get('race');
  if (options.has('raceEpochs')) args.epochs = options.get('raceEpochs');
  const wrong = downhill.check('race', args);
  if (wrong) throw new Error(wrong);
  if (!options.has('view')) await downhill.send('show', { view: 'race' });
  downhill.send('race', args).catch(() => {});  // who cancels it knows
}

async function replay(downhill, text) {
  const { replayed } = await import('./result.js');
  await replayed(downhill, text);
}

// What is shown is arranged before the first frame, everything else once the data are there. `say` tells the reader
// what could not be done; the rest is.
export async function follow(options, downhill, say) {
  const tell = (error) => say(error.message);
  const text = options.get('text');
  if (text !== undefined && !(text >= 0.5 && text <= 3)) say(`[text] “${text.slice(0, 20)}” is not a number from 0.5 to 3`);
  await show(downhill, options).catch(tell);
  await downhill.ready;
  const acts = {
    speed: (text) => downhill.send('speed', { batches: text }),
    state: (text) => load(downhill, text),
    result: (text) => replay(downhill, text),
    race: () => race(downhill, options),
    play: () => downhill.send('play'),
  };
  for (const [name, act] of Object.entries(acts)) {
    if (!options.has(name) || options.get(name) === 'false') continue;
    await act(options.get(name)).catch(tell);
  }
}
