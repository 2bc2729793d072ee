import { byId, create } from "./dom.ts";
import type { Contribution, ExplanationOf } from "./protocol.ts";

/** Shows what pulled the answer, as levers to the right (for it) and to the left (against it). */
export function showExplanation({ emotion, sound, words, note }: ExplanationOf): void {
  const parts: HTMLElement[] = [];
  const most = Math.max(1e-9, ...[...(sound ?? []), ...(words ?? [])].map(({ value }) => Math.abs(value)));
  if (sound) parts.push(create("h3", "", `What was heard, for ${emotion}`), levers(sound, most));
  if (words) {
    const known = words.length > 0;
    parts.push(create("h3", "", known ? `What was said, for ${emotion}` : "The model knows none of the words."));
    if (known) parts.push(levers(words, most));
  }
  if (note !== null) parts.push(create("p", "quiet", note));
  if (sound || words) {
    parts.push(
      create(
        "p",
        "quiet",
        "Numbers are what each adds to the score of the emotion, beyond what it adds to the average one.",
      ),
    );
  }
  byId("why").replaceChildren(...parts);
}

function levers(contributions: readonly Contribution[], most: number): HTMLElement {
  const list = create("ul", "pull");
  for (const { name, value } of contributions) {
    const bar = create("i", value >= 0 ? "for" : "against");
    const share = (Math.abs(value) / most) * 50;
    bar.style.width = `${share}%`;
    bar.style.left = value >= 0 ? "50%" : `${50 - share}%`;
    const lever = create("span", "lever", bar);
    lever.setAttribute("aria-hidden", "true");
    const number = create("span", "hidden", `${value >= 0 ? "for" : "against"}, ${Math.abs(value).toFixed(2)}`);
    list.append(create("li", "", create("span", "", name, " ", number), lever));
    lever.title = value.toFixed(2);
  }
  return list;
}
