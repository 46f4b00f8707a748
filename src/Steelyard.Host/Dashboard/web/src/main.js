// Joins the brokers, the store and the views. Draws at most four times a second.
import { listen } from './broker.js';
import { Charts } from './charts.js';
import { drawParts } from './parts.js';
import { brokersOf, twinBrokerOf } from './peers.js';
import { Speaker } from './speaker.js';
import { showBoxes } from './view-boxes.js';
import { showEvents, showLinks, showPorts, showVerdict } from './view-lists.js';
import { showServices } from './view-services.js';
import { Store } from './store.js';
import { Doubts, outcomeOf } from './verdict.js';

const DRAW_MS = 250;

const at = id => document.getElementById(id);
const brokers = brokersOf(location);
const store = new Store(brokers[0]);
const charts = new Charts(at('charts'));
const speaker = new Speaker(
  sentence => { at('news').textContent = sentence; },
  () => outcomeOf(store, Date.now(), new Doubts()));
const listener = {
  onMessage(topic, text, source, isRetained) {
    const news = store.take(topic, text, source, Date.now(), isRetained);
    if (news) speaker.hear(news);
    if (lines.length === 1) listenToTwin();
    soon();
  },
  onChange(line) {
    store.setLine(line.url, line.isLive);
    soon();
  },
  onFresh: source => store.beginEpoch(source),
  onSweep(source) {
    store.sweep(source);
    soon();
  },
};
const lines = [];
for (const url of brokers) lines.push(listen(url, listener));

/** The box knows where its twin's page is, so nobody has to write it into the address. */
function listenToTwin() {
  const url = twinBrokerOf(store.twinDashboard(), location);
  if (url !== null && url !== brokers[0]) lines.push(listen(url, listener));
}

/**
 * What a page may reach is fixed when it is loaded: one that was loaded before the box knew its
 * twin is loaded once more, and for one twin once only.
 */
document.addEventListener('securitypolicyviolation', violation => {
  const [, twin] = lines;
  if (!twin || violation.effectiveDirective !== 'connect-src') return;
  if (sessionStorage.getItem('asked-for') === twin.url) return;
  sessionStorage.setItem('asked-for', twin.url);
  location.reload();
});

let drawing = 0;

function soon() {
  drawing ||= setTimeout(draw, DRAW_MS);
}

function draw() {
  drawing = 0;
  if (document.hidden) return;
  const now = Date.now();
  drawParts({
    links: () => showLinks(at('links'), lines),
    verdict: () => showVerdict(at('verdict'), store, now),
    boxes: () => showBoxes(at('boxes'), store, now, location),
    services: () => showServices(at('services'), store, now),
    events: () => showEvents(at('events'), store),
    ports: () => showPorts(at('ports'), store, now),
  });
  document.title = titleOf(now);
}

function titleOf(now) {
  const tone = at('verdict').className.split('-').at(-1);
  const prefix = { bad: '✕ ', warning: '! ' }[tone] ?? '';
  const names = store.list().filter(box => box.isLive(now)).map(box => box.name);
  return `${prefix}${names.length > 0 ? `${names.join(', ')} – ` : ''}Steelyard`;
}

setInterval(() => {
  const now = Date.now();
  store.sample(now);
  speaker.look(now);
  if (!document.hidden) drawParts({ charts: () => charts.show(store, now) });
  soon();
}, 1000);
document.addEventListener('visibilitychange', () => soon());
draw();
