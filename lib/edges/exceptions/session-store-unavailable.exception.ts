import { HttpStatus, ServiceUnavailableException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/**
 * 503: the store failed, or did not answer within `storeTimeout`. The message says what to check, and
 * the `cause` what happened; the client is only told to try again.
 */
export class SessionStoreUnavailableException extends ServiceUnavailableException {
  static {
    brand(this, 'SessionStoreUnavailableException');
  }

  constructor(message: string, cause?: unknown) {
    super(
      {
        statusCode: HttpStatus.SERVICE_UNAVAILABLE,
        error: 'Service Unavailable',
        message: 'Sessions are unavailable at the moment. Try again shortly.',
      },
      { cause },
    );
    this.message = message;
  }
}
