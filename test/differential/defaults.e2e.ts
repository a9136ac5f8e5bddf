import { defaultsDifferences } from './expectations/defaults.js';
import { defaults } from './scenarios/defaults.js';
import { compareAll } from './support/compare.js';

compareAll(defaults, defaultsDifferences);
