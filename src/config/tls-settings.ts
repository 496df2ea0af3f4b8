/** Settings of the port's encryption. */
import { optionalText } from './setting-kinds.ts';

export const tlsSettings = {
  TLS_CERT: optionalText(
    'Certificate chain; with it and TLS_KEY the port speaks https and wss only. Read again when it changes',
    'a PEM file',
  ),
  TLS_KEY: optionalText('Private key of TLS_CERT, without a passphrase', 'a PEM file'),
} as const;
