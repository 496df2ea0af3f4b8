/** Whoever answers plain HTTP: this thread from its views, or another thread that is asked. */
import type { HttpAnswer } from './http-answer.ts';
import { answerRequest } from './routes.ts';
import type { ServerViews } from './server-views.ts';

export interface FrontDesk {
  /** @param target the request target: path and query. */
  answer(method: string, target: string): Promise<HttpAnswer>;
  /** True from the first signal to stop; then no more clients are let in, while health goes on being answered. */
  isStopping(): boolean;
}

export function deskOf(views: ServerViews): FrontDesk {
  return {
    answer: (method, target) => answerRequest(method, target, views),
    isStopping: () => views.isStopping(),
  };
}
