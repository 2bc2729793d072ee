import { hasPart, partOf } from "../nested-state.ts";
import type { Json, ModelState } from "../state.ts";

/** The columns that a saved classifier reads; `null` where it reads texts, or where its kind does not tell. */
export function columnsOf(state: ModelState): number | null {
  const { columns } = state.config;
  if (typeof columns === "number") return columns;
  if (hasPart(state, "vectorizer")) return null;
  const parts = state.config.parts;
  const names =
    typeof parts === "object" && parts !== null && !Array.isArray(parts)
      ? Object.keys(parts as Record<string, Json>)
      : [];
  for (const name of names) {
    const found = name.startsWith("scaler") ? null : columnsOf(partOf(state, name));
    if (found !== null) return found;
  }
  return null;
}
