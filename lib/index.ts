export { SessionModule } from './nest/session.module.js';
export type { SessionModuleAsyncOptions } from './nest/session.module-async-options.js';
export type {
  SessionModuleExtras,
  SessionOptionsFactory,
} from './nest/session.module-definition.js';
export type {
  SessionExclusions,
  SessionModuleOptions,
  SessionOptions,
  SessionRoutes,
} from './options/session.options.js';
export type { CrossOriginOptions } from './options/cross-origin/cross-origin.options.js';
export type { SessionCookieOptions } from './options/cookie/session-cookie.options.js';
export type { SessionLimitSetting } from './options/session-settings.js';
export type * from './options/session-user.js';
export { toMilliseconds } from './options/duration.js';
export type { Duration } from './options/duration.js';
export { SessionService } from './nest/session.service.js';
export type {
  LoginOptions,
  RegenerateOptions,
  RevokeAllOptions,
} from './nest/session.service.options.js';
export type { Keep } from './session/rotation/move.js';
export type { SessionSummary } from './session/users/session-summary.js';
export type { SessionEvent } from './session/events.js';
export { createSessionMiddleware } from './nest/platform/session.middleware.js';
export type { SessionMiddleware } from './nest/platform/session.middleware.js';
export { sessionPlugin } from './nest/platform/session.plugin.js';
export type { FastifySession } from './edges/fastify/fastify-session-object.js';
export { userIdOf } from './nest/user-id-of.js';

export { Session } from './nest/decorators/session.decorator.js';
export { SessionId } from './nest/decorators/session-id.decorator.js';
export { UserId } from './nest/decorators/user-id.decorator.js';
export { CurrentUser } from './nest/decorators/current-user.decorator.js';
export { NoTouch } from './nest/decorators/no-touch.decorator.js';
export { Public } from './nest/decorators/public.decorator.js';
export { RequireFresh } from './nest/decorators/require-fresh.decorator.js';
export { AuthenticatedGuard } from './nest/authenticated.guard.js';

export { MemorySessionStore } from './stores/memory/memory-session.store.js';
export type {
  MemorySessionStoreOptions,
  MemorySnapshot,
} from './stores/memory/memory-session.store.js';
export { DevelopmentSessionStore } from './stores/development/development-session.store.js';
export type { DevelopmentSessionStoreOptions } from './stores/development/development-session.store.js';
export { SealedCookieStore } from './stores/sealed-cookie/sealed-cookie.store.js';
export type { SealedCookieStoreOptions } from './stores/sealed-cookie/sealed-cookie.store.js';
export type { OpenedSeal, SessionSeal } from './stores/session-seal.js';
export type {
  Conflict,
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  KeyBatch,
  Move,
  MoveOutcome,
  ReadRecord,
  Renewal,
  RecordCodec,
  RemoveOutcome,
  ReplaceOutcome,
  SessionLimit,
  SessionStore,
  StoredRecord,
  UserIndex,
  Version,
  Written,
} from './stores/session-store.js';

export { InvalidSessionOptionsException } from './options/invalid-session-options.exception.js';
export type { InvalidSessionOption } from './options/invalid-session-options.exception.js';
export { CrossOriginException } from './edges/exceptions/cross-origin.exception.js';
export { NotAuthenticatedException } from './edges/exceptions/not-authenticated.exception.js';
export type { NotAuthenticatedReason } from './edges/exceptions/not-authenticated.exception.js';
export { SessionLimitException } from './edges/exceptions/session-limit.exception.js';
export { SessionRotatedException } from './edges/exceptions/session-rotated.exception.js';
export { SessionStoreUnavailableException } from './edges/exceptions/session-store-unavailable.exception.js';
export { SessionTooLargeException } from './edges/exceptions/session-too-large.exception.js';
export { SessionUnavailableException } from './edges/exceptions/session-unavailable.exception.js';
export { UnsupportedBySessionStoreException } from './edges/exceptions/unsupported-by-session-store.exception.js';
