/* The screen in the room: the next code and the count, without drawing the page again. */
(() => {
  "use strict";
  const screen = document.querySelector("[data-code-screen]");
  if (!screen) return;
  const part = (name) => screen.querySelector(`[data-${name}]`);
  const COUNT_EVERY = 5;

  const ask = async () => {
    const answer = await fetch(screen.dataset.codeScreen, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const again = (seconds) => window.setTimeout(show, Math.max(1, Math.min(seconds, COUNT_EVERY)) * 1000);

  const show = async () => {
    try {
      const now = await ask();
      if (!now.open) {
        window.location.reload();
        return;
      }
      if (part("typed").textContent !== now.typed) {
        part("picture").innerHTML = now.picture;
        part("typed").textContent = now.typed;
      }
      part("came").textContent = now.came;
      part("stale").hidden = true;
      again(now.seconds);
    } catch {
      part("stale").hidden = false;
      again(2);
    }
  };

  again(Number(screen.dataset.seconds));
})();
