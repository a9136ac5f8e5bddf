// The testing kit by require(), and the contract of stores by Node's own test runner.
require('reflect-metadata');
const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Test } = require('@nestjs/testing');
const { MemorySessionStore, SessionModule, SessionService } = require('nestjs-sesame');
const {
  fakeSession,
  SessionTesting,
  sessionStoreContract,
  TestClock,
} = require('nestjs-sesame/testing');

const contract = sessionStoreContract(
  () => {
    const clock = new TestClock();
    return { store: new MemorySessionStore({ clock: clock.now }), clock };
  },
  { index: true, move: true },
);

describe('the contract', () => {
  for (const { name, run } of contract) it(name, run);
});

it('the sessions of an application', async () => {
  const sessions = new SessionTesting();
  const builder = Test.createTestingModule({
    imports: [SessionModule.forRoot({ secret: '' })],
  });
  const app = (await sessions.override(builder).compile()).createNestApplication();
  await app.init();
  const { handle } = await sessions.signIn('alice');
  assert.equal((await app.get(SessionService).list('alice'))[0]?.handle, handle);
  await app.close();
});

it('a session without one', async () => {
  const { service } = await fakeSession({ userId: 'alice' });
  assert.equal(service.userId, 'alice');
});
