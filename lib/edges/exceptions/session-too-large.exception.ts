import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import { INTERNAL_ERROR } from '../../reporting/internal-error.js';

/**
 * 500: the session is kept in its cookie (SealedCookieStore), and is larger than the 4,096 bytes that
 * browsers accept. The client is told no more than `Internal server error`; the message of the `cause`
 * says how large the session is and which attribute is the largest, and is logged.
 */
export class SessionTooLargeException extends InternalServerErrorException {
  static {
    brand(this, 'SessionTooLargeException');
  }

  constructor(cause: Error) {
    super(INTERNAL_ERROR, { cause });
  }
}
