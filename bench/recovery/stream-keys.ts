/** The rivals' keys: number of the stream × this + version, one number that both index best. */
export const eventsPerStream = 2 ** 40;
