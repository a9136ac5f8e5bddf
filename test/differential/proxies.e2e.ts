import { proxies } from './scenarios/proxies.js';
import { compareAll } from './support/compare.js';

compareAll(proxies);
