export { SessionTesting } from './testing/session-testing.js';
export type {
  OverridableModule,
  OverridingFactory,
  TestSignInOptions,
} from './testing/session-testing.js';
export type { SessionTestingOptions } from './testing/options-under-test.js';
export type { SignInOptions } from './testing/sessions-under-test.js';
export { SignedIn } from './testing/signed-in.js';
export type { BrowserCookie } from './testing/signed-in.js';
export { StoreOutage } from './testing/store-outage.js';
export { TestClock } from './testing/test-clock.js';
export { FakeSession, fakeSession } from './testing/fake-session.js';
export type { FakeSessionOptions } from './testing/fake-session.js';
