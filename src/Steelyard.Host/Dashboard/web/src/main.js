// Joins the brokers, the store and the views. Draws at most four times a second.
import { listen } from './broker.js';
import { Charts } from './charts.js';
import { drawParts } from './parts.js';
import { brokersOf } from './peers.js';
import { showBoxes } from './view-boxes.js';
import { showEvents, showLinks, showPorts, showVerdict } from './view-lists.js';
import { showServices } from './view-services.js';
import { Store } from './store.js';

const DRAW_MS = 250;
const NEWS_MS = 3000;

const at = id => document.getElementById(id);
const brokers = brokersOf(location);
const store = new Store(brokers[0]);
const charts = new Charts(at('charts'));
const lines = brokers.map(url => listen(url, {
  onMessage(topic, text, source, isRetained) {
    const news = store.take(topic, text, source, Date.now(), isRetained);
    if (news) announce(news);
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
}));

let drawing = 0;
let spokenAt = 0;
let isCrowded = false;

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

/** Spoken for those who do not see: what matters, and in a storm only that there is one. */
function announce(news) {
  if (news.severity === 'information' && news.kind !== 'role') return;
  const now = Date.now();
  if (now - spokenAt < NEWS_MS) {
    if (!isCrowded) at('news').textContent = 'Several things are happening; see the events.';
    isCrowded = true;
    return;
  }
  spokenAt = now;
  isCrowded = false;
  at('news').textContent = `${news.box}: ${news.subject} ${news.sentence}`;
}

setInterval(() => {
  const now = Date.now();
  store.sample(now);
  if (!document.hidden) drawParts({ charts: () => charts.show(store, now) });
  soon();
}, 1000);
document.addEventListener('visibilitychange', () => soon());
draw();
