// @ts-check
/* Keyboard shortcuts. Every shortcut has a link or a field on the page, so the page works without this file. */
(() => {
  "use strict";
  /** @returns {HTMLElement[]} */
  const rows = () => [...document.querySelectorAll("[data-row]")].map((row) => /** @type {HTMLElement} */ (row));

  /** @param {number} step */
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)].focus();
  }

  /** @param {EventTarget | null} target */
  const writes = (target) =>
    target instanceof HTMLElement && (target.matches("textarea, select, input:not([type=radio], [type=checkbox])") || target.isContentEditable);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
      return;
    }
    const active = document.activeElement;
    if (event.key === "x" && active instanceof HTMLInputElement && active.type === "checkbox") {
      active.checked = !active.checked;
      return;
    }
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!(wanted instanceof HTMLElement)) return;
    event.preventDefault();
    if (wanted instanceof HTMLAnchorElement) wanted.click();
    else {
      wanted.focus();
      if (wanted instanceof HTMLInputElement && wanted.type === "radio") wanted.checked = true;
    }
  });
})();
