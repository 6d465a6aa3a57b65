// Comfort for the register: keys, live counts, marking the rest of a page, a warning before typed
// marks are lost, and a zone to drop a report on. Without this file everything works all the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-register]");
  const drop = document.querySelector("[data-drop]");
  if (drop) dropZone(drop);
  if (!form) return;

  // Looked up once: a page may have a thousand rows, and a key must answer at once.
  const rows = [...form.querySelectorAll("tr[data-row]")];
  const cells = new Map(rows.map((row) => {
    const [, mark = "", minutes = "0"] = row.dataset.row.split(":");
    return [row, {
      radios: [...row.querySelectorAll("input[type=radio]")],
      minutes: row.querySelector("input[inputmode=numeric]"),
      was: { mark, minutes },
      counted: mark,
    }];
  }));
  const minutesOf = (row) => cells.get(row).minutes;
  const markOf = (row) => (cells.get(row).radios.find((radio) => radio.checked) || { value: "" }).value;
  const counters = new Map(
    [...document.querySelectorAll("[data-count]")].map((node) => [node.dataset.count, node]),
  );
  const numbers = new Map([...counters].map(([mark, node]) => [mark, Number(node.textContent)]));
  const total = [...numbers.values()].reduce((sum, each) => sum + each, 0);
  const status = form.querySelector("[data-unsaved]");
  const unsaved = new Set();
  let leaving = false;

  // As the server sees it: the mark or, for who is present, the minutes differ from the record.
  // What waits on this device to be sent is not unsaved.
  const changed = (row) => {
    if (row.classList.contains("rg-waiting")) return false;
    const { was, minutes } = cells.get(row);
    if (markOf(row) !== was.mark) return true;
    if (was.mark !== "present") return minutes.value.trim() !== "";
    return (minutes.value.trim() || form.dataset.lessonMinutes) !== was.minutes;
  };

  const count = (touched) => {
    for (const row of touched) {
      const cell = cells.get(row);
      const mark = markOf(row);
      numbers.set(cell.counted, numbers.get(cell.counted) - 1);
      numbers.set(mark, numbers.get(mark) + 1);
      cell.counted = mark;
      const is = changed(row);
      row.classList.toggle("rg-changed", is);
      if (is) unsaved.add(row);
      else unsaved.delete(row);
    }
    for (const [mark, node] of counters) node.textContent = String(numbers.get(mark));
    form.dispatchEvent(new CustomEvent("register:change", { detail: touched }));
    if (!status) return;
    if (unsaved.size < 2) status.textContent = unsaved.size ? status.dataset.one : "";
    else status.textContent = status.dataset.many.replace("{n}", String(unsaved.size));
  };

  const set = (row, value) => {
    const radio = cells.get(row).radios.find((each) => each.value === value);
    radio.checked = true;
    if (value !== "present") minutesOf(row).value = "";
    return radio;
  };

  const focusRow = (row, onMinutes) => {
    if (!row) return;
    const { radios, minutes } = cells.get(row);
    const target = onMinutes ? minutes : radios.find((radio) => radio.checked) || radios[0];
    target.focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const next = (row, step) => {
    let at = rows.indexOf(row) + step;
    while (rows[at] && rows[at].hidden) at += step;
    return rows[at];
  };

  const KEYS = { p: "present", a: "absent", e: "excused", g: "excused", x: "" };

  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const onMinutes = event.target === minutesOf(row);
    const key = event.key.toLowerCase();
    if (key === "arrowdown" || (key === "enter" && onMinutes)) focusRow(next(row, 1), onMinutes);
    else if (key === "arrowup") focusRow(next(row, -1), onMinutes);
    else if (!onMinutes && key in KEYS) {
      const radio = set(row, KEYS[key]);
      count([row]);
      if (next(row, 1)) focusRow(next(row, 1), false);
      else radio.focus();
    } else if (!onMinutes && key === "m") { focusRow(row, true); minutesOf(row).select(); }
    else if (onMinutes && key === "escape") focusRow(row, false);
    else return;
    event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    // Minutes are typed for who was there; another mark leaves none behind.
    if (event.target === minutesOf(row) && event.target.value.trim() && markOf(row) === "") {
      set(row, "present");
    } else if (event.target.type === "radio" && event.target.value !== "present") {
      minutesOf(row).value = "";
    }
    count([row]);
  });

  // Where the whole register is on the page, "the rest" is marked here, to be looked at and saved.
  const whole = total === rows.length;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=go]");
    if (!whole || !button || !button.value.startsWith("rest-")) return;
    event.preventDefault();
    const rest = rows.filter((row) => markOf(row) === "");
    for (const row of rest) set(row, button.value.slice(5));
    count(rest);
    if (status) status.scrollIntoView({ block: "nearest" });
  });

  // On a register that is whole, searching only hides the others: nothing typed is touched.
  const search = form.querySelector("input[type=search]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  if (whole && search && search.value === "") {
    const names = rows.map((row) => plain(row.querySelector("th").textContent));
    search.addEventListener("input", () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      rows.forEach((row, at) => { row.hidden = !words.every((word) => names[at].includes(word)); });
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      focusRow(rows.find((row) => !row.hidden), false);
    });
  }

  // Of `register-offline.js`: a row that was sent, rows to look at again, a save that stays here.
  form.addEventListener("register:saved", ({ detail: row }) => {
    const [, mark = "", minutes = "0"] = row.dataset.row.split(":");
    cells.get(row).was = { mark, minutes };
    count([row]);
  });
  form.addEventListener("register:recount", (event) => { count(event.detail); });
  form.addEventListener("register:stay", () => { leaving = false; });

  form.addEventListener("submit", () => { leaving = true; });
  // A page that comes back from the browser's memory, or from a refused form, has typed marks in it.
  window.addEventListener("pageshow", () => { leaving = false; count(rows); });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved.size) event.preventDefault();
  });

  function dropZone(zone) {
    const input = zone.querySelector("input[type=file]");
    const files = (event) => [...(event.dataTransfer ? event.dataTransfer.types : [])].includes("Files");
    const mark = (on) => zone.classList.toggle("rg-dropping", on);
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        if (!files(event)) return;
        event.preventDefault();
        mark(true);
      });
    }
    zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) mark(false); });
    zone.addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      mark(false);
      input.files = event.dataTransfer.files;
      if (input.files.length) zone.requestSubmit();
    });
  }
})();
