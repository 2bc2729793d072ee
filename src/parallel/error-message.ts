import * as errors from "../errors.ts";

/** An error on its way between threads: its class does not survive, its name does. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export function errorMessage(error: unknown): ErrorMessage {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}

/** The error that a thread told of: of its own class where it is one of the package's. */
export function errorOf({ name, message, stack }: ErrorMessage): Error {
  const isInput = (one: unknown): one is typeof errors.InputError =>
    one === errors.InputError || (typeof one === "function" && one.prototype instanceof errors.InputError);
  // Told by the name that an instance has: a minifier gives the classes others.
  const known = Object.values(errors)
    .filter(isInput)
    .map((one) => new one(message))
    .find((error) => error.name === name);
  return known ?? Object.assign(new Error(message), { stack });
}
