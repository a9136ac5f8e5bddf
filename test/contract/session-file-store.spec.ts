import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import session from 'express-session';
import createFileStore from 'session-file-store';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { describeStoreContract } from './describe-store-contract.js';

const FileStore = createFileStore(session);

const WEEK_IN_SECONDS = 7 * 24 * 3_600;

describeStoreContract('session-file-store', async () => {
  const path = await mkdtemp(join(tmpdir(), 'session-file-store-'));
  const store = new FileStore({
    path,
    // It drops a session `ttl` after its last write, whatever its cookie says (unless that has a
    // maxAge), so this must be no shorter than the longest session.
    ttl: WEEK_IN_SECONDS,
    // It would look for an absent session again and again before it answers.
    retries: 0,
    reapInterval: -1,
    logFn: () => undefined,
  });
  return {
    store: new ExpressStoreAdapter(store),
    added: ['__lastAccess'],
    close: () => rm(path, { recursive: true, force: true }),
  };
});
