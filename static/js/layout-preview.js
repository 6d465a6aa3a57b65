// Draws the preview again when a choice changes; without this file the button below it does.
(() => {
  "use strict";
  const box = document.querySelector("[data-preview]");
  const picture = box && box.querySelector("img");
  if (!picture) return;
  const form = box.closest("form");
  const state = box.querySelector(".is-preview-state");
  const pause = 600;
  let timer = 0, asked = 0;

  const read = (blob) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });

  async function draw() {
    const mine = ++asked;
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(box.dataset.preview, { method: "POST", body: new FormData(form) });
      const words = answer.status === 422 ? await answer.text() : "";
      if (!answer.ok && !words) throw new Error(String(answer.status));
      const drawn = answer.ok ? await read(await answer.blob()) : picture.src;
      if (mine !== asked) return;
      picture.src = drawn;
      state.textContent = words;
    } catch {
      if (mine === asked) state.textContent = box.dataset.trouble;
    }
    if (mine === asked) box.removeAttribute("aria-busy");
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(draw, pause);
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
})();
