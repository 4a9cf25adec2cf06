// The search box for people: "/" leads to it, arrows choose, Enter opens, Escape leaves. htmx fetches the lines.

const form = document.querySelector("[data-find]");

function typing(element) {
  return element.isContentEditable || element.matches("input, textarea, select");
}

function start() {
  const input = form.querySelector("input[name=q]");
  const results = form.querySelector(".find-results");
  const words = form.querySelector("[data-find-words]");
  let cameFrom = null;
  let active = -1;

  const options = () => [...results.querySelectorAll("[role=option]")];
  const choose = (index) => {
    active = index;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    const option = options()[active];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const open = () => {
    results.hidden = !results.childElementCount;
    input.setAttribute("aria-expanded", String(options().length > 0));
    choose(-1);
  };
  const go = (option) => {
    if (option) window.location.assign(option.dataset.url);
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", "find-list");
  input.setAttribute("aria-keyshortcuts", "/");
  form.classList.add("find-ready");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    cameFrom = document.activeElement;
    input.focus();
    input.select();
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (results.hidden) open();
      const down = event.key === "ArrowDown";
      choose(active < 0 ? (down ? 0 : count - 1) : (active + (down ? 1 : count - 1)) % count);
    } else if (event.key === "Enter" && active >= 0 && !results.hidden) {
      event.preventDefault();
      go(options()[active]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!results.hidden) close();
      else {
        input.value = "";
        results.replaceChildren();
        if (cameFrom?.isConnected && cameFrom !== document.body) cameFrom.focus();
        else input.blur();
      }
    }
  });
  results.addEventListener("mousedown", (event) => event.preventDefault());
  results.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  results.addEventListener("htmx:afterSwap", () => {
    if (!form.contains(document.activeElement)) return;
    open();
    words.textContent = results.querySelector("[data-words]")?.textContent ?? "";
  });
}

if (form) start();
