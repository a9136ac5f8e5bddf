import { InternalServerErrorException } from '@nestjs/common';

/** 500: there is no session to work with here; the message says why and what to do. */
export class SessionUnavailableException extends InternalServerErrorException {
  constructor(message: string, cause?: unknown) {
    super(message, { cause, description: 'Internal Server Error' });
  }
}
