import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hardwareFacts } from '../src/view-hardware.js';
import { Store } from '../src/store.js';
import { Doubts, verdict } from '../src/verdict.js';

const NOW = 1_700_000_000_000;
const NEAR = 'ws://127.0.0.1:8080/mqtt';

test('what a board does not tell has no place, and no zero', () => {
  assert.deepEqual(hardwareFacts(null), []);
  assert.deepEqual(hardwareFacts({ alarms: [] }), []);
  assert.deepEqual(
    hardwareFacts({ temperature_c: 51.25, under_voltage: false, clock_synchronised: false }),
    [
      { name: 'Temperature', value: '51.3 °C' },
      { name: 'Supply', value: 'right' },
      { name: 'Clock', value: 'not synchronised' },
    ]);
});

test('an alarm of the hardware is no "All is well"', () => {
  const store = new Store(NEAR);
  const say = (topic, value) =>
    store.take(`steelyard/left/${topic}`, value, NEAR, NOW);
  say('availability', 'online');
  say('state', JSON.stringify({ box: 'left', role: 'NONE', uptime_s: 1 }));
  say('hardware', JSON.stringify({ temperature_c: 82, alarms: ['temperature', 'storage_room'] }));

  const { tone, sentence } = verdict(store, NOW, new Doubts());

  assert.equal(tone, 'warning');
  assert.equal(sentence, 'The hardware of left needs help: temperature and storage room.');
});
