import { methods } from './scenarios/methods.js';
import { compareAll } from './support/compare.js';

compareAll(methods);
