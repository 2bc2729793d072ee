import { InvalidArgumentError } from "commander";

/** A whole number on the command line. */
export function integerOption(text: string): number {
  if (!/^-?\d+$/.test(text.trim())) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
