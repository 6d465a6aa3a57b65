// The ARIA 1.2 editable combobox with a list box, for the fields marked data-combobox
// (templates/components/combobox.html). Focus stays in the text field; without this file the field
// is a plain one and the server asks which body is meant.
(() => {
  "use strict";
  const SHORTEST = 2;
  const PAUSE = 180; // milliseconds after the last key before the server is asked

  const build = (box, number) => {
    const input = box.querySelector("input[type=text]");
    const ref = input.form.elements[box.dataset.ref];
    const list = document.createElement("ul");
    const status = document.createElement("p");
    list.id = `combobox-${number}`;
    list.className = "pc-combobox-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.querySelector("label").textContent.trim());
    status.className = "pc-combobox-status";
    status.setAttribute("role", "status");
    input.after(list);
    list.after(status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    return { input, ref, list, status, words: box.dataset, url: box.dataset.combobox };
  };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);

  const start = (box, number) => {
    if (box.dataset.ready) return; // two fields of a page bring this file twice
    box.dataset.ready = "yes";
    const { input, ref, list, status, words, url } = build(box, number);
    let current = -1; // the option pointed at
    let timer = 0;
    let asking = null; // the request under way: a later one ends it
    let asked = ref.value ? input.value : null; // what the list or the choice stands for

    const options = () => [...list.children];

    const point = (index) => {
      const all = options();
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
      current = index;
      if (index < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", all[index].id);
        all[index].scrollIntoView({ block: "nearest" });
      }
    };

    const open = (shown) => {
      list.hidden = !shown;
      input.setAttribute("aria-expanded", String(shown));
      if (!shown) point(-1);
    };

    const choose = (option) => {
      input.value = option.dataset.label;
      asked = input.value;
      ref.value = option.dataset.id;
      open(false);
      status.textContent = fill(words.chosen, { name: input.value });
    };

    const draw = ({ items, more }) => {
      list.replaceChildren(...items.map((item, at) => {
        const option = document.createElement("li");
        const label = document.createElement("span");
        const detail = document.createElement("small");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.id = item.id;
        option.dataset.label = item.label;
        label.textContent = item.label;
        detail.textContent = item.detail;
        option.append(label, detail);
        return option;
      }));
      current = -1;
      const message = items.length === 0 ? words.none : items.length === 1 ? words.one : more ? words.more : words.many;
      status.textContent = fill(message, { n: items.length });
      open(items.length > 0 && document.activeElement === input);
    };

    const ask = async () => {
      const text = input.value.trim();
      if (asking) asking.abort();
      if (text.length < SHORTEST) {
        asked = null;
        list.replaceChildren();
        open(false);
        status.textContent = "";
        return;
      }
      if (text === asked) return;
      asking = new AbortController();
      try {
        const answer = await fetch(`${url}?q=${encodeURIComponent(text)}`, {
          signal: asking.signal, headers: { Accept: "application/json" },
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        asked = text;
        draw(found);
      } catch (error) {
        if (error.name === "AbortError") return;
        open(false);
        status.textContent = words.failed;
      }
    };

    input.addEventListener("input", () => {
      ref.value = ""; // another name: the number no longer belongs to it
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });

    input.addEventListener("keydown", (event) => {
      const all = options();
      const shown = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!all.length) return;
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (!shown) open(true);
        point(current < 0 ? (step > 0 ? 0 : all.length - 1) : (current + step + all.length) % all.length);
      } else if (event.key === "Enter" && shown && current >= 0) {
        event.preventDefault(); // chooses; a second Enter sends the form
        choose(all[current]);
      } else if (event.key === "Escape") {
        if (shown) {
          event.preventDefault();
          open(false);
        } else if (input.value) {
          input.value = "";
          ref.value = "";
          ask();
        }
      } else if (event.key === "Tab" && shown && current >= 0) {
        choose(all[current]);
      } else if (event.key === "Home" || event.key === "End") {
        point(-1); // the cursor moves in the text
      }
    });

    // The pointer must not take the focus out of the field before the choice is made.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    input.addEventListener("click", () => { if (options().length && !ref.value) open(true); });
    input.addEventListener("blur", () => open(false));
  };

  document.querySelectorAll("[data-combobox]").forEach(start);
})();
