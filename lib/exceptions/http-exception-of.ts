import { SessionUnusableError, StoreUnavailableError } from '../core/session-errors.js';
import { SessionStoreUnavailableException } from './session-store-unavailable.exception.js';
import { SessionUnavailableException } from './session-unavailable.exception.js';

/** The HTTP exception that stands for an error of the lifecycle; any other error as it is. */
export function toHttpException(error: unknown): unknown {
  if (error instanceof StoreUnavailableError) {
    return new SessionStoreUnavailableException(error.message, error);
  }
  if (error instanceof SessionUnusableError) {
    return new SessionUnavailableException(error.message, error);
  }
  return error;
}
