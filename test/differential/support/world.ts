import { sign } from 'cookie-signature';
import type { Answer } from './answer.js';
import { RecordingStore } from './recording-store.js';
import type { Platform, Step } from './scenario.js';
import { SECRET } from './sides.js';
import type { Side } from './sides.js';

/** What one run of a scenario has: its stores, its server, its browser, and what was noted. */
export class World {
  readonly stores: RecordingStore[] = [];
  /** What the handlers and clients saw, in order. */
  readonly notes: string[] = [];
  /** The cookies the browser has. */
  readonly jar = new Map<string, string>();
  port = 0;
  requests = 0;
  send: (step: Step) => Promise<Answer> = () => Promise.reject(new Error('no server yet'));

  constructor(
    readonly side: Side,
    readonly platform: Platform,
  ) {}

  /** The store of the first middleware. */
  get store(): RecordingStore {
    return (this.stores[0] ??= new RecordingStore());
  }

  note(text: string): void {
    this.notes.push(text);
  }

  nextNumber(): string {
    this.requests += 1;
    return String(this.requests);
  }

  cookieHeader(): string | undefined {
    if (this.jar.size === 0) return undefined;
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** The value of a session cookie as express-session signs it. */
export function signed(id: string, secret = SECRET): string {
  return encodeURIComponent(`s:${sign(id, secret)}`);
}
