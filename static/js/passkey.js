// Passkeys, and printing recovery codes. Without this file authenticator apps and codes do all.
(() => {
  "use strict";
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const button = document.querySelector("[data-passkey]");
  if (!button || !window.PublicKeyCredential) return;
  const form = button.form;
  const problem = form.querySelector("[data-passkey-problem]");
  button.hidden = false;
  form.querySelector("[data-passkey-without]").hidden = true;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function asked() {
    const answer = await fetch(button.dataset.options, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const known of options.excludeCredentials || options.allowCredentials || []) {
      known.id = bytes(known.id);
    }
    return options;
  }

  function told(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: {},
    });
  }

  function complain(error) {
    const kinds = { NotAllowedError: "cancelled", InvalidStateError: "known" };
    problem.textContent = problem.dataset[kinds[error.name] || "failed"];
    problem.hidden = false;
  }

  button.addEventListener("click", async () => {
    problem.hidden = true;
    button.disabled = true;
    try {
      const publicKey = await asked();
      const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
      form.elements.response.value = told(credential);
      form.requestSubmit();
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
    }
  });
})();
