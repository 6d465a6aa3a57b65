// Moves the bar of a page that waits for background work; without this file the page reloads itself.
(() => {
  "use strict";
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const words = box.querySelector("strong");
  const bar = box.querySelector(".pc-progress-value");
  const between = 1000, afterTrouble = 5000;

  function show(state) {
    // The sentence stays in the page's language: only its numbers change.
    let number = 0;
    words.textContent = words.textContent.replace(/\d+/g, () => [state.done, state.total][number++]);
    bar.setAttribute("width", String(state.total ? (100 * state.done) / state.total : 0));
  }

  async function look() {
    let wait = between;
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      // A page that tells how the work stands is drawn anew when that changes, any other at the end.
      const stood = box.dataset.stands;
      if (stood ? state.stands !== stood : !state.running) { location.reload(); return; }
      if (bar) show(state);
    } catch {
      wait = afterTrouble;
    }
    setTimeout(look, wait);
  }
  setTimeout(look, between);
})();
