// What a board says of itself. What it does not tell has no place here: no zero, no dash.
import { h, each, setText } from './dom.js';

const MEBI = 1024 * 1024;

/** Pairs of a name and its value, only those that the board tells. */
export function hardwareFacts(hardware) {
  if (!hardware) return [];
  const facts = [
    ['Board', hardware.board],
    ['Temperature', number(hardware.temperature_c, value => `${value.toFixed(1)} °C`)],
    ['Supply', said(hardware.under_voltage, 'too low', hardware.under_voltage_since_boot
      ? 'right, too low before' : 'right')],
    ['Processor', said(hardware.throttled, 'throttled', hardware.throttled_since_boot
      ? 'full speed, throttled before' : 'full speed')],
    ['Memory free', share(hardware.memory_available_bytes, hardware.memory_total_bytes)],
    ['Storage free', share(hardware.storage_free_bytes, hardware.storage_total_bytes)],
    ['Storage worn', number(hardware.storage_wear_percent, value => `${value} %`)],
    ['Clock', said(hardware.clock_synchronised, 'synchronised', 'not synchronised')],
  ];
  return facts.filter(([, value]) => value).map(([name, value]) => ({ name, value }));
}

export function createHardware() {
  const element = h('dl.facts', { 'aria-label': 'Hardware' });
  return {
    element,
    show(hardware, isLive) {
      each(element, isLive ? hardwareFacts(hardware) : [], fact => fact.name, createFact);
      element.hidden = element.children.length === 0;
    },
  };
}

function createFact() {
  const name = h('dt');
  const value = h('dd');
  return {
    element: h('div', {}, name, value),
    update(fact) {
      setText(name, fact.name);
      setText(value, fact.value);
    },
  };
}

const number = (value, show) => Number.isFinite(value) ? show(value) : null;
const said = (value, yes, no) => typeof value === 'boolean' ? (value ? yes : no) : null;

function share(part, whole) {
  if (!Number.isFinite(part) || !(whole > 0)) return null;
  return `${Math.floor(part / MEBI)} of ${Math.floor(whole / MEBI)} MiB`;
}
