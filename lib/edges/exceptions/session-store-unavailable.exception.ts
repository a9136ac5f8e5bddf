import { HttpStatus, ServiceUnavailableException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/**
 * 503: the store failed, or did not answer within `storeTimeout`. The client is only told to try again; the
 * message of the `cause` says what to check, and the `cause` of that says what happened.
 */
export class SessionStoreUnavailableException extends ServiceUnavailableException {
  static {
    brand(this, 'SessionStoreUnavailableException');
  }

  constructor(cause: Error) {
    super(
      {
        statusCode: HttpStatus.SERVICE_UNAVAILABLE,
        error: 'Service Unavailable',
        message: 'Sessions are unavailable at the moment. Try again shortly.',
      },
      { cause },
    );
  }
}
