// Runs before the page is drawn, so that a chosen theme never flashes. Without a choice the device decides.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.setAttribute("data-bs-theme", theme);
    var density = localStorage.getItem("density");
    if (density === "close") document.documentElement.setAttribute("data-density", density);
  } catch (refused) {
    // Storage may be switched off: the page works without.
  }
})();
