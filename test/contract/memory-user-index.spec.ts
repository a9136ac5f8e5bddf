import { MemorySessionStore } from 'nestjs-sesame';
import { describeIndexContract } from './user-index.contract.js';

describeIndexContract('The index of MemorySessionStore', async () => {
  let now = 1_700_000_000_000;
  const clock = {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { index: new MemorySessionStore({ clock: clock.now }).users, clock };
});

describeIndexContract('The index of MemorySessionStore by real time', async () => ({
  index: new MemorySessionStore().users,
}));
