import { AsyncResource } from 'node:async_hooks';
import { StoreUnavailableError } from '../errors.js';
import { begun } from '../storage/begun.js';
import type { WaitBudget } from '../storage/wait-budget.js';
import type { KnownRecord } from './known-record.js';
import { Patience } from './patience.js';

/** A request's part in a write that several requests share. */
export interface GroupMember {
  readonly key: string;
  /** How long its request may still wait. */
  readonly budget: WaitBudget;
  /** Settles when it was told the outcome. */
  readonly done: Promise<void>;
  /** Tells it that it will not be stored. */
  reject(error: unknown): void;
}

/**
 * Something that waits for its turn: a part of a shared write, or what must be alone with the session. A
 * class: see "Literals that outlive their request" in benchmarks/NOTES.md.
 */
class Job<Member> {
  /** How long it may wait, where it has to. */
  patience: Patience | undefined;

  constructor(
    readonly work: Member | Run,
    readonly reject: (error: unknown) => void,
  ) {}
}

/** Does the work; returns what it leaves in the store, if that is known. */
type Run = () => Promise<KnownRecord | undefined>;

/** What waits to write to one session, in the order in which it came. */
class Line<Member> {
  jobs: Job<Member>[] = [];
  /** What the last write left in the store, where that is known. */
  newest: KnownRecord | undefined;
}

/** Stores what all members did, and settles each of them; returns what is in the store then. */
export type WriteGroup<Member> = (
  members: readonly Member[],
  newest: KnownRecord | undefined,
) => Promise<KnownRecord | undefined>;

/**
 * The writes of this process: one at a time for each session, first come, first served, and what waits
 * meanwhile is written together. Sessions do not wait for one another.
 */
export class WriteQueue<Member extends GroupMember> {
  private readonly lines = new Map<string, Line<Member>>();

  /**
   * @param stillBusy resolves when the store is through with a call for a key that was given up
   * @param leastWait for how many milliseconds a member waits for its write, however long it has waited
   */
  constructor(
    private readonly stillBusy: (key: string) => Promise<void> | undefined,
    private readonly writeGroup: WriteGroup<Member>,
    private readonly leastWait: number,
  ) {}

  /** True while something is being written to the session of a key. */
  isBusy(key: string): boolean {
    return this.lines.has(key);
  }

  /** Writes a member's part, together with whatever else waits by then. */
  join(member: Member): void {
    const { key, budget } = member;
    if (!this.hasToWait(key)) {
      const line = this.beginLine(key);
      // No literal: see "Literals that outlive their request" in benchmarks/NOTES.md.
      return this.goOnAfter(key, line, this.writeGroup(Array.of(member), undefined));
    }
    const reject = (error: unknown): void => member.reject(error);
    this.add(key, budget, new Job<Member>(member, reject));
  }

  /**
   * Runs something while nobody else writes to the session.
   * @param known returns what that leaves in the store; called when it is done
   */
  alone<T>(
    key: string,
    budget: WaitBudget,
    perform: () => Promise<T>,
    known: () => KnownRecord | undefined = () => undefined,
  ): Promise<T> {
    if (!this.hasToWait(key)) {
      const line = this.beginLine(key);
      const done = begun(perform);
      const over = (): void => this.goOn(key, line, known);
      done.then(over, over);
      return done;
    }
    return new Promise((resolve, reject) => {
      // A line is served in the async context of whoever came first.
      const inContext = AsyncResource.bind(perform);
      const run: Run = () => begun(inContext).then(resolve, reject).then(known);
      this.add(key, budget, new Job<Member>(run, reject));
    });
  }

  private hasToWait(key: string): boolean {
    return this.isBusy(key) || this.stillBusy(key) !== undefined;
  }

  private add(key: string, budget: WaitBudget, job: Job<Member>): void {
    const others = this.lines.get(key);
    this.limitWait(key, budget, job);
    const line = others ?? this.beginLine(key);
    line.jobs.push(job);
    if (others === undefined) this.serve(key, line);
  }

  private beginLine(key: string): Line<Member> {
    const line = new Line<Member>();
    this.lines.set(key, line);
    return line;
  }

  /**
   * Ends a line, and leaves nothing in it: a `Map` that grows and shrinks all the time keeps what was in it
   * alive, until V8 looks through the old generation.
   */
  private endLine(key: string, line: Line<Member>): void {
    this.lines.delete(key);
    if (line.jobs.length > 0) line.jobs = [];
    line.newest = undefined;
  }

  private serve(key: string, line: Line<Member>): void {
    const busy = this.stillBusy(key);
    if (busy !== undefined) return void busy.then(() => this.serve(key, line));
    const [first] = line.jobs;
    if (first === undefined) this.endLine(key, line);
    else if (!isRun(first.work)) this.goOnAfter(key, line, this.serveGroup(line));
    else {
      this.take(line, 1);
      first.patience?.end();
      this.goOnAfter(key, line, first.work());
    }
  }

  /** Serves the rest of a line when a part of it is done. */
  private goOnAfter(key: string, line: Line<Member>, work: ReturnType<Run>): void {
    work.then(
      (newest) => this.goOn(key, line, () => newest),
      (error: unknown) => this.giveUp(key, line, error),
    );
  }

  private goOn(key: string, line: Line<Member>, known: () => KnownRecord | undefined): void {
    try {
      line.newest = known();
    } catch (error) {
      return this.giveUp(key, line, error);
    }
    this.serve(key, line);
  }

  private giveUp(key: string, line: Line<Member>, error: unknown): void {
    const { jobs } = line;
    this.endLine(key, line);
    for (const job of jobs) {
      job.patience?.end();
      job.reject(error);
    }
  }

  /** Writes all members that wait before the next job that must be alone. None waits longer than it may. */
  private serveGroup(line: Line<Member>): Promise<KnownRecord | undefined> {
    const end = line.jobs.findIndex(({ work }) => isRun(work));
    const jobs = this.take(line, end === -1 ? line.jobs.length : end);
    for (const { patience } of jobs) patience?.extendTo(this.leastWait);
    const members = jobs.flatMap(({ work }) => (isRun(work) ? [] : [work]));
    return this.writeGroup(members, line.newest);
  }

  private take(line: Line<Member>, count: number): Job<Member>[] {
    const jobs = line.jobs.slice(0, count);
    line.jobs = line.jobs.slice(count);
    return jobs;
  }

  /** Drops a job that waits in the line for longer than its request may. */
  private limitWait(key: string, budget: WaitBudget, job: Job<Member>): void {
    const patience = new Patience(budget, () => {
      budget.hasFailed = true;
      const line = this.lines.get(key);
      if (line !== undefined) line.jobs = line.jobs.filter((other) => other !== job);
      job.reject(new StoreUnavailableError('write', new Error(LATE)));
    });
    job.patience = patience;
    const end = (): void => patience.end();
    if (!isRun(job.work)) job.work.done.then(end, end);
  }
}

function isRun(work: GroupMember | Run): work is Run {
  return typeof work === 'function';
}

const LATE = 'the request has waited for writes to its session for as long as it may';
