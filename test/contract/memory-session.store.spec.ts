import { MemorySessionStore } from 'nestjs-sesame';
import { describeStoreContract } from './session-store.contract.js';

describeStoreContract('MemorySessionStore', async () => {
  let now = 1_700_000_000_000;
  const clock = {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { store: new MemorySessionStore({ clock: clock.now }), clock };
});

describeStoreContract('MemorySessionStore by real time', async () => ({
  store: new MemorySessionStore(),
}));
