import { InternalServerErrorException } from '@nestjs/common';
import { brand } from '../copies/brand.js';
import { INTERNAL_ERROR } from '../reporting/internal-error.js';
import { printable } from '../reporting/printable.js';

/** One thing that is wrong with the options. */
export interface InvalidSessionOption {
  /** The option, such as `cookie.sameSite`. */
  readonly path: string;
  /** What is wrong and how to correct it. It never contains a secret. */
  readonly problem: string;
}

/**
 * 500: lists everything that is wrong with the options. Thrown at boot, or, for what a `cookie` function
 * returned, in the request that the function was called for; there it is logged, and the client is not told.
 */
export class InvalidSessionOptionsException extends InternalServerErrorException {
  static {
    brand(this, 'InvalidSessionOptionsException');
  }

  constructor(
    /** Everything that is wrong, option by option. */
    readonly problems: readonly InvalidSessionOption[],
  ) {
    const list = problems.map(({ path, problem }) => `  - ${printable(path)}: ${problem}`);
    super(INTERNAL_ERROR);
    this.message = ['The session options are not valid:', ...list].join('\n');
    Reflect.deleteProperty(this, 'cause'); // Node prints one that is undefined, too.
    // Printing it shows the message, and not what Nest keeps in it for a response.
    for (const name of Object.keys(this)) Object.defineProperty(this, name, { enumerable: false });
  }
}
