import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';
import { INTERNAL_ERROR } from '../../reporting/internal-error.js';

/**
 * 500: there is no session to work with here. The message says why and what to do; it is logged, and
 * the client hears nothing of it.
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
