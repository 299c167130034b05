// Refreshes the table of stages every two seconds, unless the page is hidden or paused.
"use strict";
(() => {
  const PAUSE_MILLISECONDS = 2000;
  const find = (name) => document.querySelector(`[data-${name}]`);
  const mode = find("mode"), pause = find("pause");
  if (!find("stages") || !window.fetch) return;
  let timer = 0, request = null;

  const setMode = (text) => { if (mode.textContent !== text) mode.textContent = text; };

  const replaceTable = (text) => {
    const template = document.createElement("template");
    template.innerHTML = text;
    const next = template.content.querySelector("[data-stages]");
    if (!next) throw new Error("no table");
    const focused = find("stages").contains(document.activeElement) ? document.activeElement.id : "";
    find("stages").replaceWith(next);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    const own = request = new AbortController();
    try {
      const answer = await fetch(find("stages").dataset.next, { redirect: "error", signal: own.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      replaceTable(await answer.text());
      setMode("Live");
    } catch {
      if (own.signal.aborted) return;
      setMode("Not connected; reload the page if this stays");
    }
    timer = setTimeout(refresh, PAUSE_MILLISECONDS);
  };

  const start = () => {
    clearTimeout(timer);
    request?.abort();
    if (!document.hidden && pause.getAttribute("aria-pressed") !== "true") timer = setTimeout(refresh, PAUSE_MILLISECONDS);
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
