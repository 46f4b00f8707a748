// Packets and connections per second over the last five minutes, one line a box.
import uPlot from 'uplot';
import { rate, row } from './format.js';
import { each, h, setText } from './dom.js';

const SECONDS = 300;
const HEIGHT = 180;

// One colour and one dash a box, in the order of their names.
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];

const CHARTS = [
  { key: 'packets', title: 'Packets per second', unit: 'packets/s' },
  { key: 'connections', title: 'New connections per second', unit: 'connections/s' },
];

export class Charts {
  #parent;
  #charts = [];
  #names = '';
  #spokenAt = 0;

  constructor(parent) {
    this.#parent = parent;
    new ResizeObserver(() => this.#fit()).observe(parent);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#rebuild());
  }

  show(store, now) {
    const boxes = store.list();
    const names = boxes.map(box => box.name).join('\n');
    if (names !== this.#names || this.#charts.length === 0) {
      this.#names = names;
      this.#rebuild();
      this.#build(boxes);
    }
    const last = Math.floor(now / 1000) - 1; // The second that is not over yet would read low.
    const seconds = Array.from({ length: SECONDS }, (_, index) => last - SECONDS + 1 + index);
    const speaks = now - this.#spokenAt > 10000;
    if (speaks && boxes.some(box => box.curve.size > 0)) this.#spokenAt = now;
    for (const chart of this.#charts) chart.show(boxes, seconds, speaks);
  }

  #build(boxes) {
    this.#charts = CHARTS.map(about => createChart(about, boxes, this.#parent));
    this.#spokenAt = 0;
    this.#fit();
  }

  #rebuild() {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
  }

  #fit() {
    for (const chart of this.#charts) chart.fit();
  }
}

function createChart(about, boxes, parent) {
  const colours = getComputedStyle(document.documentElement);
  const colour = name => colours.getPropertyValue(name).trim();
  const drawing = h('div.drawing', { role: 'img', 'aria-label': about.title });
  const legend = h('ul.legend');
  const figure = h('figure.card.chart', {},
    h('figcaption', {}, h('h3', {}, about.title), legend), drawing);
  parent.append(figure);
  const axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const plot = new uPlot({
    width: 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true },
      y: { range: (_, __, high) => [0, niceAbove(high ?? 0)] },
    },
    axes: [
      { ...axis, size: 26, space: 44, incrs: [60, 120, 300], values: (_, ticks) => ticks.map(hourMinute) },
      { ...axis, size: 52, space: 36, values: (_, ticks) => ticks.map(rate) },
    ],
    series: [{}, ...boxes.map((box, index) => ({
      label: box.name,
      stroke: colour(`--line-${index % 4}`),
      fill: index === 0 ? colour('--line-fill') : undefined,
      width: 2,
      dash: DASHES[index % DASHES.length],
      points: { show: false },
      spanGaps: false,
    }))],
  }, [[], ...boxes.map(() => [])], drawing);
  return {
    show(shown, seconds, speaks) {
      const lines = shown.map(box => seconds.map((second, index) => valueAt(box, seconds, index, about.key)));
      plot.setData([seconds, ...lines]);
      showLegend(legend, shown, lines);
      if (speaks) drawing.setAttribute('aria-label', `${about.title}. ${speak(shown, lines)}`);
    },
    fit() {
      const width = drawing.clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
    },
    destroy() {
      plot.destroy();
      figure.remove();
    },
  };
}

/** A single missing second is a late tick, not silence: it takes its neighbour's value. */
function valueAt(box, seconds, index, key) {
  const exact = box.curve.get(seconds[index]);
  if (exact) return exact[key];
  const before = box.curve.get(seconds[index] - 1);
  const after = box.curve.get(seconds[index] + 1);
  return before && after ? before[key] : null;
}

function showLegend(legend, boxes, lines) {
  each(legend, boxes.map((box, index) => ({ box, index, line: lines[index] })),
    item => item.box.name, item => {
      const name = h('span');
      const value = h('strong');
      return {
        element: h('li', {}, h(`span.swatch.swatch-${item.index % 4}`, { 'aria-hidden': 'true' }), name, value),
        update({ box, line }) {
          setText(name, box.name);
          setText(value, rate(lastOf(line) ?? Number.NaN));
        },
      };
    });
}

function speak(boxes, lines) {
  const each = boxes.map((box, index) => {
    const known = lines[index].filter(value => value !== null);
    return known.length === 0 ? `${box.name}: no data`
      : `${box.name}: now ${rate(lastOf(lines[index]) ?? 0)}, at most ${rate(Math.max(...known))}`;
  });
  return `${row.format(each)}.`;
}

function lastOf(line) {
  for (let index = line.length - 1; index >= line.length - 3; index--) {
    if (line[index] !== null && line[index] !== undefined) return line[index];
  }
  return null;
}

/** The next round number above, so that the scale does not breathe with every sample. */
export function niceAbove(value) {
  if (!(value > 0)) return 10;
  const padded = value * 1.1;
  const power = 10 ** Math.floor(Math.log10(padded));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(each => padded <= each * power) ?? 10;
  return Math.max(10, step * power);
}

function hourMinute(second) {
  return new Date(second * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
