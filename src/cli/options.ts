import { InvalidArgumentError } from "commander";

/** A whole number on the command line. */
export function integerOption(text: string): number {
  if (!/^-?\d+$/.test(text.trim())) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** A whole number from 0 on on the command line. */
export function countOption(text: string): number {
  const count = integerOption(text);
  if (count < 0) throw new InvalidArgumentError("It must not be below 0.");
  return count;
}

/** A whole number from 1 on on the command line. */
export function positiveOption(text: string): number {
  const count = integerOption(text);
  if (count < 1) throw new InvalidArgumentError("It must be at least 1.");
  return count;
}

/** A share from 0 to 1 on the command line. */
export function shareOption(text: string): number {
  const share = Number(text);
  if (text.trim() === "" || !(share >= 0 && share <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return share;
}

/** Names with commas between them on the command line. */
export function namesOption(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("It must be names with commas between them.");
  return names;
}
