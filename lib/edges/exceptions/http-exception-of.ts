import {
  CrossOriginError,
  SessionGoneError,
  SessionLimitError,
  SessionRotatedError,
  SessionTooLargeError,
  SessionUnusableError,
  StoreUnavailableError,
  UnsupportedByStoreError,
  UserGoneError,
} from '../../session/errors.js';
import { CrossOriginException } from './cross-origin.exception.js';
import { NotAuthenticatedException } from './not-authenticated.exception.js';
import { SessionLimitException } from './session-limit.exception.js';
import { SessionRotatedException } from './session-rotated.exception.js';
import { SessionStoreUnavailableException } from './session-store-unavailable.exception.js';
import { SessionTooLargeException } from './session-too-large.exception.js';
import { SessionUnavailableException } from './session-unavailable.exception.js';
import { UnsupportedBySessionStoreException } from './unsupported-by-session-store.exception.js';

/**
 * True for a mistake in the application, which is logged where it is met, since Nest logs no HTTP exception.
 */
export function isMistake(error: Error): boolean {
  return error instanceof SessionUnusableError || error instanceof SessionTooLargeError;
}

/**
 * Returns the HTTP exception for an error of the lifecycle, or any other error as it is. The message of an
 * exception is what the client is told: GraphQL servers send it, and not the body. What only the log should
 * say is in the `cause`.
 */
export function toHttpException(error: Error): Error {
  if (error instanceof StoreUnavailableError) return new SessionStoreUnavailableException(error);
  if (error instanceof SessionUnusableError) return new SessionUnavailableException(error);
  if (error instanceof SessionGoneError) return new NotAuthenticatedException(error.reason);
  if (error instanceof UserGoneError) return new NotAuthenticatedException('user-gone');
  if (error instanceof SessionLimitError) {
    return new SessionLimitException(error.message, error.sessions, error);
  }
  if (error instanceof SessionRotatedError) return new SessionRotatedException(error);
  if (error instanceof CrossOriginError) return new CrossOriginException(error.message, error);
  if (error instanceof SessionTooLargeError) return new SessionTooLargeException(error);
  if (error instanceof UnsupportedByStoreError) {
    return new UnsupportedBySessionStoreException(error.message, error);
  }
  return error;
}
