import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, Store } from '../src/store.js';
import { Doubts, verdict } from '../src/verdict.js';

const NOW = 1_700_000_000_000;
const OWN = 'ws://here/mqtt';

function say(store, topic, value, { source = OWN, now = NOW, isRetained = true } = {}) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return store.take(`steelyard/${topic}`, text, source, now, isRetained);
}

function box(store, name, role, more = {}) {
  say(store, `${name}/availability`, 'online');
  say(store, `${name}/state`, { box: name, role, uptime_s: 100, twin_alive: true, ...more });
  say(store, `${name}/router/out/state`, {
    name: 'out', vrid: 51, state: role, addresses: '192.0.2.1/24', interface: 'eth0', since_s: 5,
  });
}

function service(store, name, more = {}) {
  say(store, `${name}/service/s/state`, {
    service: 'tcp 192.0.2.1:80', up: true, on_sorry_server: false, servers: 1, servers_up: 1, ...more,
  });
  say(store, `${name}/service/s/real/r/state`, { address: '10.0.0.1:80', health: 'up', active: 1, ...more });
}

test('a service is told by the box that holds its address', () => {
  const store = new Store();
  box(store, 'left', 'BACKUP');
  box(store, 'right', 'MASTER');
  service(store, 'left', { active: 1 });
  service(store, 'right', { active: 7 });

  const [only] = store.services(NOW);

  assert.equal(only.box.name, 'right');
  assert.equal(only.active, 7);
  assert.equal(only.isCarried, true);
});

test('an empty payload removes its thing', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  service(store, 'left');

  say(store, 'left/service/s/real/r/state', '');

  assert.deepEqual(store.services(NOW)[0].realServers, []);
});

test('what a broker does not repeat after it came back is dropped', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  service(store, 'left');
  box(store, 'far', 'BACKUP');
  say(store, 'far/state', { box: 'far' }, { source: 'ws://there/mqtt' });

  store.beginEpoch(OWN);
  box(store, 'left', 'MASTER');
  store.sweep(OWN);

  assert.deepEqual(store.services(NOW), []);
  assert.deepEqual(store.list().map(each => each.name), ['far', 'left']);
});

test('an event is new once, and not at all when it was retained', () => {
  const store = new Store();
  const happening = { sequence: 1, time: '2025-01-01T00:00:00.000Z', severity: 'error', sentence: 'x' };

  assert.equal(say(store, 'left/event', happening, { isRetained: false }).box, 'left');
  assert.equal(say(store, 'left/event', happening, { isRetained: false }), null);
  assert.equal(say(store, 'left/events', [happening, { ...happening, sequence: 2 }]), null);
  assert.equal(store.events().length, 2);
});

test('the history fills the seconds that were missed, and no others', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  say(store, 'left/rates', { packets_per_second: 99, connections_per_second: 9 });
  store.sample(NOW);

  say(store, 'left/history', {
    step_s: 1, end_uptime_s: 100, packets_per_second: [1, 2, 3], connections_per_second: [4, 5, 6],
  });

  const { curve } = store.list()[0];
  const second = NOW / 1000;
  assert.deepEqual(curve.get(second), { packets: 99, connections: 9 });
  assert.deepEqual(curve.get(second - 1), { packets: 2, connections: 5 });
  assert.deepEqual(curve.get(second - 2), { packets: 1, connections: 4 });
});

test('nonsense on a topic changes nothing', () => {
  const store = new Store();
  for (const topic of ['left', 'left/state', 'left/events', 'left/history', 'left/service/s/state']) {
    store.take(`steelyard/${topic}`, '{', OWN, NOW);
    store.take(`steelyard/${topic}`, '5', OWN, NOW);
    store.take(`steelyard/${topic}`, '{"packets_per_second":1}', OWN, NOW);
  }
  store.take('other/left/state', '{}', OWN, NOW);
  store.sample(NOW);
  assert.equal(store.list().length, 1);
});

test('the number of boxes has a bound', () => {
  const store = new Store();
  for (let index = 0; index < 100; index++) say(store, `box${index}/availability`, 'online');
  assert.equal(store.boxes.size, 16);
});

test('addresses are found in service names of both families', () => {
  assert.equal(addressOf('tcp 192.0.2.1:80'), '192.0.2.1');
  assert.equal(addressOf('udp [2001:db8::1]:53'), '2001:db8::1');
});

test('the verdict says what is well, and who carries the traffic', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  box(store, 'right', 'BACKUP');
  service(store, 'left');

  const { tone, details } = verdict(store, NOW, new Doubts());

  assert.equal(tone, 'good');
  assert.deepEqual(details, ['left carries the traffic, right stands by. 1 service and 1 server are up.']);
});

for (const [what, twin, expected] of [
  ['a twin that never spoke', { twin_missed: true, twin_name: '' },
    'No twin was ever heard; there is nobody to take over.'],
  ['a twin that fell silent', { twin_missed: true, twin_name: 'right' },
    'The twin right is not heard; there is nobody to take over.'],
]) {
  test(`the verdict warns of ${what}`, () => {
    const store = new Store(OWN);
    box(store, 'left', 'MASTER', { twin_alive: false, ...twin });

    const { tone, sentence } = verdict(store, NOW, new Doubts());

    assert.deepEqual([tone, sentence], ['warning', expected]);
  });
}

test('a box that is alone on purpose is well', () => {
  const store = new Store(OWN);
  box(store, 'left', 'MASTER', { twin_alive: false, twin_missed: false, twin_name: '' });
  service(store, 'left');

  assert.equal(verdict(store, NOW, new Doubts()).tone, 'good');
});

