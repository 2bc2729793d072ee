// Small stand-ins for what is fitted in a fold, so that evaluation is tested by itself.
import type { Components, ModelEntry } from "../src/evaluation/cell.ts";
import type { Scaler, TextVectorizer } from "../src/evaluation/transformer.ts";
import type { EvaluationRows } from "../src/evaluation/rows.ts";
import { type DenseMatrix, denseMatrix, type Matrix, type Probabilities, toDense, toSparse } from "../src/matrix.ts";
import type { Classifier } from "../src/models/classifier.ts";
import { Random } from "../src/random.ts";

/** Says the label of the nearest training row: learns everything by heart. */
export class NearestNeighbour implements Classifier {
  readonly kind: string = "nearest-neighbour";
  classes: string[] = [];
  protected x: DenseMatrix = denseMatrix(0, 0);
  protected y: readonly string[] = [];

  fit(x: Matrix, y: readonly string[]): void {
    this.x = toDense(x);
    this.y = y;
    this.classes = [...new Set(y)].sort();
  }

  predictProba(x: Matrix): Probabilities {
    const { rows, columns, data } = toDense(x);
    const result = new Float64Array(rows * this.classes.length);
    for (let r = 0; r < rows; r++) {
      let best = Number.POSITIVE_INFINITY;
      let label = "";
      for (let t = 0; t < this.x.rows; t++) {
        let distance = 0;
        for (let c = 0; c < columns && distance < best; c++) {
          const d = data[r * columns + c] - this.x.data[t * columns + c];
          distance += d * d;
        }
        if (distance < best) {
          best = distance;
          label = this.y[t];
        }
      }
      result[r * this.classes.length + this.classes.indexOf(label)] = 1;
    }
    return { rows, columns: this.classes.length, data: result };
  }

  save() {
    return { kind: this.kind, config: {}, tensors: {} };
  }
}

/** Says the class whose mean is nearest. */
export class NearestCentroid extends NearestNeighbour {
  override readonly kind = "nearest-centroid";

  override fit(x: Matrix, y: readonly string[]): void {
    const dense = toDense(x);
    const classes = [...new Set(y)].sort();
    const means = new Float32Array(classes.length * dense.columns);
    classes.forEach((name, k) => {
      const rows = y.flatMap((label, r) => (label === name ? [r] : []));
      for (const r of rows) {
        for (let c = 0; c < dense.columns; c++) {
          means[k * dense.columns + c] += dense.data[r * dense.columns + c] / rows.length;
        }
      }
    });
    super.fit(denseMatrix(classes.length, dense.columns, means), classes);
  }
}

/** Divides by the largest absolute value of each column that it was fitted on. */
export class MaxAbsScaler implements Scaler {
  #largest = new Float32Array();

  fit({ rows, columns, data }: DenseMatrix): void {
    this.#largest = new Float32Array(columns);
    for (let i = 0; i < rows * columns; i++) {
      this.#largest[i % columns] = Math.max(this.#largest[i % columns], Math.abs(data[i]));
    }
  }

  transform({ rows, columns, data }: DenseMatrix): DenseMatrix {
    return denseMatrix(
      rows,
      columns,
      data.map((value, i) => value / (this.#largest[i % columns] || 1)),
    );
  }
}

/** Counts the words that it was fitted on. */
export class WordCounter implements TextVectorizer {
  vocabulary: string[] = [];

  fit(documents: readonly string[]): void {
    this.vocabulary = [...new Set(documents.flatMap((text) => text.split(" ")))].sort();
  }

  transform(documents: readonly string[]) {
    const data = new Float32Array(documents.length * this.vocabulary.length);
    documents.forEach((text, r) => {
      for (const word of text.split(" ")) {
        const c = this.vocabulary.indexOf(word);
        if (c >= 0) data[r * this.vocabulary.length + c]++;
      }
    });
    return toSparse(denseMatrix(documents.length, this.vocabulary.length, data));
  }
}

const everywhere = ["audio", "text", "both"] as const;

export const testModels: Record<string, ModelEntry> = {
  rf: { title: "RF", modalities: everywhere, create: () => new NearestNeighbour() },
  lr: { title: "LR", modalities: everywhere, create: () => new NearestCentroid() },
};

export const testComponents: Components = {
  models: testModels,
  canaryModel: "rf",
  scaler: () => new MaxAbsScaler(),
  vectorizer: () => new WordCounter(),
};

/** Class counts in the proportions of the published table (1,103 1,636 2,933 40 107 1,708), about one eighth of them. */
export const publishedShares = { ang: 138, hap: 204, sad: 366, fea: 5, sur: 13, neu: 214 };

/** A corpus of ten speakers in five sessions. `signal` moves the features of a class: 0 is noise. */
export function toyRows(counts: Readonly<Record<string, number>>, signal: number, seed: number): EvaluationRows {
  const random = new Random(seed);
  const classes = Object.keys(counts);
  const labels = random.shuffle(classes.flatMap((name) => Array.from({ length: counts[name] }, () => name)));
  const columns = 8;
  const data = Float32Array.from({ length: labels.length * columns }, (_, i) => {
    const label = classes.indexOf(labels[Math.floor(i / columns)]);
    return random.normal() + (label === i % columns ? signal : 0);
  });
  const speakers = labels.map(() => `speaker${random.integer(10)}`);
  return {
    corpus: "toy",
    synthetic: true,
    classes,
    labels,
    features: denseMatrix(labels.length, columns, data),
    transcripts: labels.map((label) =>
      Array.from({ length: 4 }, () => (random.uniform() < signal / 5 ? label : `word${random.integer(20)}`)).join(" "),
    ),
    speakers,
    sessions: speakers.map((speaker) => `session${Math.floor(Number(speaker.slice(7)) / 2)}`),
    ids: labels.map((_, row) => `utterance${row}`),
  };
}
