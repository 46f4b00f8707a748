// What the topics say, as one picture. Nothing here touches the page or the network.

const ROOT = 'steelyard';
const BOXES_MOST = 16;
const EVENTS_MOST = 100;
const HISTORY_SECONDS = 300;

// A box tells its state once an interval; after this long it says nothing we may call live.
const STALE_MS = 5000;
const STALE_INTERVALS = 2.5;
const INTERVAL_MOST_S = 3600;

export class Store {
  boxes = new Map();
  #cut = new Set();
  #own;

  /** @param {string} [own] The source that outranks all others: the page's own broker. */
  constructor(own) {
    this.#own = own;
  }

  /** A box whose broker we cannot hear is not live, whatever was heard last. */
  setLine(source, isLive) {
    if (isLive) {
      this.#cut.delete(source);
    } else {
      this.#cut.add(source);
    }
  }

  /** Forgets on the next sweep whatever the source does not repeat from now on. */
  beginEpoch(source) {
    for (const box of this.boxes.values()) {
      for (const leaf of box.leaves.values()) {
        if (leaf.source === source) leaf.isOld = true;
      }
    }
  }

  /** Drops what was not repeated since the epoch began. */
  sweep(source) {
    for (const [name, box] of this.boxes) {
      for (const [topic, leaf] of box.leaves) {
        if (leaf.source === source && leaf.isOld) box.leaves.delete(topic);
      }
      if (box.leaves.size === 0) this.boxes.delete(name);
    }
  }

  /**
   * Takes one message. Returns a new event, for whoever announces it.
   * @param {string} topic
   * @param {string} text
   * @param {number} now Milliseconds, as of Date.now.
   */
  take(topic, text, source, now, isRetained = true) {
    const [root, id, ...rest] = topic.split('/');
    if (root !== ROOT || !id || rest.length === 0) return null;
    const box = this.#box(id, source);
    if (!box) return null;
    const leaf = rest.join('/');
    if (leaf === 'event') return this.#takeEvent(box, parse(text), isRetained);
    if (text === '') {
      box.leaves.delete(leaf);
      return null;
    }
    const value = leaf === 'availability' ? text : parse(text);
    if (value === null) return null;
    box.leaves.set(leaf, { value, source, at: now, isOld: false });
    if (leaf === 'state') box.heardAt = now;
    if (leaf === 'events' && Array.isArray(value)) {
      for (const happening of value) this.#takeEvent(box, happening, true);
    }
    if (leaf === 'history' || leaf === 'state') box.fillFromHistory(now);
    return null;
  }

  /** Once a second: each live box's rates join its curve. */
  sample(now) {
    for (const box of this.boxes.values()) box.sample(now);
  }

