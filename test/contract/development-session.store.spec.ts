import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { DevelopmentSessionStore } from 'nestjs-sesame';
import { removeScratchFolders, scratchFolder } from '../support/scratch-folder.js';
import { describeIndexedStoreContract } from './indexed-store.contract.js';
import { describeStoreContract } from './session-store.contract.js';

afterAll(removeScratchFolders);

const byAClock = async () => {
  let now = 1_700_000_000_000;
  const clock = {
    now: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const file = join(scratchFolder(), 'sessions.json');
  return { store: new DevelopmentSessionStore({ file, clock: clock.now }), clock };
};

describeStoreContract('DevelopmentSessionStore', byAClock);
describeIndexedStoreContract('DevelopmentSessionStore', byAClock, { moves: true });
