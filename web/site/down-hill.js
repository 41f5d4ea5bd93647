// <down-hill experiment="model=linear&amp;lr=0.1" view="gradient" hide="experiment,curves"></down-hill>: Downhill in a
// page of your own, as a frame, with the interface of window.downhill as methods that return promises. A classic script,
// which any host may serve to any page. web/README.md describes its attributes.
'use strict';

{  // keeps its names out of the page
  const kHere = document.currentScript?.src ?? location.href;
  const kCalls = ['send', 'check', 'save', 'load', 'learn', 'lesson', 'lessonLink', 'share', 'picture', 'table', 'state', 'link',
    'widgets', 'pictures', 'defaults'];
  const kOptions = { chapter: 'chapter', view: 'view', hide: 'hide', speed: 'speed', text: 'text', race: 'race',
    'race-epochs': 'raceEpochs', play: 'play' };
  const kSilentMs = 30000;

  const style = new CSSStyleSheet();
  style.replaceSync(':host { display: block; width: 100%; height: 560px; } :host([hidden]) { display: none; } '
    + 'iframe { display: block; width: 100%; height: 100%; border: 0; border-radius: inherit; }');

  class DownHill extends HTMLElement {
    static observedAttributes = ['experiment', ...Object.keys(kOptions)];

    #frame = null;
    #speaks = false;         // the page in the frame has said hello
    #trouble = null;         // why it cannot start
    #last = 0;
    #waiting = new Map();    // id -> {message, resolve, reject}
    #listeners = new Map();  // event -> Set of functions
    #timer = 0;
    #take = (event) => this.#receive(event);

    connectedCallback() {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [style];
      const frame = document.createElement('iframe');
      frame.title = this.title || 'Downhill: gradient descent, live';
      frame.allow = 'clipboard-write; fullscreen';
      for (const name of ['sandbox', 'loading']) {
        if (this.hasAttribute(name)) frame.setAttribute(name, this.getAttribute(name));
      }
      frame.src = this.#address();
      frame.addEventListener('load', () => this.#expectHello());
      addEventListener('message', this.#take);
      this.#frame = frame;
      root.replaceChildren(frame);
    }

    disconnectedCallback() {
      removeEventListener('message', this.#take);
      clearTimeout(this.#timer);
      this.#speaks = false;
      this.#trouble = null;
      this.#frame = null;
      this.#fail('[down-hill] it was taken out of the page');
    }

    // Another fragment does not load the page again.
    attributeChangedCallback() {
      if (this.#frame) this.#frame.src = this.#address();
    }

    // Settles when the page in the frame can train.
    get ready() {
      return this.#call('ready', []);
    }

    // The same events as window.downhill; returns a function that unsubscribes.
    on(event, act) {
      if (typeof act !== 'function') throw new Error('on(event, fn) needs a function');
      if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
      this.#listeners.get(event).add(act);
      this.#call('on', [event]).catch((error) => reportError(error));
      return () => this.#listeners.get(event).delete(act);
    }

    #address() {
      const address = new URL('index.html', kHere);
      address.searchParams.set('embed', '');
      address.searchParams.set('origins', this.getAttribute('origins') ?? origin);
      if (this.hasAttribute('sandbox')) address.searchParams.set('sandbox', this.getAttribute('sandbox'));
      const items = Object.entries(kOptions).filter(([attribute]) => this.hasAttribute(attribute))
        .map(([attribute, name]) => `${name}=${encodeURIComponent(this.getAttribute(attribute))}`);
      const experiment = (this.getAttribute('experiment') ?? '').replace(/^#/, '');
      address.hash = [...items, experiment].filter(Boolean).join('&');
      return address.href;
    }

    #call(name, args) {
      return new Promise((resolve, reject) => {
        if (this.#trouble || !this.#frame) {
          reject(new Error(this.#trouble ?? '[down-hill] it is not in the page yet'));
          return;
        }
        const message = { downhill: 1, id: ++this.#last, call: name, args };
        this.#waiting.set(message.id, { message, resolve, reject });
        if (this.#speaks) this.#post(message);
      });
    }

    #post(message) {
      this.#frame.contentWindow.postMessage(message, new URL(kHere).origin);
    }

    #receive({ source, origin, data }) {
      if (source !== this.#frame?.contentWindow || data?.downhill !== 1) return;
      if (data.event === 'trouble') {  // of a frame without an origin, too
        this.#trouble = String(data.error);
        clearTimeout(this.#timer);
        this.#fail(this.#trouble);
      }
      if (origin !== new URL(kHere).origin) return;
      if (data.event === 'hello') this.#begin();
      else if (data.event) this.#tell(data.event, data.state);
      const waiting = this.#waiting.get(data.id);
      if (!waiting) return;
      this.#waiting.delete(data.id);
      if ('error' in data) waiting.reject(new Error(data.error));
      else waiting.resolve(data.result);
    }

    // Also after the frame was loaded again.
    #begin() {
      clearTimeout(this.#timer);
      this.#trouble = null;
      const known = this.#speaks;
      this.#speaks = true;
      for (const { message } of this.#waiting.values()) this.#post(message);
      if (!known) return;
      for (const event of this.#listeners.keys()) this.#call('on', [event]).catch(() => {});
    }

    #tell(event, state) {
      for (const act of [...this.#listeners.get(event) ?? []]) {
        try {
          act(state);
        } catch (error) {
          reportError(error);
        }
      }
    }

    #expectHello() {
      clearTimeout(this.#timer);
      if (this.#speaks || this.#trouble) return;
      this.#timer = setTimeout(() => this.#fail(`[down-hill] the page at ${new URL(kHere).origin} does not answer`), kSilentMs);
    }

    #fail(sentence) {
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting) reject(new Error(sentence));
    }

    static {
      for (const name of kCalls) {
        this.prototype[name] = function call(...args) {
          return this.#call(name, args);
        };
      }
    }
  }

  if (!customElements.get('down-hill')) customElements.define('down-hill', DownHill);
}
