import { MemorySessionStore } from 'nestjs-sesame';
import { describeIndexedStoreContract } from './indexed-store.contract.js';
import { describeStoreContract } from './session-store.contract.js';

const byAClock = async () => {
  let now = 1_700_000_000_000;
  const clock = {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { store: new MemorySessionStore({ clock: clock.now }), clock };
};
const byRealTime = async () => ({ store: new MemorySessionStore() });

describeStoreContract('MemorySessionStore', byAClock);
describeStoreContract('MemorySessionStore by real time', byRealTime);
describeIndexedStoreContract('MemorySessionStore', byAClock, { moves: true });
describeIndexedStoreContract('MemorySessionStore by real time', byRealTime, { moves: true });
