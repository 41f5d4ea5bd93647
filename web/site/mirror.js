// For those who do not see the canvas: the state of the run in words (a polite live region), and real buttons.

const kQuietMs = 5000;  // while training runs, not more often than this

export class Mirror {
  #place;
  #downhill;
  #said = '';
  #at = -Infinity;

  constructor(place, controls, downhill) {
    this.#place = place;
    this.#downhill = downhill;
    for (const event of ['phase', 'play', 'pause', 'stop', 'diverged', 'error']) {
      downhill.on(event, (state) => this.#tell(state, event !== 'phase'));
    }
    controls.addEventListener('click', ({ target }) => {
      const { send, ...args } = target.dataset;
      if (!send) return;
      downhill.send(send, args)
        .then((state) => this.#tell(state, true))
        .catch((error) => this.#say(error.message));
    });
  }

  #tell(state, atOnce) {
    const now = performance.now();
    if (!atOnce && state.running && now - this.#at < kQuietMs) return;
    this.#at = now;
    this.#say(sentence(state));
  }

  #say(text) {
    if (text === this.#said) return;
    this.#said = text;
    this.#place.textContent = text;
  }
}

const kTools = {
  find_lr: 'Trying out learning rates.',
  sharpness: 'Measuring how sharply the loss bends.',
  loss_line: 'Measuring the loss along the gradient.',
};

// Points have a loss, and no accuracy.
function raceWords({ running, lanes }, byLoss) {
  const over = lanes.filter(({ state }) => !['waiting', 'starting', 'running'].includes(state));
  if (running) return `A race of learning rates is going: ${over.length} of ${lanes.length} are over.`;
  const result = ({ validAccuracy, validLoss }) => (byLoss ? validLoss?.toPrecision(3) : percent(validAccuracy));
  const told = lanes.map((lane) => `${lane.lr} ${lane.state === 'done' ? result(lane) : lane.state}`);
  return `The last race of learning rates, by ${byLoss ? 'loss' : 'accuracy'}: ${told.join(', ')}.`;
}

const percent = (fraction) => `${(fraction * 100).toFixed(1)} %`;

export function sentence(state) {
  const parts = [kTools[state.busyWith] ?? (state.running ? 'Training.' : 'At rest.')];
  if (state.loading) parts.push('All ten digits are on their way.');
  parts.push(`Epoch ${state.epoch}, step ${state.step}, phase ${state.phase}.`);
  if (Number.isFinite(state.trainLoss)) parts.push(`Loss ${state.trainLoss.toPrecision(3)}.`);
  if (Number.isFinite(state.validAccuracy)) {
    parts.push(`${percent(state.validAccuracy)} of the validation images are right`
      + (Number.isFinite(state.baselineAccuracy) ? `, pixel similarity has ${percent(state.baselineAccuracy)}.` : '.'));
  }
  if (state.race) parts.push(raceWords(state.race, state.spec.data !== 'digits'));
  if (state.diagnosis) parts.push(state.diagnosis);
  if (state.stopReason) parts.push(state.stopReason);
  if (state.note) parts.push(state.note);
  if (state.error) parts.push(state.error);
  return parts.join(' ');
}
