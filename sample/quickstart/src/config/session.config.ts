import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RedisSessionStore } from 'nestjs-sesame/redis';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How sessions are signed, where they are kept, and how long they live. Times are milliseconds. */
@Injectable()
export class SessionConfig {
  readonly secret: string = process.env['SESSION_SECRET'] ?? inventSecret();
  /** Redis where `REDIS_URL` names one; else the embedded default, this process's memory. */
  readonly store = openRedis(process.env['REDIS_URL']);
  readonly idleTimeout = 30 * MINUTE;
  readonly absoluteTimeout = 12 * HOUR;
  /** For how long whoever asks for it stays signed in, used or not; the sign-in form says it, too. */
  readonly rememberFor = 30 * DAY;
}

function inventSecret(): string {
  new Logger(SessionConfig.name).warn(
    'SESSION_SECRET is not set, so a random one is used: cookies signed with it are worthless after a restart. For more than a demo, set SESSION_SECRET to at least 32 random characters.',
  );
  return randomBytes(32).toString('base64url');
}

function openRedis(url: string | undefined): RedisSessionStore | undefined {
  return url ? new RedisSessionStore({ url }) : undefined;
}
