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
  var kNoStyle = 'The program could not be loaded: its style sheet did not arrive whole.';
  var kDamaged = 'The program could not be started: one of its scripts is damaged.';

  var old = !('noModule' in HTMLScriptElement.prototype);
  var element = function (id) { return document.getElementById(id); };

  // `otherwise`: the sentence for a page that could run here.
  function why(otherwise) {
    if (location.protocol === 'file:') return kAsFile;
    if (window.origin === 'null') return kInFrame;
    return old ? kOld : otherwise;
  }

  function say(otherwise) {
    if (document.body.getAttribute('data-state') !== 'loading') return;
    var sentence = why(otherwise), link = element('own-window');
    document.body.setAttribute('data-state', 'trouble');
    element('loading').hidden = true;
    element('trouble').hidden = false;
    element('trouble-text').textContent = sentence;
    link.hidden = sentence !== kInFrame;
    link.href = link.textContent = location.href;
    element('retry').hidden = sentence !== otherwise;
    if (parent !== window) parent.postMessage({ downhill: 1, event: 'trouble', error: sentence }, '*');  // down-hill.js
  }

  function whenParsed(act) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act);
    else act();
  }

  // A script that does not arrive, or one that it imports: the event does not bubble. A script that cannot be read is an
  // error of the window.
  addEventListener('error', function (event) {
    var target = event.target;
    var sentence = target.tagName === 'SCRIPT' ? kMissing
      : target === window && String(event.filename).indexOf(location.origin) === 0 ? kDamaged : null;
    if (sentence) whenParsed(function () { say(sentence); });
  }, true);
  // All scripts have run. boot.js shows the progress first of all; one that is cut off may do nothing.
  addEventListener('load', function () { if (element('loading').hidden) say(kDamaged); });
  whenParsed(function () {
    element('retry').addEventListener('click', function () { location.reload(); });
    if (old) say(kMissing);
    // The last rule of page.css. Scripts wait for style sheets: an event of its own would have come before this one.
    if (getComputedStyle(document.querySelector('.without-style')).display !== 'none') say(kNoStyle);
  });
  // For boot.js, which may fail for the same reasons.
  window.downhillCannotStart = function () { say(kMissing); };
})();
