/** The element of the page with this id. */
export function byId<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element "${id}"`);
  return element as E;
}

/** An element with a class and content. */
export function create(tag: string, className = "", ...content: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...content);
  return element;
}

/** Pairs of a term and what is to say about it. */
export function fillFacts(list: HTMLElement, facts: readonly (readonly [term: string, value: string])[]): void {
  list.replaceChildren(...facts.flatMap(([term, value]) => [create("dt", "", term), create("dd", "", value)]));
}
