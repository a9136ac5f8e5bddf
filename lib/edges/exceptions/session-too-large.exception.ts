import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import { INTERNAL_ERROR } from '../../reporting/internal-error.js';

/**
 * 500: the session is kept in its cookie (SealedCookieStore), and is larger than the 4,096 bytes that
 * browsers accept. The message says how large it is and which attribute is the largest; it is logged,
 * and the client is not told.
 */
export class SessionTooLargeException extends InternalServerErrorException {
  static {
    brand(this, 'SessionTooLargeException');
  }

  constructor(message: string, cause?: unknown) {
    super(INTERNAL_ERROR, { cause });
    this.message = message;
  }
}
