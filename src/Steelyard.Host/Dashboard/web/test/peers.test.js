import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokersOf, twinBrokerOf } from '../src/peers.js';

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

test('a page that came by HTTPS speaks to its own broker and to its peer by TLS alone', () => {
  const safe = peer => ({ ...page(peer), protocol: 'https:' });
  for (const [peer, asked] of [
    ['ws://10.0.0.2:8080/mqtt', 'wss://10.0.0.2:8080/mqtt'],
    ['wss://[fd00::2]:8443/mqtt', 'wss://[fd00::2]:8443/mqtt'],
    ['ws://localhost/mqtt', 'wss://localhost/mqtt'],
  ]) {
    assert.deepEqual(brokersOf(safe(peer)), ['wss://left.local:8080/mqtt', asked]);
  }
});

test('the broker of a page that was asked for by an IPv6 address, or below a path, is beside it', () => {
  const at = new URL('http://[fd00:1::11]:8080/');
  const below = new URL('https://lb.example.org/steelyard/index.html');

  assert.deepEqual(brokersOf(at), ['ws://[fd00:1::11]:8080/mqtt']);
  assert.deepEqual(brokersOf(below), ['wss://lb.example.org/steelyard/mqtt']);
});

test('the twin that the box knows is listened to where its page is', () => {
  const plain = new URL('http://10.0.0.1:8080/');
  const safe = new URL('https://10.0.0.1/');

  assert.equal(twinBrokerOf('http://10.0.0.2:8080', plain), 'ws://10.0.0.2:8080/mqtt');
  assert.equal(twinBrokerOf('http://[fd00::2]:8080', plain), 'ws://[fd00::2]:8080/mqtt');
  assert.equal(twinBrokerOf('https://10.0.0.2:8443', safe), 'wss://10.0.0.2:8443/mqtt');
  for (const no of ['http://10.0.0.2:8080', undefined, '', 'https://evil.example', 'ftp://10.0.0.2']) {
    assert.equal(twinBrokerOf(no, safe), null);
  }
});
