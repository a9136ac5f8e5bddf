import { responses } from './scenarios/responses.js';
import { compareAll } from './support/compare.js';

compareAll(responses);
