/** HTML that is safe to write out: made by {@link html} only. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

type Value = string | number | Html | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A template tag: every value is escaped (for text and for quoted attributes), except what this tag made itself.
 *
 * @example
 * html`<b>${"<script>"}</b>`.toString(); // <b>&lt;script&gt;</b>
 */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(literals.map((literal, i) => (i === 0 ? literal : markup(values[i - 1]) + literal)).join(""));
}

function markup(value: Value): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.join("");
  return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}
