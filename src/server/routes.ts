/** What each plain HTTP request is answered. Upgrades are for `websocket-upgrade.ts`. */
import { statsScopes } from '../protocol/http-view.ts';
import { quoted } from '../protocol/server-message.ts';
import { answerAccuracy } from './accuracy-route.ts';
import { answerHistory } from './history-route.ts';
import { type HttpAnswer, type HttpQuestion, jsonAnswer, textAnswer } from './http-answer.ts';
import { parametersOf, pathOf, paths } from './paths.ts';
import type { ServerViews } from './server-views.ts';
import { siteFiles } from './site.ts';
import { answerStatic, type StaticFile } from './static-file.ts';

type Route = (views: ServerViews, question: HttpQuestion) => HttpAnswer | Promise<HttpAnswer>;

/** Made when the first of them is asked for. */
let site: ReadonlyMap<string, StaticFile> | undefined;

const allowedMethods = ['GET', 'HEAD'];

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [paths.health, (views) => jsonAnswer(200, views.health())],
  [paths.live, (views) => jsonAnswer(200, views.health())],
  [paths.ready, (views) => jsonAnswer(views.isReady() && !views.isStopping() ? 200 : 503, views.health())],
  [paths.stats, answerStats],
  [paths.metrics, async (views) => ({ status: 200, ...(await views.metrics()) })],
  [paths.history, (views, question) => answerHistory(views, question)],
  [paths.accuracy, answerAccuracy],
  [paths.stream, () => upgradeRequired],
]);

async function answerStats(views: ServerViews, { target }: HttpQuestion): Promise<HttpAnswer> {
  const scope = parametersOf(target).get('scope') ?? 'node';
  const known = statsScopes.find((name) => name === scope);
  if (known !== undefined) return jsonAnswer(200, await views.stats(known));
  const message = `Parameter 'scope' must be one of ${statsScopes.join(', ')}, not '${quoted(scope)}'.`;
  return jsonAnswer(400, { code: 'INVALID_PARAMETER', message });
}

const upgradeRequired = textAnswer(426, `${paths.stream} is a WebSocket: connect to it with a WebSocket client.`, {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
});

export async function answerRequest(question: HttpQuestion, views: ServerViews): Promise<HttpAnswer> {
  const { method, target } = question;
  const path = pathOf(target);
  site ??= siteFiles();
  const file = site.get(path);
  const route: Route | undefined = file === undefined ? routes.get(path) : () => answerStatic(file, question);
  if (route === undefined) {
    return jsonAnswer(404, {
      code: 'NOT_FOUND',
      message: `There is nothing at '${quoted(path)}'. There is: ${[paths.root, paths.docs, ...routes.keys()].join(', ')}`,
    });
  }
  if (!allowedMethods.includes(method)) {
    const allow = allowedMethods.join(', ');
    const message = `Method ${method} is not offered at ${path}. Offered: ${allow}`;
    return jsonAnswer(405, { code: 'METHOD_NOT_ALLOWED', message }, { Allow: allow });
  }
  return route(views, question);
}
