import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawParts } from '../src/parts.js';
import { Store } from '../src/store.js';
import { showBoxes } from '../src/view-boxes.js';
import { showEvents } from '../src/view-lists.js';
import { sharesOf } from '../src/view-services.js';
import { fakeDocument } from './support/fake-document.js';

globalThis.document = fakeDocument;

const NOW = 1_700_000_000_000;
const NEAR = 'ws://127.0.0.1:8080/mqtt';
const FAR = 'ws://127.0.0.1:8081/mqtt';
const PAGE = { protocol: 'http:', port: '8080' };

function speak(store, name, twin, source, more = {}) {
  const say = (topic, text) => store.take(`steelyard/${name}/${topic}`, text, source, NOW);
  say('availability', 'online');
  say('state', JSON.stringify({
    box: name, role: 'MASTER', uptime_s: 1, twin_alive: true, twin_name: twin, ...more,
  }));
}

const cards = parent => parent.children.map(card => card.className);

test('a twin that appears takes the place of its absent card', () => {
  const store = new Store(NEAR);
  const parent = fakeDocument.createElement('div');
  speak(store, 'left', 'right', NEAR);
  showBoxes(parent, store, NOW, PAGE);
  assert.deepEqual(cards(parent), ['card box', 'card box absent']);

  speak(store, 'right', 'left', FAR);
  showBoxes(parent, store, NOW, PAGE);

  assert.deepEqual(cards(parent), ['card box', 'card box']);
  assert.match(parent.textContent, /right/);
});

test('an absent card names the twin’s own page, as the box knows it', () => {
  const cardOf = (page, more) => {
    const store = new Store(NEAR);
    const parent = fakeDocument.createElement('div');
    speak(store, 'left', 'right', NEAR, more);
    showBoxes(parent, store, NOW, page);
    return parent.textContent;
  };

  const plain = cardOf(PAGE, { twin_dashboard: 'http://10.0.0.2:8080' });
  const safe = cardOf({ protocol: 'https:', port: '' }, { twin_dashboard: 'https://10.0.0.2' });
  const none = cardOf(PAGE, {});

  assert.match(plain, /http:\/\/10\.0\.0\.2:8080, does not answer/);
  assert.match(safe, /https:\/\/10\.0\.0\.2\. .*certificate/);
  assert.match(none, /no dashboard/);
});

test('what a silent witness heard of its twin is unknown, and not that the twin is gone', () => {
  const store = new Store(NEAR);
  const parent = fakeDocument.createElement('div');
  speak(store, 'left', 'right', NEAR);

  showBoxes(parent, store, NOW + 60_000, PAGE);

  assert.match(parent.textContent, /not known: left is silent/);
  assert.doesNotMatch(parent.textContent, /not heard by/);
});

test('what the box warns of stands on its card', () => {
  const store = new Store(NEAR);
  const parent = fakeDocument.createElement('div');
  speak(store, 'left', '', NEAR, { warnings: ['the sync link has no key'] });

  showBoxes(parent, store, NOW, PAGE);

  assert.match(parent.textContent, /the sync link has no key/);
});

test('flows that stand have a share by what passes, and nobody’s share is no zero', () => {
  assert.deepEqual(sharesOf([
    { active: 0, connections_per_second: 0, in_bytes_per_second: 300, out_bytes_per_second: 0 },
    { active: 0, connections_per_second: 0, in_bytes_per_second: 100, out_bytes_per_second: 0 },
  ]), [0.75, 0.25]);
  assert.deepEqual(sharesOf([{ active: 3, in_bytes_per_second: 0 }, { active: 1, in_bytes_per_second: 9 }]), [0.75, 0.25]);
  assert.deepEqual(sharesOf([{ inactive: 1 }, { inactive: 1 }]), [0.5, 0.5]);
  assert.deepEqual(sharesOf([{ active: 0 }, {}]), [null, null]);
});

test('each event names its box once there are two, also those from before', () => {
  const store = new Store(NEAR);
  const parent = fakeDocument.createElement('div');
  const event = box => store.take(`steelyard/${box}/event`, JSON.stringify({
    sequence: 1, time: '2026-01-01T00:00:00Z', severity: 'warning', kind: 'role', subject: '', sentence: 'x',
  }), NEAR, NOW);
  const chips = () => parent.children[0].children
    .map(item => item.children.at(-1)).filter(chip => !chip.hidden).map(chip => chip.textContent);
  event('left');
  showEvents(parent, store);
  assert.deepEqual(chips(), []);

  event('right');
  showEvents(parent, store);

  assert.deepEqual(chips(), ['left', 'right']);
});

test('a twin whose broker forgot it becomes an absent card again', () => {
  const store = new Store(NEAR);
  const parent = fakeDocument.createElement('div');
  speak(store, 'left', 'right', NEAR);
  speak(store, 'right', 'left', FAR);
  showBoxes(parent, store, NOW, PAGE);

  store.beginEpoch(FAR);
  store.sweep(FAR);
  showBoxes(parent, store, NOW, PAGE);

  assert.deepEqual(cards(parent), ['card box', 'card box absent']);
  assert.match(parent.textContent, /heard by left/);
});

test('a part that fails is told, and the others are drawn', () => {
  const done = [];
  drawParts({
    first: () => done.push('first'),
    second: () => { throw new Error('broken'); },
    third: () => done.push('third'),
  }, (name, failure) => done.push(`${name} ${failure.message}`));

  assert.deepEqual(done, ['first', 'second broken', 'third']);
});
