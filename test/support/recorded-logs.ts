import { Logger } from '@nestjs/common';
import type { LoggerService } from '@nestjs/common';

/** What a client is told of a mistake in the application, which the log has in full. */
export const INTERNAL_ERROR = { statusCode: 500, message: 'Internal server error' };

export interface Said {
  readonly level: 'log' | 'warn' | 'error';
  readonly message: string;
}

/** Collects what is logged through Nest's Logger until `restore()`. */
export function recordLogs(): { logs: Said[]; restore(): void } {
  const logs: Said[] = [];
  const say = (level: Said['level']) => (message: unknown) => {
    logs.push({ level, message: String(message) });
  };
  const recorder: LoggerService = { log: say('log'), warn: say('warn'), error: say('error') };
  Logger.overrideLogger(recorder);
  return { logs, restore: () => Logger.overrideLogger(false) };
}
