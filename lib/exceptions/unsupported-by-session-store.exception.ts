import { NotImplementedException } from '@nestjs/common';

/** 501: the store cannot do this; the message names the store, the operation, and stores that can. */
export class UnsupportedBySessionStoreException extends NotImplementedException {
  constructor(message: string, cause?: unknown) {
    super(message, { cause, description: 'Not Implemented' });
  }
}
