// The whole state in one or two sentences, worst first.
import { plural, row } from './format.js';

// Two boxes tell their roles at different times: what only seems so ends with the next telling.
const GRACE_INTERVALS = 2;

/** Remembers since when something has seemed so. */
export class Doubts {
  #seen = new Map();

  /** Whether it has seemed so for long enough; a look away of that length begins anew. */
  lasts(what, now, graceMs) {
    const before = this.#seen.get(what);
    const goesOn = before && now - before.last <= graceMs;
    const since = goesOn ? before.since : now;
    this.#seen.set(what, { since, last: now });
    return now - since >= graceMs;
  }

  /** Forgets what this look did not find. */
  endLook(now) {
    for (const [what, { last }] of this.#seen) {
      if (last !== now) this.#seen.delete(what);
    }
  }
}

/**
 * @param {Doubts} doubts Kept from one look to the next.
 * @returns {{tone: 'good'|'warning'|'bad'|'unknown', sentence: string, details: string[]}}
 */
export function verdict(store, now, doubts) {
  const boxes = store.list();
  if (boxes.length === 0) {
    return { tone: 'unknown', sentence: 'Waiting for a box to speak.', details: [] };
  }
  const live = boxes.filter(box => box.isLive(now));
  if (live.length === 0) {
    return {
      tone: 'bad',
      sentence: `${row.format(boxes.map(box => box.name))} ${boxes.length === 1 ? 'is' : 'are'} silent.`,
      details: ['What stands below is what was last heard.'],
    };
  }
  const bad = [];
  const warnings = [];
  const masters = live.filter(box => box.routers().some(router => router.state === 'MASTER'));
  judgeRouters(live, masters, now, doubts, bad);
  judgeBoxes(boxes, live, now, bad, warnings);
  judgeServices(store.services(now), bad, warnings);
  const roles = rolesOf(live, masters);
  const [first, ...rest] = [...bad, ...warnings];
  if (first) {
    return { tone: bad.length > 0 ? 'bad' : 'warning', sentence: first, details: [...rest, `${roles}.`] };
  }
  if (store.services(now).length === 0) {
    return {
      tone: 'unknown',
      sentence: 'Nothing is balanced: no virtual service is configured.',
      details: [`${roles}.`],
    };
  }
  return { tone: 'good', sentence: 'All is well.', details: [`${roles}. ${sumOf(store.services(now))}`] };
}

/** How things stand, for who heard that they were changing. */
export function outcomeOf(store, now, doubts) {
  const { sentence, details } = verdict(store, now, doubts);
  return [sentence, ...details].join(' ');
}

function judgeRouters(live, masters, now, doubts, bad) {
  const graceMs = GRACE_INTERVALS * Math.max(...live.map(box => box.intervalMs), 1000);
  const found = splitRouters(live).map(
    router => `Virtual router ${router.name} is MASTER on ${row.format(router.boxes)}.`);
  const hasRouters = live.some(box => box.routers().length > 0);
  if (hasRouters && masters.length === 0) found.unshift('No box holds the virtual addresses.');
  bad.push(...found.filter(sentence => doubts.lasts(sentence, now, graceMs)));
  doubts.endLook(now);
}

function judgeBoxes(boxes, live, now, bad, warnings) {
  for (const box of live) {
    const faults = box.routers().filter(router => router.state === 'FAULT').map(router => router.name);
    if (faults.length > 0) bad.push(`${box.name} is in FAULT with ${row.format(faults)}.`);
    const alarms = box.hardware?.alarms ?? [];
    if (alarms.length > 0) {
      const names = alarms.map(alarm => alarm.replaceAll('_', ' '));
      warnings.push(`The hardware of ${box.name} needs help: ${row.format(names)}.`);
    }
    if (box.state?.panel_missing) warnings.push(`${box.name}: ${box.state.panel_missing}.`);
    if (box.state?.maintenance) warnings.push(`${box.name} is in maintenance.`);
    if (box.state?.broker && !box.state.broker_connected) {
      warnings.push(`${box.name} does not reach its MQTT broker ${box.state.broker}`
        + `${box.state.broker_fault ? `: ${box.state.broker_fault}` : ''}.`);
    }
  }
  for (const box of boxes.filter(each => !each.isLive(now))) {
    warnings.push(`${box.name} is ${box.isOffline() ? 'offline' : 'silent'}; there is no twin to take over.`);
  }
  // What makes the fault LED blink; a box that is gone was told of above.
  if (live.length < boxes.length) return;
  for (const box of live.filter(each => each.state?.twin_missed)) warnings.push(missing(box, boxes));
}

function missing(box, boxes) {
  if (boxes.length > 1) return `${box.name} does not hear its twin.`;
  const twin = box.state.twin_name;
  return `${twin ? `The twin ${twin} is not heard` : 'No twin was ever heard'}; there is nobody to take over.`;
}

function judgeServices(services, bad, warnings) {
  for (const service of services) {
    if (!service.isCarried) continue;
    if (!service.up) {
      bad.push(`Service ${service.service} is down${service.on_sorry_server ? ', on its sorry server' : ''}.`);
    } else if (service.on_sorry_server) {
      warnings.push(`Service ${service.service} is on its sorry server.`);
    }
    const down = service.realServers.filter(server => server.health === 'down');
    if (down.length > 0 && service.up) {
      warnings.push(`${row.format(down.map(server => server.address))} of ${service.service} `
        + `${down.length === 1 ? 'is' : 'are'} down.`);
    }
  }
}

/** Routers that more than one live box claims. */
function splitRouters(live) {
  const claims = new Map();
  for (const box of live) {
    for (const router of box.routers().filter(each => each.state === 'MASTER')) {
      const key = `${router.vrid} ${router.name}`;
      claims.set(key, [...claims.get(key) ?? [], { name: router.name, box: box.name }]);
    }
  }
  return [...claims.values()]
    .filter(each => each.length > 1)
    .map(each => ({ name: each[0].name, boxes: each.map(claim => claim.box) }));
}

function rolesOf(live, masters) {
  const names = boxes => row.format(boxes.map(box => box.name));
  const standing = live.filter(box => !masters.includes(box));
  if (masters.length === 0) return `${names(live)} ${live.length === 1 ? 'is' : 'are'} up`;
  return `${names(masters)} ${masters.length === 1 ? 'carries' : 'carry'} the traffic`
    + (standing.length > 0
      ? `, ${names(standing)} ${standing.length === 1 ? 'stands' : 'stand'} by`
      : '');
}

function sumOf(services) {
  const servers = services.flatMap(service => service.realServers).length;
  return `${plural(services.length, 'service')} and ${plural(servers, 'server')} are up.`;
}
