import { cookies } from './scenarios/cookies.js';
import { compareAll } from './support/compare.js';

compareAll(cookies);
