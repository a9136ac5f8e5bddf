import { proxiesDifferences } from './expectations/proxies.js';
import { proxies } from './scenarios/proxies.js';
import { compareAll } from './support/compare.js';

compareAll(proxies, proxiesDifferences);
