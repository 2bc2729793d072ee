import { byId } from "./dom.ts";

const KEY = "emovox-theme";

/** The person's choice of light or dark, or else the system's. @param changed is called after a change */
export function startTheme(changed: () => void): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = byId<HTMLButtonElement>("theme");
  const apply = (dark: boolean) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(dark));
    changed();
  };
  const chosen = () => localStorage.getItem(KEY);
  apply(chosen() === null ? system.matches : chosen() === "dark");
  system.addEventListener("change", () => {
    if (chosen() === null) apply(system.matches);
  });
  button.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme !== "dark";
    localStorage.setItem(KEY, dark ? "dark" : "light");
    apply(dark);
  });
}
