// The boxes: front panel, roles, and what each says of itself.
import { count, span } from './format.js';
import { each, h, mark, setAttribute, setClass, setText } from './dom.js';
import { isSafe } from './peers.js';
import { createHardware } from './view-hardware.js';

const LEDS = [['ready', 'Ready'], ['role', 'Role'], ['fault', 'Fault']];
const PATTERNS = { off: 'off', on: 'on', blink: 'blinking', fast_blink: 'blinking fast' };

/** @param page where the page came from, as `location` says it */
export function showBoxes(parent, store, now, page) {
  each(parent, [...store.list(), ...absentTwins(store)], keyOf,
    first => first.isAbsent ? createAbsent(first, page) : createPresent(first));
  for (const kept of parent.keyed.values()) kept.tick(now);
}

/** A twin that appears gets a card of the other kind, not the absent one's. */
const keyOf = box => box.isAbsent ? `absent ${box.name}` : `box ${box.id}`;

/** A twin that a box names but that no broker here speaks for. */
function absentTwins(store) {
  const boxes = store.list();
  const names = new Set(boxes.map(box => box.name));
  const absent = new Map();
  for (const box of boxes) {
    const twin = box.state?.twin_name;
    if (twin && !names.has(twin)) absent.set(twin, { name: twin, witness: box, isAbsent: true });
  }
  return [...absent.values()];
}

function createAbsent(first, page) {
  const says = mark();
  const where = h('p.aside');
  const element = h('article.card.box.absent', { 'aria-label': `Box ${first.name}` },
    h('h3', {}, first.name), h('p', {}, says.element), where);
  let twin = first;
  let shown = null;
  return {
    element,
    update(item) { twin = item; },
    tick(now) {
      const { name, state } = twin.witness;
      if (!twin.witness.isLive(now)) {
        says.set('unknown', `not known: ${name} is silent`);
      } else {
        says.set(state.twin_alive ? 'good' : 'bad', `${state.twin_alive ? '' : 'not '}heard by ${name}`);
      }
      const dashboard = state?.twin_dashboard ?? '';
      if (shown !== dashboard) {
        shown = dashboard;
        setText(where, '');
        where.append(...whereAbout(dashboard, page));
      }
    },
  };
}

/** Where an absent twin can be watched, or what is missing for it. */
function whereAbout(dashboard, page) {
  if (!dashboard) {
    return ['It tells of no dashboard: it has none, or serves it on loopback alone.'];
  }
  const link = h('a', { href: dashboard, rel: 'noreferrer' }, dashboard);
  return isSafe(page)
    ? ['Its own page is ', link, '. Open it once: the browser asks you whether its certificate is '
      + 'the right one there, and not here. Served without TLS, it cannot be watched from here.']
    : ['Its own page, ', link, ', does not answer here.'];
}

function createPresent(first) {
  const title = h('h3', {}, first.name);
  const role = h('span.badge');
  const notice = h('p.notice', { hidden: '' });
  const warnings = h('ul.warnings', { 'aria-label': 'What to know' });
  const panel = createPanel();
  const facts = createFacts();
  const hardware = createHardware();
  const routers = h('ul.routers', { 'aria-label': 'Virtual routers' });
  const element = h('article.card.box', { 'aria-label': `Box ${first.name}` },
    h('div.box-head', {}, title, role), notice, warnings, panel.element, routers, facts.element,
    hardware.element);
  let box = first;
  return {
    element,
    update(item) { box = item; },
    tick(now) {
      const isLive = box.isLive(now);
      setText(title, box.name);
      setClass(element, `card box${isLive ? '' : ' silent'}`);
      showRole(role, box, isLive);
      showNotice(notice, box, isLive, now);
      each(warnings, isLive ? box.state?.warnings ?? [] : [], warning => warning, warning => ({
        element: h('li', {}, warning), update() {},
      }));
      panel.show(box.state, isLive);
      each(routers, box.routers(), router => `${router.vrid} ${router.name}`, createRouter);
      facts.show(box, isLive);
      hardware.show(box.hardware, isLive);
    },
  };
}

function showRole(badge, box, isLive) {
  const role = isLive ? box.state?.role ?? '' : box.isOffline() ? 'OFFLINE' : 'SILENT';
  setText(badge, role === 'NONE' ? '' : role);
  setClass(badge, `badge role-${role.toLowerCase()}`);
}

function showNotice(notice, box, isLive, now) {
  let text = '';
  if (!isLive && box.heardAt !== null) {
    text = `Last heard ${span((now - box.heardAt) / 1000)} ago. What stands here is from then.`;
  } else if (!isLive) {
    text = 'Its last word was that it is gone.';
  } else if (box.state?.maintenance) {
    text = 'In maintenance: it takes no role until a person ends that.';
  }
  setText(notice, text);
  notice.hidden = text === '';
}

function createPanel() {
  const element = h('ul.panel', { 'aria-label': 'Front panel' });
  const lamps = LEDS.map(([key, label]) => {
    const lamp = h(`span.led.led-${key}`, { 'aria-hidden': 'true' });
    const words = h('span.led-words');
    element.append(h('li', {}, lamp, h('span.led-name', {}, label), words));
    return { key, lamp, words };
  });
  return {
    element,
    show(state, isLive) {
      for (const { key, lamp, words } of lamps) {
        const pattern = isLive ? state?.[`led_${key}`] ?? 'off' : 'off';
        setClass(lamp, `led led-${key} led-is-${pattern}`);
        setText(words, isLive ? wordsOf(state, key, pattern) : 'dark');
      }
    },
  };
}

/** How it shines and what that says; a panel that is not there shows nothing. */
function wordsOf(state, key, pattern) {
  if (state?.panel_missing) return 'missing';
  const means = state?.[`led_${key}_means`];
  return `${PATTERNS[pattern] ?? pattern}${means ? `: ${means}` : ''}`;
}

function createRouter() {
  const state = h('span.badge');
  const name = h('span.router-name');
  const detail = h('span.aside');
  const since = h('span.since');
  return {
    element: h('li', {}, state, h('span.router-text', {}, name, detail), since),
    update(router) {
      setText(state, router.state);
      setClass(state, `badge role-${router.state.toLowerCase()}`);
      setText(name, router.name);
      setText(detail, `${router.addresses || 'no address'} on ${router.interface}, `
        + `VRID ${router.vrid}, priority ${router.priority}`);
      setText(since, `for ${span(router.since_s)}`);
      setAttribute(since, 'title', `${count(router.transitions)} transitions since the start`);
    },
  };
}

function createFacts() {
  const element = h('dl.facts');
  const values = ['Connections', 'Twin', 'Up for', 'Version'].map(name => {
    const value = h('dd');
    element.append(h('div', {}, h('dt', {}, name), value));
    return value;
  });
  return {
    element,
    show(box, isLive) {
      const state = box.state;
      const [connections, twin, uptime, version] = values;
      setText(connections, isLive ? count(state?.connections_current) : '–');
      setText(twin, !isLive || !state ? '–'
        : state.twin_alive ? `${state.twin_name || 'twin'} heard`
        : state.twin_missed ? 'not heard' : 'none');
      setText(uptime, isLive ? span(state?.uptime_s) : '–');
      setText(version, state?.version?.split('+')[0] ?? '–');
    },
  };
}
