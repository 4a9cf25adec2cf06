// Small enhancements; every page works without them.

const root = document.documentElement;

function remember(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Storage may be switched off: the choice then lasts until the next page.
  }
}

function choice(selector, attribute, key) {
  for (const group of document.querySelectorAll(selector)) {
    const buttons = [...group.querySelectorAll("button[value]")];
    const show = () => {
      const now = root.getAttribute(attribute) ?? "";
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === now));
    };
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const button = event.target.closest("button[value]");
      if (!button) return;
      if (button.value) root.setAttribute(attribute, button.value);
      else root.removeAttribute(attribute);
      remember(key, button.value);
      show();
    });
    show();
  }
}

// A menu closes on Escape and on a click elsewhere.
function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]:has(> .menu-panel)")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]:has(> .menu-panel)")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// A button pressed twice sends once; going back makes it usable again.
function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-many") || form.matches("[hx-post]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    // A file that is downloaded leaves the page standing.
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

// The bulk bar counts what is ticked; the first box of a table ticks them all.
function bulk() {
  for (const form of document.querySelectorAll("form[data-bulk]")) {
    const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox][name]")];
    const all = form.querySelector("thead input[type=checkbox]");
    const words = form.querySelector("[data-bulk-count]");
    const show = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      if (words) words.textContent = words.dataset.bulkCount.replace("{ticked}", ticked).replace("{all}", boxes().length);
      if (all) {
        all.checked = ticked > 0 && ticked === boxes().length;
        all.indeterminate = ticked > 0 && ticked < boxes().length;
      }
    };
    if (all) all.addEventListener("change", () => boxes().forEach((box) => (box.checked = all.checked)));
    form.addEventListener("change", show);
    show();
  }
}

// A page that prints well says so.
function prints() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// Lists of choices and dates apply themselves; without this there is a button.
function apply() {
  for (const field of document.querySelectorAll("[data-apply]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
}

// A button that does what is chosen above it names it.
function named() {
  for (const button of document.querySelectorAll("button[data-named-by]")) {
    const show = () => {
      const chosen = button.form.querySelector(`input[name="${button.dataset.namedBy}"]:checked`);
      if (chosen) button.textContent = button.dataset.words.replace("{mentor}", chosen.dataset.name);
    };
    button.form.addEventListener("change", show);
    show();
  }
}

choice("[data-choice=theme]", "data-bs-theme", "theme");
choice("[data-choice=density]", "data-density", "density");
menus();
once();
bulk();
apply();
prints();
named();
document.querySelector("[data-error-summary]")?.focus();
