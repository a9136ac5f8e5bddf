import { otherOrigins } from './scenarios/other-origins.js';
import { compareAll } from './support/compare.js';

compareAll(otherOrigins);
