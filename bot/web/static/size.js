// «Chữ to»: before the first paint, so that nothing jumps. Remembered where the visit is kept.
"use strict";
(() => {
  const KEY = "size";
  const root = document.documentElement;
  const kept = (storage) => {
    try {
      return storage().getItem(KEY);
    } catch {
      return null;
    }
  };
  const size = kept(() => sessionStorage) ?? kept(() => localStorage);
  root.classList.toggle("bigger", size === "bigger");

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("bigger");
    const show = () => button.setAttribute("aria-pressed", String(root.classList.contains("bigger")));
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      root.classList.toggle("bigger");
      show();
      try {
        // On a borrowed phone nothing may outlive the visit, not even this.
        const storage = sessionStorage.getItem("key") === null ? localStorage : sessionStorage;
        storage.setItem(KEY, root.classList.contains("bigger") ? "bigger" : "normal");
      } catch {
        // Storage is switched off: the size holds for this page.
      }
    });
  });
})();
