// Comfort only: hands the provider's answer on without waiting for a click.
(() => {
  "use strict";
  const form = document.querySelector("form[data-hand-on]");
  if (form) form.requestSubmit();
})();
