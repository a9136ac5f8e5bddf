import { savingDifferences } from './expectations/saving.js';
import { saving } from './scenarios/saving.js';
import { compareAll } from './support/compare.js';

compareAll(saving, savingDifferences);
