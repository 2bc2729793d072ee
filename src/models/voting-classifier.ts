import { DataError, OptionError } from "../errors.ts";
import { type Matrix, mostProbable, type Probabilities } from "../matrix.ts";
import { checkExamples } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { encodeLabels } from "./label-encoder.ts";
import {
  checkMemberClasses,
  checkMembers,
  type Loader,
  loadMembers,
  type Members,
  memberProbabilities,
} from "./members.ts";
import { joinStates } from "./nested-state.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, optionsOf, withOptions } from "./state-reader.ts";

export interface VotingOptions {
  /** `soft`: the mean of the members' probabilities; `hard`: the share of members whose likeliest class it is. `soft` when left out. */
  voting?: "soft" | "hard";
  /** A weight by member's name; 1 for those that are not named. */
  weights?: Readonly<Record<string, number>>;
}

/**
 * Several classifiers that learn from the same rows and answer together, as scikit-learn's `VotingClassifier`.
 *
 * @example
 * const ensemble = new VotingClassifier({ svm: new LinearSVC(), lr: new LogisticRegression() }, { weights: { svm: 2 } });
 * await ensemble.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * (await ensemble.predictProba(matrixFromRows([[3]]))).data; // mostly high: columns are high, low
 */
export class VotingClassifier implements Classifier {
  static readonly kind = "voting";
  readonly kind = VotingClassifier.kind;
  readonly members: Members;
  readonly options: Readonly<Required<VotingOptions>>;
  #classes: readonly string[] = [];

  /** @throws {OptionError} no members, names or options that are not fit */
  constructor(members: Members, { voting = "soft", weights = {} }: VotingOptions = {}) {
    checkMembers(members);
    if (voting !== "soft" && voting !== "hard")
      throw new OptionError(`voting is ${String(voting)}; it must be soft or hard`);
    if (typeof weights !== "object" || weights === null || Array.isArray(weights)) {
      throw new OptionError("weights must be an object of weights by member's name");
    }
    for (const [name, weight] of Object.entries(weights)) {
      if (!Object.hasOwn(members, name)) throw new OptionError(`weights names "${name}", which is not a member`);
      if (typeof weight !== "number" || !(weight > 0 && weight < Infinity)) {
        throw new OptionError(`the weight of "${name}" is ${weight}; weights are finite and above 0`);
      }
    }
    this.members = members;
    this.options = { voting, weights };
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** @throws {DataError} what a member refuses */
  async fit(x: Matrix, y: readonly string[], { sampleWeight, groups, onProgress }: FitOptions = {}): Promise<void> {
    checkExamples(x, y, sampleWeight);
    const { classes } = encodeLabels(y);
    const members = Object.values(this.members);
    for (const [m, member] of members.entries()) {
      await member.fit(x, y, { sampleWeight, groups, onProgress: (done) => onProgress?.((m + done) / members.length) });
    }
    checkMemberClasses(this.members, classes);
    this.#classes = classes;
  }

  async predictProba(x: Matrix): Promise<Probabilities> {
    const { voting, weights } = this.options;
    const columns = this.#fitted().length;
    const data = new Float64Array(x.rows * columns);
    const names = Object.keys(this.members);
    const weightOf = (name: string) => (Object.hasOwn(weights, name) ? weights[name] : 1);
    const total = names.reduce((sum, name) => sum + weightOf(name), 0);
    for (const [m, proba] of (await memberProbabilities(this.members, x)).entries()) {
      const share = weightOf(names[m]) / total;
      if (voting === "soft") proba.data.forEach((p, i) => (data[i] += share * p));
      else mostProbable(proba).forEach((c, r) => (data[r * columns + c] += share));
    }
    return { rows: x.rows, columns, data };
  }

  save(): ModelState {
    const names = Object.keys(this.members);
    const config = { options: this.options as unknown as Json, classes: this.#fitted(), members: names };
    return joinStates(this.kind, config, Object.fromEntries(names.map((name) => [name, this.members[name].save()])));
  }

  /** The ensemble that `save` wrote. @param load loads a member @throws {ModelFileError} */
  static load(state: ModelState, load: Loader): VotingClassifier {
    checkKind(state, VotingClassifier.kind);
    const members = loadMembers(state, load);
    const loaded = withOptions(() => new VotingClassifier(members, optionsOf(state) as VotingOptions));
    loaded.#classes = classesOf(state);
    return loaded;
  }

  #fitted(): readonly string[] {
    if (this.#classes.length === 0) throw new DataError("the ensemble has not learnt yet: call fit first");
    return this.#classes;
  }
}
