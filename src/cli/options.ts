import { InvalidArgumentError } from "commander";

/** A whole number on the command line. */
export function integerOption(text: string): number {
  if (!/^-?\d+$/.test(text.trim())) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** A share from 0 to 1 on the command line. */
export function shareOption(text: string): number {
  const share = Number(text);
  if (text.trim() === "" || !(share >= 0 && share <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return share;
}
