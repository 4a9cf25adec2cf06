// Copies what package.json pins into static/vendor and tests/browser/vendor; see README.md beside it.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const modules = process.argv[2] ?? join(root, "node_modules");

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(modules, from), to);
}

function bootstrap() {
  const folder = join(here, "bootstrap");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const images = new Map();
  let css = readFileSync(join(modules, "bootstrap/dist/css/bootstrap.min.css"), "utf8");
  css = css.replace(/\/\*# sourceMappingURL=.*?\*\//, "");
  // Our policy allows pictures from our own address only: drawings inside the style sheet become files.
  css = css.replace(/url\("data:image\/svg\+xml,(.*?)"\)/g, (_, svg) => {
    if (!images.has(svg)) images.set(svg, `image-${images.size + 1}.svg`);
    return `url("${images.get(svg)}")`;
  });
  for (const [svg, name] of images) writeFileSync(join(folder, name), decodeURIComponent(svg));
  // In a layer, so that our own rules win by standing outside it.
  const [charset, banner] = ['@charset "UTF-8";', css.match(/\/\*![\s\S]*?\*\//)[0]];
  css = css.replace(charset, "").replace(banner, "");
  writeFileSync(join(folder, "bootstrap.css"), `${charset}${banner}\n@layer bootstrap{${css}}\n`);
  copy("bootstrap/LICENSE", join(folder, "LICENSE"));
}

function fonts() {
  const folder = join(here, "fonts");
  rmSync(folder, { recursive: true, force: true });
  for (const [name, axis] of [["newsreader", "opsz"], ["public-sans", "wght"]]) {
    for (const part of ["latin", "latin-ext"]) {
      const file = `${name}-${part}-${axis}-normal.woff2`;
      copy(`@fontsource-variable/${name}/files/${file}`, join(folder, file));
    }
    copy(`@fontsource-variable/${name}/LICENSE`, join(folder, `LICENSE-${name}`));
  }
}

bootstrap();
fonts();
copy("htmx.org/dist/htmx.min.js", join(here, "htmx/htmx.min.js"));
copy("htmx.org/LICENSE", join(here, "htmx/LICENSE"));
const tests = join(root, "tests/browser/vendor");
copy("axe-core/axe.min.js", join(tests, "axe.min.js"));
copy("axe-core/LICENSE", join(tests, "LICENSE-axe-core"));
