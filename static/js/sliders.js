// Writes a slider's number beside it while it moves; without it the number stands there once the page comes back.

for (const slider of document.querySelectorAll("input[data-slider]")) {
  const output = slider.parentElement.querySelector("output");
  slider.addEventListener("input", () => {
    output.value = slider.value;
  });
}
