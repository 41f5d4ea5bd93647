// Files between the page and the reader's disk. Knows nothing of what is in them.

const kMaxBytes = 64 * 1024 * 1024;  // src/platform/window.hpp has the same number

// The bytes of a File, a Blob, an ArrayBuffer or a view of one. What cannot be read is an Error with a sentence.
export async function bytesOf(source) {
  const name = source instanceof File ? source.name : 'the file';
  const size = source instanceof Blob ? source.size : source?.byteLength;
  if (!Number.isInteger(size)) {
    throw new Error('[load] that is no file: a File, a Blob, an ArrayBuffer or a Uint8Array is needed');
  }
  if (size > kMaxBytes) {
    throw new Error(`[load] ${name} has ${Math.ceil(size / 2 ** 20)} MB, and 64 MB are the most that is read`);
  }
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  try {
    return new Uint8Array(source instanceof Blob ? await source.arrayBuffer() : source);
  } catch {
    throw new Error(`[load] ${name} cannot be read: is it a folder, or has it changed meanwhile?`);
  }
}

// The one file of a drop.
export function droppedFile(dropped) {
  const [item] = dropped.items;
  const [file] = dropped.files;
  if (!file || item?.webkitGetAsEntry?.()?.isDirectory) throw new Error('[load] what was dropped is no file');
  if (dropped.files.length > 1) throw new Error('[load] one file at a time, please');
  return file;
}

export function download(name, bytes) {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);  // Safari reads it later than the click
}

// Lets the reader choose a file: `act(file)`, if one is chosen. Only as the consequence of a press.
export function chooseFile(act) {
  const input = document.createElement('input');
  input.type = 'file';
  input.addEventListener('change', () => {
    if (input.files[0]) act(input.files[0]);
  });
  input.click();
}
