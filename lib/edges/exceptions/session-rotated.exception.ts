import { ConflictException, HttpStatus } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/**
 * 409: a sign-in gave the session of this request a new id, while the request was under way or before it
 * came. Nothing of the request was stored, and nobody was signed out: the client should send it again, with
 * the cookie that it has by then. The response body has the `reason`, `'rotated'`.
 */
export class SessionRotatedException extends ConflictException {
  static {
    brand(this, 'SessionRotatedException');
  }

  /** Why the request was refused. */
  readonly reason = 'rotated';

  constructor(cause?: Error) {
    const reason = 'rotated';
    super({ statusCode: HttpStatus.CONFLICT, error: 'Conflict', message: TOLD, reason }, { cause });
  }
}

const TOLD = 'A sign-in has renewed the session in the meantime. Send the request again.';
