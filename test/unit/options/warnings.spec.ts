import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsoleLogger, Logger } from '@nestjs/common';
import type { LoggerService } from '@nestjs/common';
import session from 'express-session';
import { createSessionMiddleware } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { SECRET } from '../settings-of.js';

class RecordingLogger implements LoggerService {
  readonly warnings: string[] = [];
  readonly others: unknown[] = [];

  warn(message: unknown, context: unknown): void {
    this.warnings.push(`[${String(context)}] ${String(message)}`);
  }

  log(...said: unknown[]): void {
    this.others.push(said);
  }

  error(...said: unknown[]): void {
    this.others.push(said);
  }

  fatal(...said: unknown[]): void {
    this.others.push(said);
  }
}

const SHORT_SECRET =
  '[SessionModule] A session secret has fewer than 32 characters or bytes. Use a random one: openssl rand -base64 32.';
const IN_MEMORY =
  '[SessionModule] Sessions are kept in the memory of this process: they end with it and are not shared with other instances. Use a Redis or database store in production.';
const NOT_SECURE =
  '[SessionModule] The session cookie is not Secure in production, so it also travels over plain HTTP. Set cookie.secure to true or "auto".';

const TOO_LONG =
  '[SessionModule] cookie.maxAge is longer than 400 days, after which browsers drop a cookie (RFC 6265bis, 5.5). Set it to 400 days or less: the cookie is sent again whenever the session is touched.';

function external(): { store: session.Store } {
  return { store: new session.MemoryStore() };
}

describe('at boot', () => {
  const environment = process.env['NODE_ENV'];
  let logger: RecordingLogger;

  beforeEach(() => {
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
  });
  afterEach(() => {
    Logger.overrideLogger(new ConsoleLogger());
    if (environment === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = environment;
  });

  const warningsFor = (options: Partial<SessionOptions>, nodeEnv: string): string[] => {
    process.env['NODE_ENV'] = nodeEnv;
    createSessionMiddleware({ secret: SECRET, ...options });
    expect(logger.others).toEqual([]);
    return logger.warnings;
  };

  it('nothing is said about options that are in order', () => {
    expect(warningsFor({}, 'development')).toEqual([]);
    expect(warningsFor({ ...external(), cookie: { secure: true } }, 'production')).toEqual([]);
  });

  it.each(['development', 'production'])('a short secret is warned of in %s', (nodeEnv) => {
    const options = { ...external(), secret: 'x'.repeat(31) };
    expect(warningsFor(options, nodeEnv)).toEqual([SHORT_SECRET]);
  });

  it('a secret of 32 characters or bytes is long enough', () => {
    expect(warningsFor({ secret: 'x'.repeat(32) }, 'development')).toEqual([]);
    expect(warningsFor({ secret: Buffer.alloc(32) }, 'development')).toEqual([]);
  });

  it('several short secrets are warned of once, and never shown', () => {
    const secret = ['the first secret', SECRET, 'the second secret'];
    expect(warningsFor({ secret }, 'development')).toEqual([SHORT_SECRET]);
  });

  it('the memory store is warned of in production', () => {
    expect(warningsFor({}, 'production')).toEqual([IN_MEMORY]);
  });

  it('a cookie that is not Secure is warned of in production', () => {
    const options = { ...external(), cookie: { secure: false } };
    expect(warningsFor(options, 'production')).toEqual([NOT_SECURE]);
  });

  it('a cookie lifetime longer than browsers allow is warned of', () => {
    const options = { ...external(), cookie: { maxAge: '401d' } } as const;
    expect(warningsFor(options, 'development')).toEqual([TOO_LONG]);
  });

  it('a cookie of 400 days is not warned of, and neither is a longer idleTimeout', () => {
    expect(warningsFor({ cookie: { maxAge: '400d' } }, 'development')).toEqual([]);
    expect(warningsFor({ idleTimeout: '500d', absoluteTimeout: null }, 'development')).toEqual([]);
  });

  it('neither the memory store nor an insecure cookie is warned of in development', () => {
    expect(warningsFor({ cookie: { secure: false } }, 'development')).toEqual([]);
  });

  it("a cookie that is Secure wherever it can be ('auto') is not warned of", () => {
    expect(warningsFor({ ...external(), cookie: { secure: 'auto' } }, 'production')).toEqual([]);
  });

  it('each of several warnings is given once', () => {
    const options = { secret: 'short', cookie: { secure: false } };
    expect(warningsFor(options, 'production')).toEqual([SHORT_SECRET, IN_MEMORY, NOT_SECURE]);
  });
});
