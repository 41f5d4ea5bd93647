// A quiet bar at the lower edge: a newer version is there, or the run from before the course. It moves nothing, and
// forces nobody.

let bar = null;

function button(id, words, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.id = id;
  made.textContent = words;
  made.addEventListener('click', act);
  return made;
}

function hideNews() {
  bar?.remove();
  bar = null;
}

// One at a time; the last one stands. `act` is called when its button is pressed, and the bar goes.
export function showNews(sentence, act, label = 'Reload') {
  hideNews();
  const text = document.createElement('p');
  text.textContent = sentence;
  bar = document.createElement('aside');
  bar.id = 'news';
  bar.setAttribute('role', 'status');
  const close = button('news-close', '✕', hideNews);
  close.setAttribute('aria-label', 'Not now');
  bar.append(text, button('news-act', label, () => { hideNews(); act(); }), close);
  document.querySelector('main').append(bar);
}

// Whether the site has another release than this page by now. No, as far as nothing is known.
export async function isReplaced(build) {
  try {
    const response = await fetch(new URL('../../', import.meta.url), { cache: 'no-store' });
    const [, newest] = /\bv\/([0-9a-f]+)\/boot\.js/.exec(await response.text()) ?? [];
    return response.ok && newest !== undefined && newest !== build;
  } catch {
    return false;
  }
}
