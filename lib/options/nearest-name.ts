export { nearestName } from '../reporting/nearest-name.js';
