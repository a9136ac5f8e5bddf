import { connections } from './scenarios/connections.js';
import { compareAll } from './support/compare.js';

compareAll(connections);
