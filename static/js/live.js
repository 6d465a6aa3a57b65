// Keeps a lesson's live page up to date: asks for the counts, and only when something has moved for
// the page itself, of which it takes the part that shows them. Rests while nobody looks.
(() => {
  "use strict";
  const status = document.querySelector("[data-live-status]");
  const control = document.querySelector("[data-live-switch]");
  let place = document.getElementById("live");
  if (!place || !status || "still" in place.dataset) return;
  const address = place.dataset.live;
  const pause = Number(place.dataset.poll) * 1000;
  let running = true;
  let timer = 0;

  const show = async (counts) => {
    const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) return;
    const open = place.querySelector("details[open]");
    if (open) fresh.querySelector("details")?.setAttribute("open", "");
    place.replaceWith(document.adoptNode(fresh));
    place = fresh;
    status.textContent = status.dataset.words
      .replace("{present}", String(counts.present))
      .replace("{people}", String(counts.people));
    if (!counts.moves) stop();
  };

  const ask = async () => {
    if (!document.hidden) {
      try {
        const headers = { "If-None-Match": `"${place.dataset.revision}"` };
        const answer = await fetch(address, { headers, cache: "no-store" });
        if (answer.status === 200 && !answer.redirected) await show(await answer.json());
        else if (answer.status !== 304) stop();
      } catch {
        // The network is away: the next round asks again.
      }
    }
    if (running) timer = window.setTimeout(ask, pause);
  };

  const stop = () => {
    running = false;
    window.clearTimeout(timer);
    if (control) label(control.querySelector("button"));
  };
  const label = (button) => {
    button.textContent = running ? button.dataset.stop : button.dataset.go;
  };

  if (control) {
    control.hidden = false;
    control.querySelector("button").addEventListener("click", () => {
      if (running) {
        stop();
        return;
      }
      running = true;
      label(control.querySelector("button"));
      ask();
    });
  }
  timer = window.setTimeout(ask, pause);
})();
