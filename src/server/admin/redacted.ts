/** What a client said, without anything that may be a credential: for eyes that may see the rest. */

const hidden = '…';
/** Longer than symbols, epochs and moments; shorter than keys and tokens that are worth their name. */
const longWord = /[\w.~+/=-]{24,}/g;
const longWordOfNonsense = /[\w.~+/=-]{12,}/g;

/** @returns JSON with its tokens and long words hidden; what is no JSON with even shorter words hidden. */
export function redacted(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.replace(longWordOfNonsense, hidden);
  }
  return JSON.stringify(value, (name, field) => {
    if (name === 'token') return hidden;
    return typeof field === 'string' ? field.replace(longWord, hidden) : field;
  });
}
