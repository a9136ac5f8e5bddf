import { InternalServerErrorException } from '@nestjs/common';

/**
 * 500: the session travels in its cookie (SealedCookieStore), and has outgrown the 4,096 bytes that
 * browsers take. The message says how large it is and which attribute is the largest.
 */
export class SessionTooLargeException extends InternalServerErrorException {
  constructor(message: string, cause?: unknown) {
    super(message, { cause, description: 'Internal Server Error' });
  }
}
