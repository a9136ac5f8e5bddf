import { http2 } from './scenarios/http2.js';
import { compareAll } from './support/compare.js';

compareAll(http2);
