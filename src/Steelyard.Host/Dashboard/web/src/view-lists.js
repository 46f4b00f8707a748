// The event list, the interfaces, the verdict and the lines to the brokers.
import { bits, clock, count, rate } from './format.js';
import { each, h, mark, setClass, setText, table, tableRow } from './dom.js';
import { Doubts, verdict } from './verdict.js';

const SEVERITY = {
  information: ['information', 'Information'],
  warning: ['warning', 'Warning'],
  error: ['bad', 'Error'],
};

export function showVerdict(parent, store, now) {
  parent.doubts ??= new Doubts();
  const { tone, sentence, details } = verdict(store, now, parent.doubts);
  each(parent, [{ tone, sentence, details }], () => 'verdict', () => {
    const headline = mark();
    const more = h('ul');
    return {
      element: h('div', {}, headline.element, more),
      update(item) {
        headline.set(item.tone, item.sentence);
        each(more, item.details, detail => detail, detail => ({
          element: h('li', {}, detail), update() {},
        }));
      },
    };
  });
  setClass(parent, `verdict verdict-${tone}`);
}

export function showLinks(parent, lines) {
  each(parent, lines, line => line.url, line => {
    const state = mark();
    const host = new URL(line.url).host;
    return {
      element: h('li', {}, state.element),
      update(item) {
        const where = lines.length > 1 ? `${host}: ` : '';
        if (item.isLive) {
          state.set('good', `${where}live`);
        } else if (item.lastHeard) {
          state.set('warning', `${where}reconnecting, last seen ${clock(item.lastHeard)}`);
        } else {
          state.set('warning', `${where}connecting`);
        }
      },
    };
  });
}

export function showEvents(parent, store) {
  const events = store.events();
  const several = store.boxes.size > 1 || store.list().some(box => box.state?.twin_name);
  if (!parent.list) {
    parent.list = h('ol.events.card', { tabindex: '0', 'aria-label': 'Events, newest first' });
    parent.append(parent.list);
  }
  each(parent.list, events.length > 0 ? events.map(item => ({ ...item, several })) : [null],
    item => item ? `${item.box} ${item.sequence} ${item.time}` : '',
    item => item ? createEvent(item) : {
      element: h('li.aside', {}, 'Nothing has happened yet.'), update() {},
    });
}

function createEvent(item) {
  const at = new Date(item.time);
  const [tone, words] = SEVERITY[item.severity] ?? SEVERITY.information;
  const severity = mark();
  severity.set(tone, words);
  severity.element.classList.add('icon-only');
  const element = h('li', {},
    h('time', { datetime: item.time, title: at.toLocaleString() }, clock(at)),
    severity.element, h('span.sentence', {}, ...sentenceOf(item)));
  const chip = h('span.chip');
  element.append(chip);
  return {
    element,
    update({ box, several }) {
      setText(chip, box);
      chip.hidden = !several;
    },
  };
}

/** The sentence with its subject marked in it; a subject that it does not name stands below. */
function sentenceOf({ subject, sentence }) {
  const place = subject ? sentence.indexOf(subject) : -1;
  if (place < 0) return [sentence, h('span.about', {}, subject ?? '')];
  return [
    sentence.slice(0, place), h('span.subject', {}, subject),
    sentence.slice(place + subject.length),
  ];
}

const PORT_COLUMNS = ['Interface', 'Link', 'Packets/s in', 'Packets/s out', 'Dropped'];

export function showPorts(parent, store, now) {
  const ports = store.list().flatMap(box => box.ports().map(port => ({ box, port, now })));
  if (!parent.body) {
    const { element, body } = table(PORT_COLUMNS, 'ports-title');
    parent.body = body;
    parent.append(h('div.card.ports', {}, element));
  }
  each(parent.body, ports, item => `${item.box.id} ${item.port.name}`, createPort);
}

function createPort() {
  const { element, head, cells: [linkCell, ...numbers] } = tableRow(PORT_COLUMNS.slice(1));
  const name = h('span');
  const box = h('span.method');
  const link = mark();
  const [intoBits, outBits, why] = numbers.map(() => h('span.under'));
  const [intoText, outText, drops] = numbers.map(() => h('span'));
  head.append(name, box);
  linkCell.append(link.element);
  for (const [index, cell] of numbers.entries()) {
    cell.classList.add('number');
    cell.append([intoText, outText, drops][index], [intoBits, outBits, why][index]);
  }
  return {
    element,
    update({ box: owner, port, now }) {
      setText(name, port.name);
      setText(box, owner.name);
      const isLive = owner.isLive(now);
      link.set(isLive ? (port.up ? 'good' : 'bad') : 'unknown', isLive ? (port.up ? 'up' : 'down') : 'silent');
      setText(intoText, rate(port.rx_packets_per_second));
      setText(intoBits, bits(port.rx_bytes_per_second));
      setText(outText, rate(port.tx_packets_per_second));
      setText(outBits, bits(port.tx_bytes_per_second));
      setText(drops, count(port.dropped));
      setText(why, Object.entries(port.drops ?? {})
        .sort((a, b) => b[1] - a[1]).slice(0, 3)
        .map(([reason, amount]) => `${reason.replaceAll('_', ' ')} ${count(amount)}`).join(', '));
    },
  };
}
