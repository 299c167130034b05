// Keeps the history page at its newest: the server decides how (an open stream, or being asked again and again).
"use strict";
(() => {
  const list = document.querySelector("[data-stream]");
  if (!list || !list.dataset.stream || !window.EventSource) return;
  const MOST = 200, RETRY_MILLISECONDS = 10000;
  const MODES = { open: "Live", polled: "Live, by asking twice a second" };
  const find = (name) => document.querySelector(`[data-${name}]`);
  const mode = find("mode"), pause = find("pause"), said = find("said");
  let cursor = list.dataset.cursor, source = null, timer = 0;

  const tell = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const show = (event) => {
    cursor = event.lastEventId;
    const template = document.createElement("template");
    template.innerHTML = event.data;
    const items = template.content.querySelectorAll("li");
    for (const item of items) item.classList.add("new");
    list.prepend(template.content);
    while (list.children.length > MOST) list.lastElementChild.remove();
    find("none")?.remove();
    tell(said, items.length === 1 ? "One new change." : `${items.length} new changes.`);
  };

  const close = () => { clearTimeout(timer); source?.close(); source = null; };

  const open = () => {
    close();
    if (document.hidden || pause.getAttribute("aria-pressed") === "true") return;
    source = new EventSource(`${list.dataset.stream}?cursor=${encodeURIComponent(cursor)}`);
    source.addEventListener("mode", (event) => tell(mode, MODES[event.data] ?? "Live"));
    source.addEventListener("changes", show);
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // else the browser comes again by itself
      tell(mode, "Not connected; load the page again if this stays");
      timer = setTimeout(open, RETRY_MILLISECONDS);
    });
  };

  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    tell(mode, isPaused ? "Paused" : "Connecting");
    open();
  });
  document.addEventListener("visibilitychange", open);
  find("live").hidden = false;
  find("still").hidden = true;
  open();
})();
