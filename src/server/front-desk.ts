/** Whoever answers plain HTTP: this thread from its views, or another thread that is asked. */
import type { HttpAnswer, HttpQuestion } from './http-answer.ts';
import { answerRequest } from './routes.ts';
import type { ServerViews } from './server-views.ts';

export interface FrontDesk {
  answer(question: HttpQuestion): Promise<HttpAnswer>;
  /** True from the first signal to stop; then no more clients are let in, while health goes on being answered. */
  isStopping(): boolean;
}

export function deskOf(views: ServerViews): FrontDesk {
  return {
    answer: (question) => answerRequest(question, views),
    isStopping: () => views.isStopping(),
  };
}
