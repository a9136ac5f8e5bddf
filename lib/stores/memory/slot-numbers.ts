/**
 * A number for each slot, outside the JavaScript heap: a field of an object would take 8 bytes, and 16
 * more for a time.
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

  /** Grows by a quarter, so that adding one slot after another costs little for each. */
  private grow(slot: number): void {
    const grown = new this.Numbers(slot + (slot >> 2) + 16);
    grown.set(this.numbers);
    this.numbers = grown;
  }
}
