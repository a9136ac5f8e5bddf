import { SqlClientError } from './sql-client.error.js';

/** A connection is closed when it has been silent for this many times as long as anybody waits. */
const SILENCES = 5;

/** How long to wait where nobody has said how long, in milliseconds. */
export const USUAL_PATIENCE = 10_000;

/** How long somebody waits for an answer, from now on. */
export class Patience {
  private readonly end: number;

  /** @param milliseconds how long that is */
  constructor(private readonly milliseconds = USUAL_PATIENCE) {
    this.end = performance.now() + milliseconds;
  }

  get isOver(): boolean {
    return performance.now() > this.end;
  }

  /** @throws SqlClientError when nobody waits any more, so that what was refused is not done later */
  demand(): void {
    if (!this.isOver) return;
    throw new SqlClientError(
      'SqlSessionStore: it took too long to come to this statement, so it was not run. See whether the pool of the client has enough connections, and who holds them.',
    );
  }

  /** A connection that has been silent for this many milliseconds may never answer. */
  get silence(): number {
    return SILENCES * this.milliseconds;
  }
}
