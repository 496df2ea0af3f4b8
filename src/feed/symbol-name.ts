/** One name for a symbol, wherever it trades: capital letters and digits, as BTCUSDT. */
export const symbolName = /^[A-Z0-9]{2,20}$/;
