// Keeps the table of stages as it is now: asked for again and again, while somebody looks and has not paused it.
"use strict";
(() => {
  const PAUSE_MILLISECONDS = 2000;
  const find = (name) => document.querySelector(`[data-${name}]`);
  const mode = find("mode"), pause = find("pause");
  if (!find("backlogs") || !window.fetch) return;
  let timer = 0, asking = null;

  const tell = (text) => { if (mode.textContent !== text) mode.textContent = text; };

  const show = (text) => {
    const template = document.createElement("template");
    template.innerHTML = text;
    const next = template.content.querySelector("[data-backlogs]");
    if (!next) throw new Error("no table");
    const focused = find("backlogs").contains(document.activeElement) ? document.activeElement.id : "";
    find("backlogs").replaceWith(next);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const ask = async () => {
    const own = asking = new AbortController();
    try {
      const answer = await fetch(find("backlogs").dataset.next, { redirect: "error", signal: own.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      tell("Live");
    } catch {
      if (own.signal.aborted) return;
      tell("Not connected; load the page again if this stays");
    }
    timer = setTimeout(ask, PAUSE_MILLISECONDS);
  };

  const open = () => {
    clearTimeout(timer);
    asking?.abort();
    if (!document.hidden && pause.getAttribute("aria-pressed") !== "true") timer = setTimeout(ask, PAUSE_MILLISECONDS);
  };

  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    tell(isPaused ? "Paused" : "Connecting");
    open();
  });
  document.addEventListener("visibilitychange", open);
  find("live").hidden = false;
  find("still").hidden = true;
  open();
})();
