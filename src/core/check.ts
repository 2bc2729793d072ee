import { OptionError } from "../errors.ts";

/** @throws {OptionError} naming the option, when it is no integer from `low` to `high` */
export function expectInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new OptionError(`${name} must be an integer from ${low} to ${high}, not ${String(value)}`);
}

/** @throws {OptionError} naming the option, when it is no number from `low` to `high` */
export function expectRange(name: string, value: number, low: number, high: number): void {
  if (typeof value === "number" && value >= low && value <= high) return;
  throw new OptionError(`${name} must be a number from ${low} to ${high}, not ${String(value)}`);
}
