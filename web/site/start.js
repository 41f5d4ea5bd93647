// A classic script: browsers run it also where they load no modules, from a file and in a frame
// without an origin. Says there in a sentence why the page cannot start, and what to do.
(function () {
  'use strict';

  var kAsFile = 'Downhill was opened as a file, and browsers load no programs from files. Serve its folder instead: run '
    + '“python3 -m http.server” there, and open http://localhost:8000.';
  var kInFrame = 'Downhill is in a frame that does not let it load its program: its sandbox lacks allow-same-origin. Open '
    + 'it in a window of its own:';
  var kOld = 'This browser is too old for Downhill. Chrome and Edge have what it needs from version 91, Firefox from 89, '
    + 'Safari from 16.4.';
  var kMissing = 'The program could not be loaded: one of its scripts did not arrive.';

  var old = !('noModule' in HTMLScriptElement.prototype);
  var element = function (id) { return document.getElementById(id); };

  function why() {
    if (location.protocol === 'file:') return kAsFile;
    if (window.origin === 'null') return kInFrame;
    return old ? kOld : kMissing;
  }

  function say() {
    if (document.body.getAttribute('data-state') !== 'loading') return;
    var sentence = why(), link = element('own-window');
    document.body.setAttribute('data-state', 'trouble');
    element('loading').hidden = true;
    element('trouble').hidden = false;
    element('trouble-text').textContent = sentence;
    link.hidden = sentence !== kInFrame;
    link.href = link.textContent = location.href;
    element('retry').hidden = sentence !== kMissing;
    if (parent !== window) parent.postMessage({ downhill: 1, event: 'trouble', error: sentence }, '*');  // down-hill.js
  }

  function whenParsed(act) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act);
    else act();
  }

  // A script that does not arrive, or one that it imports: the event does not bubble.
  addEventListener('error', function (event) {
    if (event.target && event.target.tagName === 'SCRIPT') whenParsed(say);
  }, true);
  whenParsed(function () {
    element('retry').addEventListener('click', function () { location.reload(); });
    if (old) say();
  });

  // For boot.js, which may fail for the same reasons.
  window.downhillCannotStart = say;
})();
