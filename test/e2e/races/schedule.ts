import { AsyncLocalStorage } from 'node:async_hooks';
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
  state: 'waiting' | 'sent' | 'arrived' | 'ended';
}

/** One step of a run: a request began, or one of its calls went through. */
export interface Step {
  readonly actor: number;
  readonly label: string;
  /** All requests that it moved forward: a write may belong to several. */
  readonly moved: Set<number>;
}

/** The request in whose course something happens. */
export const actors = new AsyncLocalStorage<number>();

/** A step that takes longer hangs. */
const PATIENCE = 5_000;

/** So many turns of the event loop without an event, and all that can go on by itself has done so. */
const QUIET_TURNS = 8;

/**
 * Decides who goes on. A step takes one request from one call to the store up to its next, or to its
 * answer, or to where it waits for the write of another; nobody else moves meanwhile, unless that call
 * was made for them as well. So the store's calls come in just the order that the turns say, and the
 * same turns give the same order again.
 */
export class Schedule {
  readonly steps: Step[] = [];
  private readonly actors: Actor[];
  /** Calls and messages that have not come to where they go. */
  private underWay = 0;
  private events = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    count: number,
    private readonly begin: (actor: number) => Promise<unknown>,
  ) {
    this.actors = Array.from({ length: count }, (_, name) => ({
      name,
      calls: [],
      state: 'waiting',
    }));
  }

  /** Runs every request to its end. When the turns are used up, the first that can go on does. */
  async run(turns: readonly number[]): Promise<void> {
    for (let step = 0; ; step += 1) {
      const left = this.actors.filter(({ state, calls }) => state !== 'ended' || calls.length > 0);
      if (left.length === 0) return;
      const first = (turns[step] ?? 0) % left.length;
      const actor = [...left.slice(first), ...left.slice(0, first)].find(canGoOn);
      if (actor === undefined) await this.patiently(() => this.actors.some(canGoOn));
      else await this.advance(actor);
    }
  }

  /** Holds a call of a request back until it is that request's turn again. */
  async wait(label: string): Promise<void> {
    const actor = this.actors[actors.getStore() ?? -1];
    if (actor === undefined) throw new Error(`${label} was called by nobody`);
    this.arrived(actor);
    this.note(actor.name);
    const turn = deferred();
    actor.calls.push({ label, turn });
    await turn.promise;
  }

  /** The call that went on has its answer. */
  answered(): void {
    this.underWay -= 1;
    this.events += 1;
  }

  /** A request has come a bit further. */
  note(actor = actors.getStore()): void {
    this.events += 1;
    if (actor !== undefined) this.steps.at(-1)?.moved.add(actor);
  }

  /** A response has been sent. */
  sent(): void {
    this.underWay += 1;
    this.note();
  }

  /** Lets everything that still waits continue, after a run that failed. */
  abandon(): void {
    for (const { calls } of this.actors) for (const { turn } of calls.splice(0)) turn.resolve();
  }

  toString(): string {
    const tell = ({ actor, label, moved }: Step): string =>
      `#${actor} ${label} (${[...moved].join()})`;
    return this.steps.map(tell).join('\n');
  }

  private async advance(actor: Actor): Promise<void> {
    this.underWay += 1;
    const call = actor.calls.shift();
    this.steps.push({
      actor: actor.name,
      label: call?.label ?? 'begins',
      moved: new Set([actor.name]),
    });
    if (call !== undefined) call.turn.resolve();
    else {
      actor.state = 'sent';
      this.begin(actor.name).then(
        () => this.ended(actor),
        (error: unknown) => (this.failure = { error }),
      );
    }
    await this.patiently(() => true);
  }

  private arrived(actor: Actor): void {
    if (actor.state !== 'sent') return;
    actor.state = 'arrived';
    this.underWay -= 1;
  }

  private ended(actor: Actor): void {
    this.arrived(actor);
    actor.state = 'ended';
    this.underWay -= 1;
    this.note(actor.name);
  }

  /** Waits until nothing goes on by itself any more, and something has come to pass. */
  private async patiently(isDone: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (let quiet = 0; quiet < QUIET_TURNS || !isDone();) {
      const before = this.events;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.failure !== undefined) throw this.failure.error;
      quiet = this.events === before && this.underWay === 0 ? quiet + 1 : 0;
      if (performance.now() > end) throw new Error(`${this.steps.at(-1)?.label} hangs`);
    }
  }
}

function canGoOn({ state, calls }: Actor): boolean {
  return state === 'waiting' || calls.length > 0;
}

/** Where calls to the store wait while a schedule is being run; otherwise they pass. */
export class Gate {
  schedule: Schedule | undefined;

  /** Has a call wait for its turn, and tells when it was answered. */
  async pass<T>(label: string, call: () => Promise<T>): Promise<T> {
    const { schedule } = this;
    await schedule?.wait(label);
    try {
      return await call();
    } finally {
      schedule?.answered();
    }
  }
}
