import { ServiceUnavailableException } from '@nestjs/common';

/** 503: the store failed or did not answer within `storeTimeout`. The `cause` says more. */
export class SessionStoreUnavailableException extends ServiceUnavailableException {
  constructor(message: string, cause?: unknown) {
    super(message, { cause, description: 'Service Unavailable' });
  }
}
