/** Types of what the server serves at this address. */
export * from 'lightweight-charts';
