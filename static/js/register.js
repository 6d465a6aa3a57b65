// Comfort for the register: keys, live counts, marking the rest of a page, a warning before typed
// marks are lost, and a zone to drop a report on. Without this file everything works all the same.
(() => {
  "use strict";
  const form = document.querySelector("[data-register]");
  const drop = document.querySelector("[data-drop]");
  if (drop) dropZone(drop);
  if (!form) return;

  const rows = [...form.querySelectorAll("tr[data-row]")];
  const radios = (row) => [...row.querySelectorAll("input[type=radio]")];
  const minutesOf = (row) => row.querySelector("input[inputmode=numeric]");
  const markOf = (row) => (radios(row).find((radio) => radio.checked) || { value: "" }).value;
  const shown = (row) => row.dataset.row.split(":");
  const counters = new Map(
    [...document.querySelectorAll("[data-count]")].map((node) => [node.dataset.count, node]),
  );
  const before = new Map([...counters].map(([mark, node]) => [mark, Number(node.textContent)]));
  const status = form.querySelector("[data-unsaved]");
  let leaving = false;

  // As the server sees it: the mark or, for who is present, the minutes differ from the record.
  const changed = (row) => {
    const [, mark = "", minutes = "0"] = shown(row);
    if (markOf(row) !== mark) return true;
    if (mark !== "present") return minutesOf(row).value.trim() !== "";
    return (minutesOf(row).value.trim() || form.dataset.lessonMinutes) !== minutes;
  };

  const count = () => {
    const now = new Map(before);
    let unsaved = 0;
    for (const row of rows) {
      const is = changed(row);
      row.classList.toggle("rg-changed", is);
      if (!is) continue;
      unsaved += 1;
      const old = shown(row)[1] || "";
      now.set(old, now.get(old) - 1);
      now.set(markOf(row), now.get(markOf(row)) + 1);
    }
    for (const [mark, node] of counters) node.textContent = String(now.get(mark));
    if (status) {
      status.textContent = unsaved === 0 ? "" : unsaved === 1
        ? status.dataset.one : status.dataset.many.replace("{n}", String(unsaved));
    }
    return unsaved;
  };

  const set = (row, value) => {
    const radio = radios(row).find((each) => each.value === value);
    radio.checked = true;
    if (value !== "present") minutesOf(row).value = "";
    return radio;
  };

  const focusRow = (row, onMinutes) => {
    if (!row) return;
    const target = onMinutes ? minutesOf(row)
      : radios(row).find((radio) => radio.checked) || radios(row)[0];
    target.focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const next = (row, step) => {
    const open = rows.filter((each) => !each.hidden);
    return open[open.indexOf(row) + step];
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
      count();
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
    count();
  });

  // Where the whole register is on the page, "the rest" is marked here, to be looked at and saved.
  const whole = [...before.values()].reduce((sum, each) => sum + each, 0) === rows.length;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=go]");
    if (!whole || !button || !button.value.startsWith("rest-")) return;
    event.preventDefault();
    for (const row of rows) if (markOf(row) === "") set(row, button.value.slice(5));
    count();
    if (status) status.scrollIntoView({ block: "nearest" });
  });

  // On a register that is whole, searching only hides the others: nothing typed is touched.
  const search = form.querySelector("input[type=search]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  if (whole && search && search.value === "") {
    search.addEventListener("input", () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      for (const row of rows) {
        const name = plain(row.querySelector("th").textContent);
        row.hidden = !words.every((word) => name.includes(word));
      }
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      focusRow(rows.find((row) => !row.hidden), false);
    });
  }

  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; count(); });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && count() > 0) event.preventDefault();
  });
  count();

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
