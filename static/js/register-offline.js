// The register without network: marks wait on this device and are sent in order when it returns.
// They hold numbers only, no names, and go out only when the person who made them is signed in.
(() => {
  "use strict";
  const form = document.querySelector("[data-register]");
  const bar = document.querySelector("[data-network]");
  if (!form || !bar || !("localStorage" in window) || !crypto.randomUUID) return;
  const { person, marks: address, worker, page } = bar.dataset;
  const STORE = `percorso-marks:${person}:${page}`;
  const AT_ONCE = 100, PATIENCE = 6000, AGAIN = 15000;
  const rows = new Map([...form.querySelectorAll("tr[data-row]")].map((row) => [
    Number(row.querySelector("input[type=hidden]").name.slice(4)), row,
  ]));
  const numberOf = new Map([...rows].map(([number, row]) => [row, number]));
  let offline = false, sending = false, away = false;

  const read = () => {
    try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch { return []; }
  };
  const write = (queue) => {
    try {
      if (queue.length) localStorage.setItem(STORE, JSON.stringify(queue));
      else localStorage.removeItem(STORE);
      return true;
    } catch { return false; }
  };
  const open = (entry) => !entry.answer;
  const drop = (test) => { write(read().filter((entry) => !test(entry))); };

  const shown = (row) => ({
    mark: (row.querySelector("input[type=radio]:checked") || { value: "" }).value,
    minutes: row.querySelector("input[inputmode=numeric]").value.trim(),
  });

  function queueRow(row) {
    const enrolment = numberOf.get(row);
    const queue = read();
    const last = queue.filter((entry) => entry.enrolment === enrolment).pop();
    const cell = shown(row);
    if (last ? last.mark === cell.mark && last.minutes === cell.minutes
      : !row.classList.contains("rg-changed")) return;
    queue.push({
      id: crypto.randomUUID(), enrolment, ...cell, was: row.dataset.row,
      at: new Date().toISOString(), after: last && open(last) ? last.id : undefined,
    });
    if (write(queue)) row.classList.add("rg-waiting");
    else say("full");
  }

  function queueChanged() {
    for (const row of rows.values()) if (row.classList.contains("rg-changed")) queueRow(row);
    recount();
  }

  const recount = (touched = [...rows.values()]) =>
    form.dispatchEvent(new CustomEvent("register:recount", { detail: touched }));

  form.addEventListener("register:change", (event) => {
    const before = read().length;
    for (const row of event.detail) {
      if (offline || away || row.classList.contains("rg-waiting")) queueRow(row);
    }
    if (read().length === before) return;
    recount(event.detail);
    draw();
    if (!offline && !away) flush();
  });

  const sentence = bar.querySelector("[data-sentence]");
  const asked = bar.querySelector("[data-asked]");
  const say = (name, number) => {
    sentence.textContent = bar.dataset[name].replace("{n}", String(number));
  };

  function draw() {
    const queue = read();
    const people = new Set(queue.filter(open).map((entry) => entry.enrolment)).size;
    bar.hidden = !(offline || away || queue.length);
    bar.querySelector("[data-again]").hidden = !people || away;
    bar.querySelector("[data-enter]").hidden = !away;
    bar.classList.toggle("rg-network-asks", queue.some((entry) => entry.answer));
    if (people) say(away ? (people === 1 ? "awayOne" : "awayMany") : people === 1 ? "one" : "many", people);
    else if (away) say("awayNone");
    else if (offline) say("offline");
    else if (queue.length) say("asks");
    else sentence.textContent = "";
    drawAsked(queue.filter((entry) => entry.answer));
  }

  // Of each person the last word only: what came before it is answered with it.
  function drawAsked(entries) {
    const last = new Map(entries.map((entry) => [entry.enrolment, entry]));
    asked.replaceChildren(...[...last.values()].map((entry) => {
      const conflict = entry.answer.outcome === "conflict";
      const node = bar.querySelector(conflict ? "[data-conflict]" : "[data-refused]").content.cloneNode(true);
      const put = (name, text) => { node.querySelector(`[data-${name}]`).textContent = text; };
      put("name", entry.answer.name);
      if (conflict) {
        put("theirs", entry.answer.words);
        put("mine", words(entry));
        put("who", entry.answer.who ? ` (${entry.answer.who}, ${entry.answer.at})` : "");
        node.querySelector("[data-keep]").addEventListener("click", () => settle(entry, false));
        node.querySelector("[data-over]").addEventListener("click", () => settle(entry, true));
      } else {
        put("why", entry.answer.why);
        node.querySelector("[data-dismiss]").addEventListener("click", () => settle(entry, false));
      }
      return node;
    }));
  }

  function words(entry) {
    const label = form.querySelector(`input[type=radio][value="${entry.mark}"] + span`);
    const minutes = entry.minutes || form.dataset.lessonMinutes;
    return label.textContent + (entry.mark === "present" ? `, ${minutes} min` : "");
  }

  function settle(entry, mine) {
    drop((each) => each.enrolment === entry.enrolment);
    const row = rows.get(entry.enrolment);
    if (row) saved(row, entry.answer.was, true);
    if (mine) {
      const again = { ...entry, id: crypto.randomUUID(), was: entry.answer.was, at: new Date().toISOString() };
      for (const name of ["answer", "after"]) delete again[name];
      write([...read(), again]);
      if (row) { wait(row, entry); recount([row]); }
    }
    draw();
    sentence.focus();
    flush();
  }

  function mark(row, value, minutes) {
    row.querySelector(`input[type=radio][value="${value}"]`).checked = true;
    row.querySelector("input[inputmode=numeric]").value = value === "present" ? minutes : "";
  }

  function wait(row, entry) {
    mark(row, entry.mark, entry.minutes);
    row.classList.add("rg-waiting");
  }

  // The register now holds this: the row's ground for what is changed next.
  function saved(row, was, visibly) {
    const [, value, minutes] = was.split(":");
    row.classList.remove("rg-waiting");
    row.dataset.row = was;
    row.querySelector("input[type=hidden]").value = was;
    if (visibly) mark(row, value, minutes);
    form.dispatchEvent(new CustomEvent("register:saved", { detail: row }));
  }

  async function ask(options = {}) {
    const waiting = AbortSignal.timeout ? AbortSignal.timeout(options.body ? 30000 : PATIENCE) : undefined;
    const answer = await fetch(address, {
      redirect: "manual", cache: "no-store", credentials: "same-origin", signal: waiting, ...options,
    });
    if (answer.status >= 500) throw new Error(String(answer.status));
    return answer;
  }

  // Whether the server is there and the same person is signed in; a token to send by, or nothing.
  async function token() {
    try {
      const answer = await ask();
      offline = false;
      const state = answer.ok ? await answer.json() : {};
      away = String(state.person) !== person;
      return away ? undefined : state.csrf;
    } catch {
      offline = true;
      return undefined;
    }
  }

  async function flush() {
    if (sending || !read().some(open)) { draw(); return; }
    sending = true;
    try {
      const csrf = await token();
      let sent = 0;
      while (csrf && read().some(open)) sent += await send(read().filter(open).slice(0, AT_ONCE), csrf);
      if (csrf && sent) {
        draw();
        bar.hidden = false;
        if (!read().length) say(sent === 1 ? "sentOne" : "sentMany", sent);
        return;
      }
    } catch {
      offline = true;
    } finally {
      sending = false;
    }
    if (offline || away) queueChanged();
    draw();
  }

  async function send(entries, csrf) {
    const answer = await ask({
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ person: Number(person), marks: entries }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const answers = new Map((await answer.json()).marks.map((each) => [each.id, each]));
    const done = (entry) => ["saved", "unchanged"].includes((answers.get(entry.id) || {}).outcome);
    write(read().filter((entry) => !done(entry)).map((entry) =>
      answers.has(entry.id) ? { ...entry, answer: answers.get(entry.id) } : entry));
    const left = new Set(read().map((entry) => entry.enrolment));
    for (const entry of entries) {
      const row = rows.get(entry.enrolment);
      const told = answers.get(entry.id);
      if (row && told && !left.has(entry.enrolment)) saved(row, told.was, true);
    }
    return entries.filter(done).length;
  }

  // A save is sent as ever once the server is known to be there; without it, the marks wait here.
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const { submitter } = event;
    if (await token()) {
      const { name, value } = submitter || {};
      if (name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    form.dispatchEvent(new CustomEvent("register:stay"));
    queueChanged();
    draw();
    bar.scrollIntoView({ block: "nearest" });
  });

  window.addEventListener("offline", () => { offline = true; queueChanged(); draw(); });
  window.addEventListener("online", async () => { await token(); draw(); flush(); });
  bar.querySelector("[data-again]").addEventListener("click", flush);
  setInterval(() => { if (offline || read().some(open)) flush(); }, AGAIN);

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(`${worker}?p=${person}`, { scope: page }).then(async () => {
      const { active } = await navigator.serviceWorker.ready;
      const drawn = performance.getEntriesByType("resource").map((each) => each.name)
        .filter((name) => new URL(name).pathname.includes("/static/"));
      active.postMessage({ keep: [location.href.split("#")[0], ...drawn] });
    }).catch(() => {});
  }

  // What waited through a reload is put back into its rows before anything is sent.
  for (const entry of read()) {
    const row = rows.get(entry.enrolment);
    if (row && open(entry)) wait(row, entry);
  }
  recount();
  offline = !navigator.onLine;
  if (offline) document.querySelector(".pc-messages")?.replaceChildren(); // those of the copy's day
  draw();
  flush();
})();
