// Comfort only: every page works without this file. No inline styles, no requests.
(() => {
  "use strict";
  const each = (selector, action) => document.querySelectorAll(selector).forEach(action);

  // After a refused form the list of errors is where reading goes on.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  each("[data-reveal]", (button) => {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
    // A browser remembers text fields, not passwords: hide again before sending.
    input.form.addEventListener("submit", () => { input.type = "password"; });
  });

  each("[data-copy]", (button) => {
    if (!navigator.clipboard) return;
    const label = button.querySelector("span");
    const before = label.textContent;
    label.setAttribute("aria-live", "polite");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      label.textContent = button.dataset.done;
      setTimeout(() => { label.textContent = before; }, 2500);
    });
  });

  // A second click must not send a form twice (the server refuses it too). The lock opens again,
  // because an answer that is a download leaves this page standing.
  each("form[method=post]", (form) => {
    let sent = 0;
    form.addEventListener("submit", (event) => {
      if (Date.now() - sent < 3000) event.preventDefault();
      else sent = Date.now();
    });
  });

  // Copies of registers that a browser keeps for times without network are of one person, and go when
  // that person does. Marks that wait to be sent stay: they name nobody.
  async function forgetCopies(keep) {
    for (const name of await caches.keys()) {
      if (name.startsWith("percorso-register-") && !(keep && name.startsWith(keep))) await caches.delete(name);
    }
    if (keep || !navigator.serviceWorker) return;
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  }
  if ("caches" in window) { // a page of an error says nothing of who is there
    each("[data-sign-out]", (form) => {
      forgetCopies(`percorso-register-${form.dataset.signOut}-`);
      form.addEventListener("submit", () => { forgetCopies(""); });
    });
    each("[data-nobody]", () => { forgetCopies(""); });
  }
})();
