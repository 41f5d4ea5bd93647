// The page as a picture: a PNG of all of it or of one chart, and what is printed. The canvas is lent another shape, drawn
// at once and copied; then it is as it was.
import { sentence } from './mirror.js';

const kTimes = 2;
const kPaper = { width: 1320 * kTimes, height: 812 * kTimes, scale: kTimes, dark: false };  // a landscape page

// A 2D canvas with the part of the page that `place` gives, in pixels of the picture.
function drawn(downhill, host, shape, place) {
  const source = document.getElementById('canvas');
  const before = downhill.state().frames;
  host.lend(shape);
  try {
    downhill.draw();
    downhill.draw();  // some widgets know their size one frame later
    if (downhill.state().frames === before) throw new Error('[picture] the page cannot draw: its graphics are lost for a moment');
    const { x, y, width, height } = place();
    const copy = document.createElement('canvas');
    copy.width = width;
    copy.height = height;
    copy.getContext('2d').drawImage(source, x, y, width, height, 0, 0, width, height);
    return copy;
  } finally {
    host.lend(null);
    downhill.draw();
  }
}

function placeOf(downhill, name) {
  const pictures = downhill.pictures();
  const found = pictures.find((one) => one.name === name);
  if (!found) throw new Error(`[picture] “${name}” is not on the page; there are page, ${pictures.map((one) => one.name).join(', ')}`);
  const [x, y, width, height] = [found.x, found.y, found.width, found.height].map((side) => Math.round(side * kTimes));
  return { x, y, width, height };
}

export async function picture(downhill, host, name) {
  const { clientWidth, clientHeight } = document.getElementById('canvas');
  const shape = { width: clientWidth * kTimes, height: clientHeight * kTimes, scale: kTimes * host.text };
  if (name !== 'page') placeOf(downhill, name);  // refused before anything is drawn
  const whole = { x: 0, y: 0, width: shape.width, height: shape.height };
  const copy = drawn(downhill, host, shape, () => (name === 'page' ? whole : placeOf(downhill, name)));
  const blob = await new Promise((resolve) => { copy.toBlob(resolve, 'image/png'); });
  if (!blob) throw new Error('[picture] this browser makes no PNG of that size');
  return { name: `downhill-${name}.png`, bytes: new Uint8Array(await blob.arrayBuffer()) };
}

// Browsers say when they print, and wait for no promise.
export function watchPrinting(downhill, host) {
  let sheet = null;
  const clear = () => {
    sheet?.remove();
    sheet = null;
  };
  addEventListener('beforeprint', () => {
    clear();
    const line = (name, text) => Object.assign(document.createElement('p'), { className: name, textContent: text });
    sheet = Object.assign(document.createElement('section'), { id: 'paper' });
    try {
      sheet.append(drawn(downhill, host, kPaper, () => ({ ...kPaper, x: 0, y: 0 })));
    } catch (error) {
      sheet.append(line('words', error.message));
    }
    sheet.append(line('words', sentence(downhill.state())), line('link', downhill.link()));
    document.body.append(sheet);
  });
  addEventListener('afterprint', clear);
}
