import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { DevelopmentSessionStore } from 'nestjs-sesame';
import { TestClock } from 'nestjs-sesame/testing';
import { removeScratchFolders, scratchFolder } from '../support/scratch-folder.js';
import { describeStoreContract } from './describe-store-contract.js';

afterAll(removeScratchFolders);

const byAClock = () => {
  const clock = new TestClock();
  const file = join(scratchFolder(), 'sessions.json');
  return { store: new DevelopmentSessionStore({ file, clock: clock.now }), clock };
};

describeStoreContract('DevelopmentSessionStore', byAClock, { index: true, move: true });
