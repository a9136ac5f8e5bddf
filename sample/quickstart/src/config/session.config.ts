import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { OpenedStore } from './open-store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How sessions are signed, where they are kept, and how long they live. Times are milliseconds. */
export class SessionConfig implements OnApplicationShutdown {
  readonly secret: string = process.env['SESSION_SECRET'] ?? inventSecret();
  readonly store: OpenedStore['store'];
  readonly idleTimeout = 30 * MINUTE;
  readonly absoluteTimeout = 12 * HOUR;
  /** For how long whoever asks for it stays signed in, used or not; the sign-in form says it, too. */
  readonly rememberFor = 30 * DAY;

  constructor(private readonly opened: OpenedStore) {
    this.store = opened.store;
  }

  onApplicationShutdown(): void {
    this.opened.close();
  }
}

function inventSecret(): string {
  new Logger(SessionConfig.name).warn(
    'SESSION_SECRET is not set, so a random one is used: cookies signed with it are worthless after a restart. For more than a demo, set SESSION_SECRET to at least 32 random characters.',
  );
  return randomBytes(32).toString('base64url');
}
