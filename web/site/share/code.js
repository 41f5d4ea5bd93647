// A text as a QR code on a canvas, dark on light in both themes.
import qrcode from './qrcode.js';

export const kMostInCode = 2953;  // bytes, with the least correction of errors
const kMargin = 4;                // modules around it, as its norm asks
const kPixels = 6;                // of a module: sharp also where the canvas is shown larger

// False if the text is too long.
export function drawCode(canvas, text) {
  if (new TextEncoder().encode(text).length > kMostInCode) return false;
  const code = qrcode(0, text.length > 600 ? 'L' : 'M');
  code.addData(text, 'Byte');
  code.make();
  const modules = code.getModuleCount();
  canvas.width = canvas.height = (modules + 2 * kMargin) * kPixels;
  const brush = canvas.getContext('2d');
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = '#000';
  for (let row = 0; row < modules; ++row) {
    for (let column = 0; column < modules; ++column) {
      if (code.isDark(row, column)) brush.fillRect((column + kMargin) * kPixels, (row + kMargin) * kPixels, kPixels, kPixels);
    }
  }
  return true;
}
