export { SessionModule } from './session.module.js';
export type { SessionModuleExtras, SessionOptionsFactory } from './session.module-definition.js';
export type {
  SessionExclusions,
  SessionModuleOptions,
  SessionOptions,
  SessionRoutes,
} from './session.options.js';
export type { SessionCookieOptions } from './options/session-cookie.options.js';
export type { SessionLimitSetting } from './core/session-settings.js';
export type { Duration } from './core/duration.js';
export { SessionService } from './session.service.js';
export type { LoginOptions, RegenerateOptions, RevokeAllOptions } from './session.service.js';
export type { Keep } from './core/session-rotation.js';
export type { SessionSummary } from './core/session-summary.js';
export type { SessionEvent } from './core/session-events.js';
export { createSessionMiddleware } from './session.middleware.js';
export type { SessionMiddleware } from './session.middleware.js';

export { Session } from './decorators/session.decorator.js';
export { SessionId } from './decorators/session-id.decorator.js';
export { UserId } from './decorators/user-id.decorator.js';
export { Public } from './decorators/public.decorator.js';
export { RequireFresh } from './decorators/require-fresh.decorator.js';
export { AuthenticatedGuard } from './guards/authenticated.guard.js';

export { MemorySessionStore } from './stores/memory/memory-session.store.js';
export type { MemorySessionStoreOptions } from './stores/memory/memory-session.store.js';
export { SealedCookieStore } from './stores/sealed-cookie/sealed-cookie.store.js';
export type { SealedCookieStoreOptions } from './stores/sealed-cookie/sealed-cookie.store.js';
export type { OpenedSeal, SessionSeal } from './stores/session-seal.js';
export type {
  EntryOutcome,
  IndexedSessionStore,
  IndexEntry,
  KeyBatch,
  RecordCodec,
  SessionLimit,
  SessionStore,
  StoreConflict,
  StoredRecord,
  StoreOutcome,
  UserIndex,
} from './stores/session-store.js';

export { InvalidSessionOptionsException } from './exceptions/invalid-session-options.exception.js';
export type { InvalidSessionOption } from './exceptions/invalid-session-options.exception.js';
export { NotAuthenticatedException } from './exceptions/not-authenticated.exception.js';
export type { NotAuthenticatedReason } from './exceptions/not-authenticated.exception.js';
export { SessionLimitException } from './exceptions/session-limit.exception.js';
export { SessionStoreUnavailableException } from './exceptions/session-store-unavailable.exception.js';
export { SessionTooLargeException } from './exceptions/session-too-large.exception.js';
export { SessionUnavailableException } from './exceptions/session-unavailable.exception.js';
export { UnsupportedBySessionStoreException } from './exceptions/unsupported-by-session-store.exception.js';
