/** Why a frame, or one entry of it, could not be read. The code is what metrics count; the message names field and value. */
export type FrameErrorCode =
  | 'not_json'
  | 'not_an_object'
  | 'bad_text'
  | 'bad_number'
  | 'bad_side'
  | 'bad_list'
  | 'bad_tiers'
  | 'unknown_contract';

export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code: FrameErrorCode;

  constructor(code: FrameErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
