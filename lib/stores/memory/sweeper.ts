/** How long to wait until the next step, in milliseconds: when nothing is due, and when more is. */
const PAUSE = 1_000;
const BREATH = 10;

/** What a step leaves to do: more that is due now, something that will be due, or nothing. */
export type Remainder = 'due' | 'later' | 'nothing';

/** Takes small steps until nothing is left to do, on a timer that does not keep the process alive. */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly step: () => Remainder) {}

  /** Tells it that something is due, now or later. */
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
