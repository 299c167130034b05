// Replaces the parts of a contest's page while it is open. The server decides what they show, and whether a stream stays open.
"use strict";
(() => {
  const find = (name) => document.querySelector(`[data-${name}]`);
  const live = find("live");
  if (!live || !live.dataset.stream || !window.EventSource) return;
  const RETRY_MILLISECONDS = 10000;
  const MODES = { open: "Live", polled: "Live, polled twice a second" };
  const mode = find("mode"), pause = find("pause");
  let after = live.dataset.after, source = null, timer = 0;

  const setMode = (text) => { if (mode.textContent !== text) mode.textContent = text; };
  const close = () => { clearTimeout(timer); source?.close(); source = null; };

  const replaceState = (next) => {
    const state = find("state");
    const opened = [...state.querySelectorAll("details")].filter((details) => details.open)
      .map((details) => details.querySelector("summary").textContent);
    const links = [...state.querySelectorAll("a, summary, pre")];
    const index = links.indexOf(document.activeElement);
    state.replaceWith(next);
    next.querySelectorAll("details").forEach((details) => {
      details.open = opened.includes(details.querySelector("summary").textContent);
    });
    if (index >= 0) next.querySelectorAll("a, summary, pre")[index]?.focus({ preventScroll: true });
  };

  // Forms stay as they are, with what somebody has typed, unless other actions are possible.
  const replaceActions = (next) => {
    if (find("actions").dataset.actions !== next.dataset.actions) find("actions").replaceWith(next);
  };

  const show = (event) => {
    after = event.lastEventId;
    const template = document.createElement("template");
    template.innerHTML = event.data;
    replaceState(template.content.querySelector("[data-state]"));
    replaceActions(template.content.querySelector("[data-actions]"));
    find("announcement").textContent = "The contest has changed.";
  };

  const start = () => {
    close();
    if (document.hidden || pause.getAttribute("aria-pressed") === "true") return;
    source = new EventSource(`${live.dataset.stream}?after=${encodeURIComponent(after)}`);
    source.addEventListener("mode", (event) => setMode(MODES[event.data] ?? "Live"));
    source.addEventListener("contest", show);
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
  live.hidden = false;
  find("still").hidden = true;
  start();
})();
