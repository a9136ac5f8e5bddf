import { methodsDifferences } from './expectations/methods.js';
import { methods } from './scenarios/methods.js';
import { compareAll } from './support/compare.js';

compareAll(methods, methodsDifferences);
