export { SessionTesting } from './testing/session-testing.js';
export type {
  OverridableModule,
  OverridingFactory,
  TestSignInOptions,
} from './testing/session-testing.js';
export type { SessionTestingOptions } from './testing/options-under-test.js';
export type { SignInOptions } from './testing/sessions-under-test.js';
export type { SignedIn } from './testing/signed-in.js';
export type { BrowserCookie } from './testing/signed-in.js';
export type { TestStore } from './testing/store-outage.js';
export { TestClock } from './testing/test-clock.js';
export { fakeSession } from './testing/fake-session.js';
export type { FakeSession, FakeSessionOptions } from './testing/fake-session.js';
export { sessionStoreContract } from './testing/contract/session-store.contract.js';
export type { StoreContractOptions } from './testing/contract/session-store.contract.js';
export type { ContractCase } from './testing/contract/contract-case.js';
export type { StoreClock, StoreUnderTest } from './testing/contract/store-under-test.js';
