// The page in a frame of somebody else's page (index.html?embed): answers messages with window.downhill, and leaves the
// wheel to the host's page. A message is data: it can call what is listed here, and everything that window.downhill
// refuses comes back as a sentence. web/README.md has the form of the messages.

const kCalls = new Set(['send', 'check', 'save', 'load', 'learn', 'lesson', 'lessonLink', 'share', 'picture', 'table', 'state',
  'link', 'widgets', 'pictures', 'defaults']);
const kMostArguments = 4;

const originOf = (address) => {
  try {
    const { origin } = new URL(address);
    return origin === 'null' ? null : origin;  // of an address that has none
  } catch {
    return null;
  }
};

// Of the page around this one, as far as the browser tells.
function hostOrigin() {
  try {
    return parent.location.origin;
  } catch {
    return location.ancestorOrigins?.[0] ?? originOf(document.referrer);
  }
}

// Those that may send messages: of the parameter, or that of the page around this one alone.
export function allowedOrigins(list, host) {
  const given = (list ?? '').split(/[\s,]+/).filter(Boolean).map((text) => (text === 'null' ? text : originOf(text)));
  return new Set((given.length > 0 ? given : [host]).filter(Boolean));
}

export class Embed {
  #downhill;
  #origins;
  #listening = new Map();  // name of an event -> function that ends it

  constructor(downhill, host, query) {
    this.#downhill = downhill;
    this.#shareWheel(host);
    const tokens = window.frameElement?.getAttribute('sandbox') ?? query.get('sandbox');
    if (tokens !== null && !tokens.split(/\s+/).includes('allow-downloads')) {
      host.onDownload = () => '[save] the frame of this page allows no downloads: its sandbox lacks allow-downloads';
    }
    if (parent === window) return;
    this.#origins = allowedOrigins(query.get('origins'), hostOrigin());
    addEventListener('message', (event) => this.#take(event));
    parent.postMessage({ downhill: 1, event: 'hello', version: downhill.version }, '*');
  }

  // A frame that was clicked keeps the wheel, as a page does; any other one does with Ctrl. The same holds for a finger.
  #shareWheel(host) {
    const leaves = ({ ctrlKey }) => document.hasFocus() === ctrlKey;
    host.leavesWheel = leaves;
    addEventListener('wheel', (event) => {
      if (event.target.id === 'canvas' && !leaves(event)) event.preventDefault();
    }, { passive: false });
    const tell = () => { document.documentElement.dataset.embed = document.hasFocus() ? 'focused' : ''; };
    addEventListener('focus', tell);
    addEventListener('blur', tell);
  }

  async #take({ source, origin, data }) {
    if (source !== parent || data?.downhill !== 1 || !['string', 'number'].includes(typeof data.id)) return;
    const answer = (content, ...transfer) => {
      source.postMessage({ downhill: 1, id: data.id, ...content }, origin === 'null' ? '*' : origin, ...transfer);
    };
    try {
      if (!this.#origins.has(origin)) throw new Error(`[embed] ${origin} is not among the origins that may talk to this page`);
      answer({ result: await this.#call(data.call, data.args ?? []) });
    } catch (error) {
      answer({ error: error.message });
    }
  }

  async #call(name, args) {
    const downhill = this.#downhill;
    if (!Array.isArray(args) || args.length > kMostArguments) throw new Error('[embed] args is a list of arguments');
    if (name === 'ready') {
      await downhill.ready;
      return downhill.version;
    }
    if (name === 'on') return this.#listen(args[0]);
    if (name === 'off') return this.#unlisten(args[0]);
    if (!kCalls.has(name)) throw new Error(`[embed] there is no call of that name; there are ready, on, off, ${[...kCalls].join(', ')}`);
    return downhill[name](...args);
  }

  #listen(event) {
    if (this.#listening.has(event)) return;
    this.#listening.set(event, this.#downhill.on(event, (state) => {
      for (const origin of this.#origins) parent.postMessage({ downhill: 1, event, state }, origin === 'null' ? '*' : origin);
    }));
  }

  #unlisten(event) {
    this.#listening.get(event)?.();
    this.#listening.delete(event);
  }
}
