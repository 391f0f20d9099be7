// Tells the portal once that this page was shown. Not in frames, not in browsers driven by a program.
(function (script) {
  if (window !== window.top || navigator.webdriver) return;
  var to = script.dataset.to, token = script.dataset.token;
  // the server's own note of this page is made after its last byte and must come first
  function ready() { setTimeout(activated, 500); }
  function activated() {
    if (document.prerendering) document.addEventListener("prerenderingchange", visible, { once: true });
    else visible();
  }
  function visible() {
    if (document.visibilityState !== "visible") {
      document.addEventListener("visibilitychange", visible, { once: true });
    } else if (!navigator.sendBeacon || !navigator.sendBeacon(to, token)) {
      fetch(to, { method: "POST", body: token, keepalive: true }).catch(function () {});
    }
  }
  if (document.readyState === "complete") ready();
  else document.addEventListener("DOMContentLoaded", ready);
})(document.currentScript);
