/**
 * A number for each slot, outside the heap of JavaScript: a field of an object would take 8 bytes, a
 * time 16 more.
 */
export class SlotNumbers {
  private numbers: Float64Array | Uint32Array;

  constructor(private readonly Numbers: Float64ArrayConstructor | Uint32ArrayConstructor) {
    this.numbers = new Numbers(0);
  }

  get(slot: number): number {
    return this.numbers[slot] ?? 0;
  }

  set(slot: number, value: number): void {
    if (slot >= this.numbers.length) this.grow(slot);
    this.numbers[slot] = value;
  }

  /** By a share of what is there, so that many slots one after the other cost little each. */
  private grow(slot: number): void {
    const grown = new this.Numbers(slot + (slot >> 2) + 16);
    grown.set(this.numbers);
    this.numbers = grown;
  }
}
