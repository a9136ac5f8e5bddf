import { httpPlatform } from './http-platform.js';
import type { HttpPlatform } from './http-platform.js';

/** How the scenarios differ from one platform to the other: `docs/fastify.md` has the same table. */
interface Differences {
  /** A path also matches with a slash at its end. */
  readonly endsInAnySlash: boolean;
  /** A middleware can replace the method on the wire, and the route of the new method is taken. */
  readonly overridesMethods: boolean;
  /** `delete request.session` takes the session away, as `request.session = null` does. */
  readonly deletesSession: boolean;
  /** Nobody but the application listens to the errors of a response. */
  readonly leavesResponseErrors: boolean;
}

const DIFFERENCES: Readonly<Record<HttpPlatform, Differences>> = {
  express: {
    endsInAnySlash: true,
    overridesMethods: true,
    deletesSession: true,
    leavesResponseErrors: true,
  },
  fastify: {
    endsInAnySlash: false,
    overridesMethods: false,
    deletesSession: false,
    leavesResponseErrors: false,
  },
};

export const platform = DIFFERENCES[httpPlatform()];
