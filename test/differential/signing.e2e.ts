import { signing } from './scenarios/signing.js';
import { compareAll } from './support/compare.js';

compareAll(signing);
