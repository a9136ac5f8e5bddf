import { storesDifferences } from './expectations/stores.js';
import { stores } from './scenarios/stores.js';
import { compareAll } from './support/compare.js';

compareAll(stores, storesDifferences);
