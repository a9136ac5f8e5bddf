import { saving } from './scenarios/saving.js';
import { compareAll } from './support/compare.js';

compareAll(saving);
