import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/support/fast-check-setup.ts', 'tests/support/end-servers-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
