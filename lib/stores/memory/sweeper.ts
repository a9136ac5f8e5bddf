/** How long to wait for what expires next, and for the next step when there is more, in milliseconds. */
const PAUSE = 1_000;
const BREATH = 10;

/** What a step leaves: more that is due now, something that will be, or nothing. */
export type Remainder = 'due' | 'later' | 'nothing';

/** Takes one small step after the other, by a timer that keeps no process alive, until nothing is left. */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly step: () => Remainder) {}

  /** Something will be due, now or later. */
  wake(): void {
    if (this.timer === undefined) this.wait(PAUSE);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait(milliseconds: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const left = this.step();
      if (left !== 'nothing') this.wait(left === 'due' ? BREATH : PAUSE);
    }, milliseconds).unref();
  }
}
