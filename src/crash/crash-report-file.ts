/** Names of crash reports, which sort by time. */
const pattern = /^crash-[\dTZ-]+\.txt$/;

export function crashReportFile(at: Date): string {
  return `crash-${at.toISOString().replaceAll(/[:.]/g, '-')}.txt`;
}

export function isCrashReport(name: string): boolean {
  return pattern.test(name);
}
