// Services and their real servers, as tables that turn into cards on a narrow screen.
import { bits, count, plural, rate } from './format.js';
import { each, h, mark, setAttribute, setClass, setText, table, tableRow } from './dom.js';

const HEALTH = {
  up: ['good', 'up'],
  down: ['bad', 'down'],
  drain: ['drain', 'draining'],
  unknown: ['unknown', 'unchecked'],
};

const COLUMNS = ['Server', 'Health', 'Weight', 'Active', 'Inactive', 'New/s', 'Packets/s', 'Traffic', 'Share'];

export function showServices(parent, store, now) {
  const services = store.services(now);
  parent.classList.toggle('is-empty', services.length === 0);
  each(parent, services.length > 0 ? services : [null], service => service?.id ?? '', service =>
    service ? createService(service) : {
      element: h('p.card.aside', {}, 'No virtual service is configured.'),
      update() {},
    });
}

function createService(first) {
  const title = `service-${first.id}`;
  const name = h('h3', { id: title });
  const state = mark();
  const about = h('p.aside');
  const servers = table(COLUMNS, title);
  const figures = createFigures();
  const element = h('article.card.service', { 'aria-labelledby': title },
    h('div.service-head', {}, h('div', {}, name, about), figures.element, state.element),
    servers.element);
  return {
    element,
    update(service) {
      setClass(element, `card service${service.isLive ? '' : ' silent'}`);
      setText(name, service.service);
      setText(about, describe(service));
      showState(state, service);
      figures.show(service);
      const shares = sharesOf(service.realServers);
      each(servers.body, service.realServers.map(
        (server, index) => ({ ...server, part: shares[index], isLive: service.isLive })),
        server => server.address, createServer);
    },
  };
}

function describe(service) {
  const ups = plural(service.servers ?? 0, 'server');
  return `${service.scheduler ?? ''} over ${ups}, ${service.servers_up ?? 0} up`
    + ` · ${service.isCarried ? 'carried by' : service.isLive ? 'as seen by' : 'as last told by'} `
    + service.box.name;
}

function showState(state, service) {
  if (!service.isLive) {
    state.set('unknown', 'not heard');
  } else if (!service.up) {
    state.set('bad', service.on_sorry_server ? 'down, on its sorry server' : 'down');
  } else if (service.on_sorry_server) {
    state.set('warning', 'on its sorry server');
  } else {
    state.set('good', 'up');
  }
}

function createFigures() {
  const element = h('dl.figures');
  const values = ['New/s', 'Active', 'Traffic'].map(name => {
    const value = h('dd');
    element.append(h('div', {}, h('dt', {}, name), value));
    return value;
  });
  return {
    element,
    show(service) {
      setText(values[0], rate(service.connections_per_second));
      setText(values[1], count(service.active));
      setText(values[2], bits(service.in_bytes_per_second + service.out_bytes_per_second));
    },
  };
}

// What a server carries now: connections that live or that come; where there are none of them,
// as with flows of UDP that stand, what passes; and else the flows that rest.
const MEASURES = [
  server => (server.active ?? 0) + (server.connections_per_second ?? 0),
  server => (server.in_bytes_per_second ?? 0) + (server.out_bytes_per_second ?? 0),
  server => server.inactive ?? 0,
];

const sumOf = (servers, measure) => servers.reduce((sum, server) => sum + measure(server), 0);

/** The part of each server, 0 to 1; null while nobody carries anything. */
export function sharesOf(servers) {
  const measure = MEASURES.find(each => sumOf(servers, each) > 0);
  const total = measure ? sumOf(servers, measure) : 0;
  return servers.map(server => measure ? measure(server) / total : null);
}

function createServer() {
  const { element, head: address, cells } = tableRow(COLUMNS.slice(1));
  const method = h('span.method');
  const addressText = h('span');
  address.append(addressText, method);
  const health = mark();
  const detail = h('span.detail');
  const [healthCell, weight, active, inactive, connections, packets, traffic, share] = cells;
  healthCell.append(h('span.health', {}, health.element, detail));
  const bar = h('span.bar', { 'aria-hidden': 'true' }, h('span'));
  const percent = h('span.share-words');
  share.append(bar, percent);
  for (const cell of cells.slice(1)) cell.classList.add('number');
  return {
    element,
    update(server) {
      const [tone, words] = HEALTH[server.health] ?? HEALTH.unknown;
      setText(addressText, server.address);
      setText(method, server.method);
      health.set(server.isLive ? tone : 'unknown', server.isLive ? words : `was ${words}`);
      setText(detail, server.detail ?? '');
      setText(weight, server.weight === server.effective_weight
        ? count(server.weight) : `${count(server.effective_weight)} of ${count(server.weight)}`);
      setText(active, count(server.active));
      setText(inactive, count(server.inactive));
      setText(connections, rate(server.connections_per_second));
      setText(packets, rate(server.in_packets_per_second + server.out_packets_per_second));
      setText(traffic, bits(server.in_bytes_per_second + server.out_bytes_per_second));
      setText(percent, server.part === null ? '–' : `${Math.round(server.part * 100)} %`);
      bar.firstChild.style.inlineSize = `${((server.part ?? 0) * 100).toFixed(1)}%`;
      setClass(element, `is-${server.health}`);
      setAttribute(detail, 'title', server.detail || null);
    },
  };
}
