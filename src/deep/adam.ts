import type { Parameters } from "./parameters.ts";

export interface AdamOptions {
  /** How fast the mean of the gradients forgets. 0.9 when left out. */
  readonly beta1?: number;
  /** How fast the mean of their squares forgets. 0.999 when left out. */
  readonly beta2?: number;
  /** Keeps the quotient finite. 1e-8 when left out. */
  readonly epsilon?: number;
  /** Weight decay apart from the gradient (AdamW), times the learning rate; parameters of one dimension (biases, norms) are spared. 0 when left out. */
  readonly weightDecay?: number;
}

/** What an optimiser has learnt of the gradients: by parameter, and the steps that were made. */
export interface Moments {
  steps: number;
  readonly mean: Readonly<Record<string, Float32Array>>;
  readonly square: Readonly<Record<string, Float32Array>>;
}

/**
 * Adam (Kingma and Ba 2015), with weight decay AdamW (Loshchilov and Hutter 2019). It works on plain arrays and uses + - * / and square root
 * only, so that its steps are the same bits on every engine.
 *
 * @example
 * const adam = new Adam({ w: { shape: [1], data: Float32Array.of(1) } });
 * adam.step({ w: Float32Array.of(0.5) }, 0.1); // w is 0.9 now
 */
export class Adam {
  readonly moments: Moments;
  readonly #parameters: Parameters;
  readonly #options: Required<AdamOptions>;

  constructor(parameters: Parameters, options: AdamOptions = {}) {
    this.#parameters = parameters;
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, ...options };
    this.moments = { steps: 0, mean: zeros(parameters), square: zeros(parameters) };
  }

  /** Moves every parameter against its gradient. */
  step(gradients: Readonly<Record<string, Float32Array>>, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const { moments } = this;
    moments.steps++;
    // As in the paper's section 2, the corrections for the start go into the step, and epsilon stays as it is.
    const rate = (learningRate * Math.sqrt(1 - power(beta2, moments.steps))) / (1 - power(beta1, moments.steps));
    for (const [name, { data, shape }] of Object.entries(this.#parameters)) {
      const gradient = gradients[name];
      const mean = moments.mean[name];
      const square = moments.square[name];
      const decay = shape.length > 1 ? learningRate * weightDecay : 0;
      for (let i = 0; i < data.length; i++) {
        const g = gradient[i];
        const m = (mean[i] = beta1 * mean[i] + (1 - beta1) * g);
        const v = (square[i] = beta2 * square[i] + (1 - beta2) * g * g);
        data[i] -= decay * data[i] + (rate * m) / (Math.sqrt(v) + epsilon);
      }
    }
  }
}

/** `x` to a whole power, by squaring: multiplications only. */
function power(x: number, n: number): number {
  let result = 1;
  for (let base = x, rest = n; rest > 0; base *= base, rest = Math.floor(rest / 2)) if (rest % 2 === 1) result *= base;
  return result;
}

function zeros(parameters: Parameters): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { data }]) => [name, new Float32Array(data.length)]),
  );
}

/**
 * Scales gradients down to a Euclidean norm (over all of them together) of at most `most` (Pascanu et al. 2013).
 *
 * @returns the norm before.
 */
export function clipNorm(gradients: Readonly<Record<string, Float32Array>>, most: number): number {
  let squares = 0;
  for (const gradient of Object.values(gradients))
    for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const norm = Math.sqrt(squares);
  if (norm > most) {
    const scale = most / norm;
    for (const gradient of Object.values(gradients)) for (let i = 0; i < gradient.length; i++) gradient[i] *= scale;
  }
  return norm;
}
