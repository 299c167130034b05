// Shows what happens to a job while its page is open. The server decides whether a stream stays open or is polled.
"use strict";
(() => {
  const lines = document.querySelector("[data-lines]");
  if (!lines || !lines.dataset.stream || !window.EventSource) return;
  const MAX_LINES = 5000, RETRY_MILLISECONDS = 10000;
  const MODES = { open: "Live", polled: "Live, polled twice a second" };
  const find = (name) => document.querySelector(`[data-${name}]`);
  const mode = find("mode"), pause = find("pause");
  let after = lines.dataset.after, source = null, timer = 0, isFinal = false;

  const setMode = (text) => { if (mode.textContent !== text) mode.textContent = text; };
  const close = () => { clearTimeout(timer); source?.close(); source = null; };

  const append = (list, items, empty) => {
    if (!items.length) return;
    list.append(...items);
    find(empty)?.remove();
  };

  const replaceState = (next) => {
    const state = find("state");
    const opened = [...state.querySelectorAll("details")].map((details) => details.open);
    const focused = document.activeElement;
    const links = [...state.querySelectorAll("a, summary")];
    const index = links.indexOf(focused);
    state.replaceWith(next);
    next.querySelectorAll("details").forEach((details, place) => { details.open = opened[place] ?? false; });
    if (index >= 0) next.querySelectorAll("a, summary")[index]?.focus({ preventScroll: true });
  };

  const show = (event) => {
    after = event.lastEventId;
    const template = document.createElement("template");
    template.innerHTML = event.data;
    const part = (name) => template.content.querySelector(`[data-${name}]`);
    append(find("warnings"), [...part("new-warnings").children], "no-warnings");
    append(lines, [...part("new-lines").children], "no-lines");
    while (lines.children.length > MAX_LINES) lines.firstElementChild.remove();
    isFinal = part("state").hasAttribute("data-final");
    replaceState(part("state"));
    if (!isFinal) return;
    close();
    setMode("Ended");
    pause.hidden = true;
    find("cancel")?.remove();
  };

  const start = () => {
    close();
    if (isFinal || document.hidden || pause.getAttribute("aria-pressed") === "true") return;
    source = new EventSource(`${lines.dataset.stream}?after=${encodeURIComponent(after)}`);
    source.addEventListener("mode", (event) => setMode(MODES[event.data] ?? "Live"));
    source.addEventListener("job", show);
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // Otherwise the browser reconnects by itself.
      setMode("Not connected; reload the page if this stays");
      timer = setTimeout(start, RETRY_MILLISECONDS);
    });
  };

  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    setMode(isPaused ? "Paused" : "Connecting");
    start();
  });
  document.addEventListener("visibilitychange", start);
  find("live").hidden = false;
  find("still").hidden = true;
  start();
})();
