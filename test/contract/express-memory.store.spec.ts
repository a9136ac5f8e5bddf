import session from 'express-session';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { describeStoreContract } from './describe-store-contract.js';

describeStoreContract("express-session's MemoryStore", async () => ({
  store: new ExpressStoreAdapter(new session.MemoryStore()),
}));
