import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokersOf } from '../src/peers.js';

const page = peer => ({
  protocol: 'http:', host: 'left.local:8080', hostname: 'left.local',
  search: `?peer=${encodeURIComponent(peer)}`,
});

test('the page listens to its own broker and to a peer by address', () => {
  for (const peer of [
    'ws://127.0.0.1:8081/mqtt', 'ws://[fd00::2]:8080/mqtt', 'wss://localhost/mqtt',
    'ws://left.local:8081/mqtt',
  ]) {
    assert.deepEqual(brokersOf(page(peer)), ['ws://left.local:8080/mqtt', peer]);
  }
});

test('a peer by a stranger’s name, or by another protocol, is not listened to', () => {
  for (const peer of ['ws://evil.example/mqtt', 'http://10.0.0.2/', 'ws://10.0.0.2.evil.example/', 'x']) {
    assert.deepEqual(brokersOf(page(peer)), ['ws://left.local:8080/mqtt']);
  }
});
