/** Requests at the desk, behind HTTP: every method and target is answered, and none with a fault of the program. */
import { answerRequest } from '../../src/server/routes.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import { fuzzViews } from './fuzz-server.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { oddTexts } from './mutate.ts';
import { targetText } from './query-target.ts';

const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', ''];

export class RouteTarget implements FuzzTarget {
  async try(dice: Dice): Promise<string> {
    const ifNoneMatch = dice.chance(0.2) ? dice.pick(['*', '"fuzz"', 'W/"fuzz", "a"', ...oddTexts]) : null;
    const { status } = await answerRequest(
      { method: dice.pick(methods), target: targetText(dice), ifNoneMatch },
      fuzzViews,
    );
    if (status >= 500) throw new Error(`answered ${status}`);
    return String(status);
  }

  close(): void {}
}