  list() {
    return [...this.boxes.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  events() {
    return this.list()
      .flatMap(box => box.events.map(happening => ({ ...happening, box: box.name })))
      .sort((a, b) => b.time.localeCompare(a.time) || b.sequence - a.sequence)
      .slice(0, EVENTS_MOST);
  }

  /** Where the box that serves this page says that its twin's page is. */
  twinDashboard() {
    for (const box of this.boxes.values()) {
      if (box.speaker === this.#own && box.state?.twin_dashboard) return box.state.twin_dashboard;
    }
    return null;
  }

  /** Every service once, as the box that carries it tells it. */
  services(now) {
    const ids = new Map();
    for (const box of this.list()) {
      for (const service of box.services()) {
        if (!ids.has(service.id)) ids.set(service.id, []);
        ids.get(service.id).push({ box, service });
      }
    }
    return [...ids.values()]
      .map(tellings => tellings
        .map(each => ({ ...each, weight: bearing(each.box, each.service, now) }))
        .sort((a, b) => b.weight - a.weight))
      .map(([first]) => ({
        ...first.service, box: first.box, isLive: first.weight >= 0, isCarried: first.weight >= CARRIES,
      }))
      .sort((a, b) => a.service.localeCompare(b.service, 'en', { numeric: true }));
  }

  /**
   * The box that the source may speak for. A peer comes from the page's address, which anybody
   * can write: what it says of a box that our own broker speaks for is not believed.
   */
  #box(id, source) {
    const known = this.boxes.get(id);
    if (known && (known.speaker === source || known.speaker === this.#own)) {
      return known.speaker === source ? known : null;
    }
    if (!known && this.boxes.size >= BOXES_MOST && !this.#makesRoom(source)) return null;
    const box = new Box(id, this.#cut, source);
    this.boxes.set(id, box);
    return box;
  }

  #makesRoom(source) {
    if (source !== this.#own) return false;
    const guest = this.list().find(box => box.speaker !== this.#own);
    return guest !== undefined && this.boxes.delete(guest.id);
  }

  #takeEvent(box, happening, isRetained) {
    if (happening === null || typeof happening.time !== 'string') return null;
    const known = box.events.some(
      each => each.sequence === happening.sequence && each.time === happening.time);
    if (known) return null;
    box.events.push(happening);
    if (box.events.length > EVENTS_MOST) box.events.shift();
    return isRetained ? null : { ...happening, box: box.name };
  }
}

const CARRIES = 2;

/** How much a box's word on a service counts: the one that holds its address knows best. */
function bearing(box, service, now) {
  if (!box.isLive(now)) return -1;
  const address = addressOf(service.service);
  const masters = box.routers().filter(router => router.state === 'MASTER');
  const holds = masters.some(router => addressesOf(router).includes(address));
  if (holds) return CARRIES + 1;
  return masters.length > 0 && masters.length === box.routers().length ? CARRIES : 0;
}

/** The address of `tcp 192.0.2.1:80` or `udp [2001:db8::1]:53`. */
export function addressOf(service) {
  const endpoint = service.split(' ').at(-1);
  return endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

const addressesOf = router =>
  String(router.addresses ?? '').split(', ').map(each => each.split('/')[0]);

export class Box {
  leaves = new Map();
  events = [];
  curve = new Map();
  heardAt = null;
  #filledFrom = null;
  #cut;

  /**
   * @param {Set<string>} cut Sources whose line is down.
   * @param {string} speaker The source that speaks for it.
   */
  constructor(id, cut, speaker) {
    this.id = id;
    this.#cut = cut;
    this.speaker = speaker;
  }

  get state() {
    return this.leaves.get('state')?.value ?? null;
  }

  /** What its board says of itself. */
  get hardware() {
    return this.leaves.get('hardware')?.value ?? null;
  }

  get rates() {
    return this.leaves.get('rates')?.value ?? null;
  }

  get name() {
    return this.state?.box || this.id;
  }

  /** How often it tells its state. */
  get intervalMs() {
    const seconds = Number(this.state?.interval_s);
    return seconds > 0 ? Math.min(seconds, INTERVAL_MOST_S) * 1000 : 1000;
  }

  /** Reachable as its last will says, and heard of lately over a line that stands. */
  isLive(now) {
    return !this.#cut.has(this.leaves.get('state')?.source)
      && this.leaves.get('availability')?.value === 'online'
      && this.heardAt !== null
      && now - this.heardAt < Math.max(STALE_MS, STALE_INTERVALS * this.intervalMs);
  }

  isOffline() {
    return this.leaves.get('availability')?.value === 'offline';
  }

  routers() {
    return this.#under('router').sort((a, b) => a.vrid - b.vrid || a.name.localeCompare(b.name));
  }

  ports() {
    return this.#under('port').sort((a, b) => a.name.localeCompare(b.name));
  }

  services() {
    const services = new Map();
    for (const [topic, leaf] of this.leaves) {
      const [kind, id, real, server] = topic.split('/');
      if (kind !== 'service') continue;
      if (!services.has(id)) services.set(id, { id, service: id, realServers: [] });
      const service = services.get(id);
      if (real === 'state') {
        Object.assign(service, leaf.value);
      } else if (real === 'real' && server) {
        service.realServers.push(leaf.value);
      }
    }
    for (const service of services.values()) {
      service.realServers.sort(
        (a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
    }
    return [...services.values()];
  }

  sample(now) {
    if (this.isLive(now) && this.rates) {
      this.curve.set(Math.floor(now / 1000), point(
        this.rates.packets_per_second, this.rates.connections_per_second));
    }
    const oldest = Math.floor(now / 1000) - HISTORY_SECONDS;
    for (const second of this.curve.keys()) {
      if (second < oldest) this.curve.delete(second);
    }
  }

  /** Seconds that were missed, because the page slept or was not open, come from the history. */
  fillFromHistory(now) {
    const history = this.leaves.get('history')?.value;
    const state = this.state;
    if (!history || !state || this.#filledFrom === history) return;
    if (!Array.isArray(history.packets_per_second)) return;
    this.#filledFrom = history;
    const end = Math.floor(now / 1000 - Math.max(0, state.uptime_s - history.end_uptime_s));
    const length = history.packets_per_second.length;
    for (let index = 0; index < length; index++) {
      const second = end - Math.round((length - 1 - index) * history.step_s);
      if (!this.curve.has(second)) {
        this.curve.set(second, point(
          history.packets_per_second[index], history.connections_per_second?.[index]));
      }
    }
  }

  #under(kind) {
    const found = [];
    for (const [topic, leaf] of this.leaves) {
      if (topic.startsWith(`${kind}/`)) found.push(leaf.value);
    }
    return found;
  }
}

const point = (packets, connections) => ({ packets: packets ?? null, connections: connections ?? null });

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
