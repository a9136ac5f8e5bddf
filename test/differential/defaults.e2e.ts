import { defaults } from './scenarios/defaults.js';
import { compareAll } from './support/compare.js';

compareAll(defaults);
