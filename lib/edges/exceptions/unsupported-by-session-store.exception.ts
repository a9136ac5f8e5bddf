import { NotImplementedException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/** 501: the store cannot do this. The message names the store, the operation, and stores that can. */
export class UnsupportedBySessionStoreException extends NotImplementedException {
  static {
    brand(this, 'UnsupportedBySessionStoreException');
  }

  constructor(message: string, cause?: unknown) {
    super(message, { cause, description: 'Not Implemented' });
  }
}
