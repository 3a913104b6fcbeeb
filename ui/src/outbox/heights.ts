/** How high the rows of a long list are: as measured, and as guessed where nobody has seen them yet. */
import { createSubscriber } from "svelte/reactivity";

/**
 * Where a row begins and which row stands at a height are told without going through all rows: what the measures differ from
 * the guess is summed up in a Fenwick tree.
 */
export class Heights {
  readonly count: number;
  readonly #guess: number;
  readonly #measured: Float64Array;
  /** One-based; each holds the sum of as many differences before it as its lowest bit says. */
  readonly #sums: Float64Array;
  /** Whoever has asked for a height hears of the next measure. */
  readonly #listen: () => void;
  #tell: (() => void) | undefined;

  /** `guess` in px. */
  constructor(count: number, guess: number) {
    this.count = count;
    this.#guess = guess;
    this.#measured = new Float64Array(count).fill(guess);
    this.#sums = new Float64Array(count + 1);
    this.#listen = createSubscriber((tell) => {
      this.#tell = tell;
    });
  }

  get total(): number {
    return this.top(this.count);
  }

  of(at: number): number {
    this.#listen();
    return this.#measured[at] ?? this.#guess;
  }

  /** Where a row begins, in px from the first one's top. */
  top(at: number): number {
    this.#listen();
    let sum = at * this.#guess;
    for (let i = at; i > 0; i -= i & -i) sum += this.#sums[i] ?? 0;
    return sum;
  }

  measure(at: number, px: number): void {
    const more = px - (this.#measured[at] ?? px);
    if (more === 0) return;
    this.#measured[at] = px;
    for (let i = at + 1; i <= this.count; i += i & -i) this.#sums[i] = (this.#sums[i] ?? 0) + more;
    this.#tell?.();
  }

  /** The row that stands at a height; the first or the last one beyond the ends. */
  at(px: number): number {
    let [from, to] = [0, this.count - 1];
    while (from < to) {
      const middle = (from + to + 1) >> 1;
      if (this.top(middle) <= px) from = middle;
      else to = middle - 1;
    }
    return from;
  }
}
