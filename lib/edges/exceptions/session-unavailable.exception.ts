import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import { INTERNAL_ERROR } from '../../reporting/internal-error.js';

/**
 * 500: the session cannot be used here. The message says why and what to do; it is logged, and the
 * client is not told.
 */
export class SessionUnavailableException extends InternalServerErrorException {
  static {
    brand(this, 'SessionUnavailableException');
  }

  constructor(message: string, cause?: unknown) {
    super(INTERNAL_ERROR, { cause });
    this.message = message;
  }
}
