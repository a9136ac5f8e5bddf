import { ownCookie } from './scenarios/own-cookie.js';
import { compareAll } from './support/compare.js';

compareAll(ownCookie);
