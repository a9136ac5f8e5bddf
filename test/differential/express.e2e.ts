import { express } from './scenarios/express.js';
import { compareAll } from './support/compare.js';

compareAll(express);
