// The button that changes between light and dark; without scripts the page follows the system's setting.
(function () {
  var root = document.documentElement, button = document.getElementById("theme");
  if (!button) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function shown() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
  button.hidden = false;
  button.addEventListener("click", function () {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
  });
})();
