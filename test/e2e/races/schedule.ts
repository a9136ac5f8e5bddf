import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

/** A call to the store that waits for its turn. */
interface WaitingCall {
  readonly label: string;
  readonly turn: Deferred;
}

interface Actor {
  readonly name: number;
  readonly calls: WaitingCall[];
  hasBegun: boolean;
  hasEnded: boolean;
}

/** One step of a run: a request began, or one of its calls went through. */
export interface Step {
  readonly actor: number;
  readonly label: string;
}

/** A step that takes longer hangs. */
const PATIENCE = 5_000;

/**
 * Decides who goes on. A step takes one request from one call to the store up to its next, or to
 * its answer; nobody else moves meanwhile. So the store's calls come in just the order that the
 * turns say, and the same turns give the same order again.
 */
export class Schedule {
  readonly steps: Step[] = [];
  private readonly actors: Actor[];
  private running: { readonly actor: Actor; readonly paused: Deferred } | undefined;

  constructor(
    count: number,
    private readonly begin: (actor: number) => Promise<unknown>,
  ) {
    this.actors = Array.from({ length: count }, (_, name) => ({
      name,
      calls: [],
      hasBegun: false,
      hasEnded: false,
    }));
  }

  /** Runs every request to its end. When the turns are used up, the first that can go on does. */
  async run(turns: readonly number[]): Promise<void> {
    for (let step = 0; ; step += 1) {
      const able = this.actors.filter(({ hasEnded }) => !hasEnded);
      const actor = able[(turns[step] ?? 0) % able.length];
      if (actor === undefined) return;
      await this.advance(actor);
    }
  }

  /** Holds a call of the running request back until it is that request's turn again. */
  async wait(label: string): Promise<void> {
    if (this.running === undefined) throw new Error(`${label} was called while nobody ran`);
    const { actor, paused } = this.running;
    const turn = deferred();
    actor.calls.push({ label, turn });
    paused.resolve();
    await turn.promise;
  }

  /**
   * The call that went on has its answer. A request that waits for several calls at once may have
   * nothing more to ask before it is the next one's turn.
   */
  answered(): void {
    const { running } = this;
    if (running === undefined || running.actor.calls.length === 0) return;
    setImmediate(() => setImmediate(() => running.paused.resolve()));
  }

  /** Lets everything go on that still waits, after a run that failed. */
  abandon(): void {
    for (const { calls } of this.actors) for (const { turn } of calls.splice(0)) turn.resolve();
  }

  toString(): string {
    return this.steps.map(({ actor, label }) => `#${actor} ${label}`).join('\n');
  }

  private async advance(actor: Actor): Promise<void> {
    const paused = deferred();
    this.running = { actor, paused };
    if (!actor.hasBegun) {
      actor.hasBegun = true;
      this.steps.push({ actor: actor.name, label: 'begins' });
      this.begin(actor.name).then(
        () => this.ended(actor),
        (error: unknown) => this.running?.paused.reject(error),
      );
    } else {
      const call = actor.calls.shift();
      if (call === undefined) throw new Error(`#${actor.name} has nothing to go on with`);
      this.steps.push({ actor: actor.name, label: call.label });
      call.turn.resolve();
    }
    await this.patiently(paused.promise, actor);
    this.running = undefined;
  }

  private ended(actor: Actor): void {
    actor.hasEnded = true;
    this.running?.paused.resolve();
  }

  private async patiently(pause: Promise<void>, { name }: Actor): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`#${name} hangs`)), PATIENCE);
    });
    try {
      await Promise.race([pause, impatience]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Where calls to the store wait while a schedule is being run; otherwise they pass. */
export class Gate {
  schedule: Schedule | undefined;

  /** Has a call wait for its turn, and tells when it was answered. */
  async pass<T>(label: string, call: () => Promise<T>): Promise<T> {
    await this.schedule?.wait(label);
    try {
      return await call();
    } finally {
      this.schedule?.answered();
    }
  }
}
