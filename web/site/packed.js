// Texts and bytes in links: deflated, in base64 of the letters that addresses take.

const through = (bytes, transform) => new Blob([bytes]).stream().pipeThrough(transform);

export async function packed(content) {
  const bytes = new Uint8Array(await new Response(through(content, new CompressionStream('deflate-raw'))).arrayBuffer());
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

// The bytes. Stops inflating where there are too many, however small they were packed. `what` begins the sentences of
// what is wrong: "[lesson] the link".
export async function unpacked(letters, mostBytes, what) {
  const broken = new Error(`${what} is broken: what it holds cannot be read`);
  let bytes;
  try {
    bytes = Uint8Array.from(atob(letters.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  } catch {
    throw broken;
  }
  const reader = through(bytes, new DecompressionStream('deflate-raw')).getReader();
  const pieces = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read().catch(() => { throw broken; });
    if (done) break;
    size += value.length;
    if (size > mostBytes) {
      reader.cancel().catch(() => {});
      throw new Error(`${what} holds more than ${mostBytes / 1024} KB`);
    }
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

export async function unpackedText(letters, mostBytes, what) {
  const bytes = await unpacked(letters, mostBytes, what);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${what} is broken: what it holds is no text`);
  }
}
