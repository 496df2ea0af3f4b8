/** The vectors that other languages test their clients with are what this server sends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deltaVectors } from '../../scripts/delta-vectors.ts';
import { deltaSchema, snapshotSchema } from '../../src/protocol/server-message.ts';
import { applied, checksumOf, DeltaClient, rowsOf } from '../support/delta-client.ts';
import { projectRoot } from '../support/server-process.ts';

const published = JSON.parse(readFileSync(join(projectRoot, 'docs/delta-vectors.json'), 'utf8'));

describe('docs/delta-vectors.json', () => {
  it('holds what the server makes (npm run docs:vectors writes it)', () => {
    expect(published).toEqual(deltaVectors());
  });

  it.each(deltaVectors().steps)('$what', ({ messages, levels, outcome }) => {
    for (const message of messages) (message.type === 'snapshot' ? snapshotSchema : deltaSchema).parse(message);
    const client = new DeltaClient();
    const outcomes = messages.map((message) => client.take(message));
    expect(outcomes.at(-1)).toBe(outcome);
    expect(client.picture?.rows ?? null).toEqual(levels);
  });

  it('spells out a rounding and a checksum', () => {
    const [first] = deltaVectors().steps;
    const [snapshot, delta] = first!.messages;
    if (snapshot?.type !== 'snapshot' || delta?.type !== 'delta')
      throw new Error('the first step is a snapshot and a delta');
    expect(checksumOf(rowsOf(snapshot))).toBe(snapshot.checksum);
    expect(checksumOf(applied(rowsOf(snapshot), delta.data))).toBe(delta.checksum);
  });
});
