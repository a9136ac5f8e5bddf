import type { UserLoader } from 'nestjs-sesame';
import { deferred } from '../deferred.js';
import type { Deferred } from '../deferred.js';

declare module 'nestjs-sesame' {
  interface SessionTypes {
    user: User;
  }
}

export interface User {
  readonly id: string;
  readonly name: string;
}

/** The users of an application; a test can see which of them are asked for, and when. */
export class Users {
  /** The ids that were asked for. */
  readonly asked: string[] = [];
  private readonly gone = new Set<string>();
  private failure: unknown;
  private gate: Deferred | undefined;

  readonly load: UserLoader = async (id) => {
    this.asked.push(id);
    await this.gate?.promise;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    return this.gone.has(id) ? undefined : { id, name: id.toUpperCase() };
  };

  remove(id: string): void {
    this.gone.add(id);
  }

  failOnce(failure: unknown): void {
    this.failure = failure;
  }

  /** Makes whoever asks wait until `answer()`. */
  pause(): void {
    this.gate = deferred();
  }

  answer(): void {
    this.gate?.resolve();
  }
}
