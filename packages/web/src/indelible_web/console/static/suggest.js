// Suggests names while a person types into a text field. Without this script the field is a plain one.
"use strict";
(() => {
  const DELAY_MILLISECONDS = 150;
  const fields = document.querySelectorAll("[data-suggestions]");
  if (!fields.length || !window.fetch) return;

  const announcement = document.createElement("p");
  announcement.className = "sr";
  announcement.setAttribute("role", "status");
  document.querySelector("main").append(announcement);

  const enhance = (field, number) => {
    const list = document.createElement("ul");
    const box = document.createElement("div");
    let timer = 0, request = null, active = -1;

    list.id = `suggestions-${number}`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    box.className = "suggest";
    field.before(box);
    box.append(field, list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");

    const close = () => {
      clearTimeout(timer);
      request?.abort();
      active = -1;
      list.hidden = true;
      list.replaceChildren();
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };

    const activate = (index) => {
      const options = [...list.children];
      active = (index + options.length) % options.length;
      options.forEach((option, position) => option.setAttribute("aria-selected", String(position === active)));
      field.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    };

    const choose = (option) => {
      field.value = option.dataset.value;
      close();
      field.focus();
    };

    const show = (text) => {
      const template = document.createElement("template");
      template.innerHTML = text;
      const options = [...template.content.querySelectorAll("[role=option]")];
      const sentence = template.content.querySelector("[data-announcement]");
      options.forEach((option, position) => { option.id = `${list.id}-${position}`; });
      close();
      if (!options.length) return;
      list.replaceChildren(...options);
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      announcement.textContent = sentence.textContent;
    };

    const load = async () => {
      const own = request = new AbortController();
      try {
        const address = `${field.dataset.suggestions}?text=${encodeURIComponent(field.value.trim())}`;
        const answer = await fetch(address, { redirect: "error", signal: own.signal });
        const text = answer.ok ? await answer.text() : "";
        if (!own.signal.aborted && document.activeElement === field) show(text);
      } catch {
        // Without an answer the field stays a plain one.
      }
    };

    field.addEventListener("input", () => {
      close();
      if (field.value.trim()) timer = setTimeout(load, DELAY_MILLISECONDS);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      // Enter ends one text of a list, and must not send the whole form.
      if (event.key === "Enter" && active < 0) close();
      else if (event.key === "Enter") choose(list.children[active]);
      else if (list.hidden) return;
      else if (event.key === "ArrowDown") activate(active + 1);
      else if (event.key === "ArrowUp") activate(active < 0 ? -1 : active - 1);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    // A press takes the focus from the field, which would close the list before the click.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  };

  fields.forEach(enhance);
})();
