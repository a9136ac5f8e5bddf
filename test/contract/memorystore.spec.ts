import session from 'express-session';
import createMemoryStore from 'memorystore';
import { ExpressStoreAdapter } from '../../lib/stores/express/express-store.adapter.js';
import { describeStoreContract } from './describe-store-contract.js';

const MemoryStore = createMemoryStore(session);

describeStoreContract('memorystore', async () => ({
  store: new ExpressStoreAdapter(new MemoryStore({})),
}));
