/** What each plain HTTP request is answered. Upgrades are for `websocket-upgrade.ts`. */
import { quoted } from '../protocol/server-message.ts';
import { clientScripts } from './client-script.ts';
import { answerHistory } from './history-route.ts';
import { type HttpAnswer, type HttpQuestion, jsonAnswer, textAnswer } from './http-answer.ts';
import { pathOf, paths } from './paths.ts';
import type { ServerViews } from './server-views.ts';
import { answerStatic, staticFile } from './static-file.ts';

type Route = (views: ServerViews, question: HttpQuestion) => HttpAnswer | Promise<HttpAnswer>;

const scripts = clientScripts();
const javascript = 'text/javascript; charset=utf-8';
const script = staticFile(javascript, scripts.script);
const scriptModule = staticFile(javascript, scripts.module);

const allowedMethods = ['GET', 'HEAD'];

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [paths.root, () => textAnswer(200, welcome)],
  [paths.health, (views) => jsonAnswer(200, views.health())],
  [paths.live, (views) => jsonAnswer(200, views.health())],
  [paths.ready, (views) => jsonAnswer(views.isReady() && !views.isStopping() ? 200 : 503, views.health())],
  [paths.stats, async (views) => jsonAnswer(200, await views.stats())],
  [paths.script, (_, question) => answerStatic(script, question)],
  [paths.scriptModule, (_, question) => answerStatic(scriptModule, question)],
  [paths.history, (views, question) => answerHistory(views, question)],
  [paths.stream, () => upgradeRequired],
]);

const welcome = `Heatline: live liquidation heatmaps of perpetual futures.

  ${paths.stream}     the stream (WebSocket). Connect and send {"action":"subscribe","symbols":["BTCUSDT"]}
  ${paths.health}         how the server is; ${paths.live} and ${paths.ready} for probes
  ${paths.stats}       connections and messages
  ${paths.history}?symbol=BTCUSDT     the past, picture by picture`;

const upgradeRequired = textAnswer(426, `${paths.stream} is a WebSocket: connect to it with a WebSocket client.`, {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
});

export async function answerRequest(question: HttpQuestion, views: ServerViews): Promise<HttpAnswer> {
  const { method, target } = question;
  const path = pathOf(target);
  const route = routes.get(path);
  if (route === undefined) {
    return jsonAnswer(404, {
      code: 'NOT_FOUND',
      message: `There is nothing at '${quoted(path)}'. There is: ${[...routes.keys()].join(', ')}`,
    });
  }
  if (!allowedMethods.includes(method)) {
    const allow = allowedMethods.join(', ');
    const message = `Method ${method} is not offered at ${path}. Offered: ${allow}`;
    return jsonAnswer(405, { code: 'METHOD_NOT_ALLOWED', message }, { Allow: allow });
  }
  return route(views, question);
}
