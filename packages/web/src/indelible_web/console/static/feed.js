// Adds new changes to the history page. The server decides whether a stream stays open or is polled.
"use strict";
(() => {
  const list = document.querySelector("[data-stream]");
  if (!list || !list.dataset.stream || !window.EventSource) return;
  const MAX_ITEMS = 200, RETRY_MILLISECONDS = 10000;
  const MODES = { open: "Live", polled: "Live, polled twice a second" };
  const find = (name) => document.querySelector(`[data-${name}]`);
  const mode = find("mode"), pause = find("pause"), announcement = find("announcement");
  let cursor = list.dataset.cursor, source = null, timer = 0;

  const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const prepend = (event) => {
    cursor = event.lastEventId;
    const template = document.createElement("template");
    template.innerHTML = event.data;
    for (const item of template.content.querySelectorAll("[data-changes]")) item.classList.add("new");
    list.prepend(template.content);
    while (list.children.length > MAX_ITEMS) list.lastElementChild.remove();
    find("none")?.remove();
  };

  const close = () => { clearTimeout(timer); source?.close(); source = null; };

  const start = () => {
    close();
    if (document.hidden || pause.getAttribute("aria-pressed") === "true") return;
    source = new EventSource(`${list.dataset.stream}?cursor=${encodeURIComponent(cursor)}`);
    source.addEventListener("mode", (event) => setText(mode, MODES[event.data] ?? "Live"));
    source.addEventListener("changes", prepend);
    source.addEventListener("announcement", (event) => setText(announcement, event.data));
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // Otherwise the browser reconnects by itself.
      setText(mode, "Not connected; reload the page if this stays");
      timer = setTimeout(start, RETRY_MILLISECONDS);
    });
  };

  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    setText(mode, isPaused ? "Paused" : "Connecting");
    start();
  });
  document.addEventListener("visibilitychange", start);
  find("live").hidden = false;
  find("still").hidden = true;
  start();
})();
