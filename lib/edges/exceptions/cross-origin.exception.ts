import { ForbiddenException, HttpStatus } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/**
 * 403: a page of another origin sent the request by an unsafe method, with the session's cookie or to sign
 * somebody in. The message, which the client gets too, names that origin, and what to write if it is one to
 * trust. The response body has the `reason`, `'cross-origin'`.
 */
export class CrossOriginException extends ForbiddenException {
  static {
    brand(this, 'CrossOriginException');
  }

  /** Why the request was refused. */
  readonly reason = 'cross-origin';

  constructor(message: string, cause?: unknown) {
    const reason = 'cross-origin';
    super({ statusCode: HttpStatus.FORBIDDEN, error: 'Forbidden', message, reason }, { cause });
  }
}
