import { DataError, ModelFileError, OptionError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import type { Classifier } from "./classifier.ts";
import { partOf } from "./nested-state.ts";
import type { ModelState } from "./state.ts";
import { classesOf } from "./state-reader.ts";

/** The classifiers of an ensemble by name, e.g. `{ forest: new RandomForestClassifier(), bayes: new MultinomialNB() }`. */
export type Members = Readonly<Record<string, Classifier>>;

/** Finds out what a saved state is and loads it. */
export type Loader = (state: ModelState) => Classifier;

// Names become parts of the names of tensors, and keys of objects, where names like numbers would come first.
const NAME = /^[A-Za-z][\w-]*$/;

/** @throws {OptionError} no members, or one whose name is not fit */
export function checkMembers(members: Members): void {
  const names = Object.keys(members);
  if (names.length === 0) throw new OptionError("an ensemble needs members");
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined) {
    throw new OptionError(`a member is named "${bad}"; names are letters, digits, - and _, and begin with a letter`);
  }
}

/** Every member's probabilities of the rows, in the order of the members. */
export async function memberProbabilities(members: Members, x: Matrix): Promise<Probabilities[]> {
  const all: Probabilities[] = [];
  for (const member of Object.values(members)) all.push(await member.predictProba(x));
  return all;
}

/** @throws {DataError} a member that learnt other classes than the ensemble */
export function checkMemberClasses(members: Members, classes: readonly string[]): void {
  const other = Object.keys(members).find((name) => members[name].classes.join("\n") !== classes.join("\n"));
  if (other !== undefined) throw new DataError(`the member "${other}" does not have the classes of the ensemble`);
}

/** The members of a saved ensemble, named by its config. @throws {ModelFileError} */
export function loadMembers(state: ModelState, load: Loader): Members {
  const { members: names } = state.config;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && NAME.test(name))) {
    throw new ModelFileError('the model\'s "members" must be names');
  }
  const members = Object.fromEntries((names as string[]).map((name) => [name, load(partOf(state, name))]));
  try {
    checkMembers(members);
    checkMemberClasses(members, classesOf(state));
  } catch (error) {
    throw new ModelFileError(`the model's members are not sound: ${(error as Error).message}`);
  }
  return members;
}
