// Says in plain words, while it is typed, whether a new password is long enough. The server decides.
(() => {
  "use strict";
  document.querySelectorAll("[data-strength]").forEach((words) => {
    const input = document.getElementById(words.dataset.strength);
    const least = Number(words.dataset.least);
    input.addEventListener("input", () => {
      const length = [...input.value].length;
      const missing = least - length;
      if (!length) words.textContent = "";
      else if (missing > 0) words.textContent = words.dataset.short.replace("{n}", missing);
      else words.textContent = length < least + 6 ? words.dataset.enough : words.dataset.long;
    });
  });
})();
