// Moves files between the page and the disk of the reader. Knows nothing of their content.

const kMaxBytes = 64 * 1024 * 1024;  // keep equal to kMaxOpenedBytes in src/platform/window.hpp

// The bytes of a File, a Blob, an ArrayBuffer or a view of one. Throws an Error with a sentence if
// they cannot be read.
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

// The file of a drop; throws unless it is exactly one.
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
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);  // Safari reads it after the click
}

// Lets the reader choose a file and calls `act(file)` if one is chosen. Browsers allow it only in
// response to a press.
export function chooseFile(act) {
  const input = document.createElement('input');
  input.type = 'file';
  input.addEventListener('change', () => {
    if (input.files[0]) act(input.files[0]);
  });
  input.click();
}
