// `node --import` this to run a TypeScript file of the tests in a process of its own.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
