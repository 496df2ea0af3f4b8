/** The load test of the quickstart: `k6 run tests/load/ws_load_test.js`. */
export { default, options } from '../../k6/steady.js';
