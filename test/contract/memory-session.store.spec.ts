import { MemorySessionStore } from 'nestjs-sesame';
import { TestClock } from 'nestjs-sesame/testing';
import { describeStoreContract } from './describe-store-contract.js';

const WHOLE = { index: true, move: true, sequences: 100 };

const byAClock = () => {
  const clock = new TestClock();
  return { store: new MemorySessionStore({ clock: clock.now }), clock };
};

describeStoreContract('MemorySessionStore', byAClock, WHOLE);
describeStoreContract(
  'MemorySessionStore by real time',
  () => ({ store: new MemorySessionStore() }),
  WHOLE,
);
