// Building and refreshing elements in place, so that focus, selection and a screen reader's place
// survive every update. Text only ever enters as text.

/** An element: h('p.note', { id: 'x' }, 'text', child). */
export function h(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * A table that may become cards on a narrow screen. The roles are written out, as browsers forget
 * them when a table is laid out as anything else.
 */
export function table(columns, labelledBy) {
  const body = h('tbody', { role: 'rowgroup' });
  const heads = columns.map(column => h('th', { scope: 'col', role: 'columnheader' }, column));
  const element = h('table.stacks', { role: 'table', 'aria-labelledby': labelledBy },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...heads)), body);
  return { element, body };
}

/** A row with its head and a cell for each further column. */
export function tableRow(columns) {
  const head = h('th', { scope: 'row', role: 'rowheader' });
  const cells = columns.map(column => h('td', { role: 'cell', 'data-label': column }));
  return { element: h('tr', { role: 'row' }, head, ...cells), head, cells };
}

/** An icon out of the set below; it says nothing, the text beside it does. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.unknown);
  svg.append(path);
  return svg;
}

// Each state has a shape of its own, so that nothing depends on colour.
const PATHS = {
  good: 'M2.5 8.5l3.5 3.5 7.5-8',
  bad: 'M3.5 3.5l9 9m0-9l-9 9',
  warning: 'M8 2L1.5 13.5h13L8 2zm0 4.5V10m0 1.9v.1',
  drain: 'M8 2.5v8M4.5 7L8 10.5 11.5 7M3 13.5h10',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 3.7 2.2C8.4 8.7 8 9.2 8 10m0 2.9v.1',
  information: 'M8 7.5V12m0-7.9v.1',
};

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

export function setAttribute(element, name, value) {
  if (value === null) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/**
 * Makes the children of a parent match a list: one element an item, kept by key.
 * @param {(item: any) => {element: Element, update: (item: any) => void}} create
 */
export function each(parent, items, keyOf, create) {
  parent.keyed ??= new Map();
  const keys = new Set();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    keys.add(key);
    let kept = parent.keyed.get(key);
    if (!kept) {
      kept = create(item);
      parent.keyed.set(key, kept);
    }
    kept.update(item);
    if (kept.element === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(kept.element, place);
    }
  }
  for (const [key, kept] of parent.keyed) {
    if (!keys.has(key)) {
      kept.element.remove();
      parent.keyed.delete(key);
    }
  }
}

/** A symbol with its word; both change together. */
export function mark() {
  const text = h('span');
  const element = h('span.mark', {}, text);
  let shown = '';
  return {
    element,
    set(tone, words) {
      setClass(element, `mark tone-${tone}`);
      setText(text, words);
      if (shown !== tone) {
        shown = tone;
        element.querySelector('svg')?.remove();
        element.prepend(icon(tone));
      }
    },
  };
}
