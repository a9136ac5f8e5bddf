import { ConflictException, HttpStatus } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import type { SessionSummary } from '../../session/users/session-summary.js';

/**
 * 409: the user has as many sessions as the `limit` option allows. The response body lists them, so
 * that a page can ask which one to end.
 */
export class SessionLimitException extends ConflictException {
  static {
    brand(this, 'SessionLimitException');
  }

  constructor(
    message: string,
    /** The user's sessions, the most recently used first. */
    readonly sessions: readonly SessionSummary[],
    cause?: unknown,
  ) {
    super({ statusCode: HttpStatus.CONFLICT, error: 'Conflict', message, sessions }, { cause });
  }
}