test('the verdict warns of boxes that speak to us, and not to each other', () => {
  const store = new Store(OWN);
  box(store, 'left', 'MASTER', { twin_alive: false, twin_missed: true });
  box(store, 'right', 'BACKUP');

  const { tone, sentence } = verdict(store, NOW, new Doubts());

  assert.deepEqual([tone, sentence], ['warning', 'left does not hear its twin.']);
});

test('the verdict says the worst first', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  say(store, 'right/availability', 'offline');
  service(store, 'left', { up: false, health: 'down' });

  const { tone, sentence, details } = verdict(store, NOW, new Doubts());

  assert.equal(tone, 'bad');
  assert.equal(sentence, 'Service tcp 192.0.2.1:80 is down.');
  assert.deepEqual(
    details, ['right is offline; there is no twin to take over.', 'left carries the traffic.']);
});

test('two masters of one virtual router are said', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');
  box(store, 'right', 'MASTER');
  service(store, 'left');

  const doubts = new Doubts();
  for (const ms of [0, 1000]) assert.equal(verdict(store, NOW + ms, doubts).tone, 'good');
  assert.equal(
    verdict(store, NOW + 2000, doubts).sentence, 'Virtual router out is MASTER on left and right.');
});

test('a failover that two boxes tell at different times is no alarm', () => {
  const store = new Store();
  const doubts = new Doubts();
  box(store, 'left', 'MASTER');
  box(store, 'right', 'MASTER');
  service(store, 'left');
  verdict(store, NOW, doubts);
  box(store, 'left', 'BACKUP');
  verdict(store, NOW + 900, doubts);
  box(store, 'right', 'BACKUP');

  assert.equal(verdict(store, NOW + 1800, doubts).tone, 'good');
  assert.equal(verdict(store, NOW + 2500, doubts).tone, 'good');
});

test('virtual addresses that nobody holds for two seconds are said', () => {
  const store = new Store();
  const doubts = new Doubts();
  box(store, 'left', 'BACKUP');
  service(store, 'left');

  assert.equal(verdict(store, NOW, doubts).tone, 'good');
  assert.equal(verdict(store, NOW + 1000, doubts).tone, 'good');
  assert.equal(
    verdict(store, NOW + 2000, doubts).sentence, 'No box holds the virtual addresses.');
});

test('a page that was hidden does not take the time for proof', () => {
  const doubts = new Doubts();
  assert.equal(doubts.lasts('x', NOW, 2000), false);
  assert.equal(doubts.lasts('x', NOW + 60_000, 2000), false);
});

test('a box that falls silent is said', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');

  assert.equal(verdict(store, NOW + 60_000, new Doubts()).sentence, 'left is silent.');
});

test('a box whose broker we cannot hear is not live', () => {
  const store = new Store();
  box(store, 'left', 'MASTER');

  store.setLine(OWN, false);
  assert.equal(store.list()[0].isLive(NOW), false);
  store.setLine(OWN, true);
  assert.equal(store.list()[0].isLive(NOW), true);
});

test('a box that tells its state once a minute is live between two tellings', () => {
  const store = new Store();
  box(store, 'left', 'MASTER', { interval_s: 60 });

  assert.equal(store.list()[0].isLive(NOW + 100_000), true);
  assert.equal(store.list()[0].isLive(NOW + 151_000), false);
});

test('a peer cannot speak for a box of our own broker, whoever came first', () => {
  const store = new Store(OWN);
  const evil = { source: 'ws://10.6.6.6/mqtt' };
  const lie = { sequence: 9, time: '2025-01-01T00:00:00.000Z', severity: 'error', sentence: 'lie' };
  say(store, 'left/state', { box: 'left', role: 'FAULT' }, evil);
  say(store, 'left/router/x/state', { name: 'x', vrid: 1, state: 'MASTER' }, evil);
  say(store, 'left/event', lie, { ...evil, isRetained: false });
  box(store, 'left', 'MASTER');
  say(store, 'left/state', { box: 'left', role: 'FAULT' }, evil);
  say(store, 'left/availability', 'offline', evil);
  say(store, 'left/event', lie, { ...evil, isRetained: false });

  const [left] = store.list();
  assert.equal(left.state.role, 'MASTER');
  assert.equal(left.isLive(NOW), true);
  assert.deepEqual(left.routers().map(each => each.name), ['out']);
  assert.deepEqual(store.events(), []);
});

test('a peer that names many boxes leaves room for those of our own broker', () => {
  const store = new Store(OWN);
  for (let index = 0; index < 20; index++) {
    say(store, `box${index}/availability`, 'online', { source: 'ws://10.6.6.6/mqtt' });
  }
  box(store, 'left', 'MASTER');

  assert.equal(store.boxes.size, 16);
  assert.equal(store.boxes.get('left').state.role, 'MASTER');
});

test('without a service nothing is well, and without the broker that was configured not all is', () => {
  const empty = new Store(OWN);
  box(empty, 'left', 'MASTER');
  const cut = new Store(OWN);
  box(cut, 'left', 'MASTER', {
    broker: 'mqtt://broker.lan:1883', broker_connected: false, broker_fault: 'the connection was refused',
  });
  service(cut, 'left');
  const well = new Store(OWN);
  box(well, 'left', 'MASTER', { broker: 'mqtt://broker.lan:1883', broker_connected: true });
  service(well, 'left');

  assert.equal(verdict(empty, NOW, new Doubts()).tone, 'unknown');
  assert.match(verdict(empty, NOW, new Doubts()).sentence, /no virtual service/);
  assert.equal(verdict(cut, NOW, new Doubts()).tone, 'warning');
  assert.match(verdict(cut, NOW, new Doubts()).sentence, /mqtt:\/\/broker\.lan:1883: the connection was refused/);
  assert.equal(verdict(well, NOW, new Doubts()).tone, 'good');
});
