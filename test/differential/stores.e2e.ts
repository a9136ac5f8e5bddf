import { stores } from './scenarios/stores.js';
import { compareAll } from './support/compare.js';

compareAll(stores);
