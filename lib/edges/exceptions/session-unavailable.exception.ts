import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import { INTERNAL_ERROR } from '../../reporting/internal-error.js';

/**
 * 500: the session cannot be used here. The client is told no more than `Internal server error`; the
 * message of the `cause` says why and what to do, and is logged.
 */
export class SessionUnavailableException extends InternalServerErrorException {
  static {
    brand(this, 'SessionUnavailableException');
  }

  constructor(cause: Error) {
    super(INTERNAL_ERROR, { cause });
  }
}
