import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawParts } from '../src/parts.js';
import { Store } from '../src/store.js';
import { showBoxes } from '../src/view-boxes.js';
import { fakeDocument } from './support/fake-document.js';

globalThis.document = fakeDocument;

const NOW = 1_700_000_000_000;
const NEAR = 'ws://127.0.0.1:8080/mqtt';
const FAR = 'ws://127.0.0.1:8081/mqtt';
const PAGE = { protocol: 'http:', port: '8080' };

function speak(store, name, twin, source) {
  const say = (topic, text) => store.take(`steelyard/${name}/${topic}`, text, source, NOW);
  say('availability', 'online');
  say('state', JSON.stringify({
    box: name, role: 'MASTER', uptime_s: 1, twin_alive: true, twin_name: twin,
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

test('an absent card tells how to watch the twin, by the scheme and the port of the page', () => {
  const hintOf = page => {
    const store = new Store(NEAR);
    const parent = fakeDocument.createElement('div');
    speak(store, 'left', 'right', NEAR);
    showBoxes(parent, store, NOW, page);
    return parent.textContent;
  };

  const plain = hintOf(PAGE);
  const safe = hintOf({ protocol: 'https:', port: '' });

  assert.match(plain, /\?peer=ws:\/\/ADDRESS:8080\/mqtt /);
  assert.doesNotMatch(plain, /certificate/);
  assert.match(safe, /\?peer=wss:\/\/ADDRESS\/mqtt .*certificate/);
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
