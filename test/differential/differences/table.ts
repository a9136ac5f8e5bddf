import { cookies } from './cookies.js';
import type { Difference } from './difference.js';
import { http2 } from './http2.js';
import { methods } from './methods.js';
import { options } from './options.js';
import { otherOrigins } from './other-origins.js';
import { responses } from './responses.js';
import { saving } from './saving.js';
import { standing } from './standing.js';
import { stores } from './stores.js';

/** Every difference, in the order of docs/differences.md. */
export const differences: readonly Difference[] = [
  ...standing,
  ...options,
  ...otherOrigins,
  ...cookies,
  ...saving,
  ...methods,
  ...responses,
  ...stores,
  ...http2,
];
