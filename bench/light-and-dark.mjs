// Colours of the pictures, and what becomes of them for a reader in the dark: a picture in a page cannot see the page's colours, only the reader's wish.
export const PAPER = "#ffffff";
export const INK = "#1b1f24";
export const OWN = "#1b6ca8";
export const OTHER = "#b8c4cf";
export const GOAL = "#c0392b";

const DARK = { [PAPER]: "#0d1117", [INK]: "#e6edf3", [OWN]: "#58a6ff", [OTHER]: "#57636f", [GOAL]: "#ff7b72" };

/** What Vega shall draw in these colours rather than black on white. */
export const inks = {
  title: { color: INK, subtitleColor: INK },
  axis: { labelColor: INK, titleColor: INK, domainColor: INK, tickColor: INK },
  text: { color: INK },
};

/** The SVG with a style that turns its colours, given as attributes, into their dark counterparts. */
export function lightAndDark(svg) {
  const rules = Object.entries(DARK).flatMap(([light, dark]) =>
    ["fill", "stroke"].map((attribute) => `[${attribute}="${light}"] { ${attribute}: ${dark}; }`),
  );
  const style = `<style>@media (prefers-color-scheme: dark) { ${rules.join(" ")} }</style>`;
  return svg.replace(/<svg[^>]*>/, (tag) => `${tag}${style}`);
}
