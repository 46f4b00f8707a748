// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A count, with thousands grouped: 12,480. */
export const count = value => Number.isFinite(value) ? whole.format(value) : '–';

/** A rate: tenths only while they mean something. */
export function rate(value) {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1e6) return `${tenth.format(value / 1e6)} M`;
  if (value >= 1e5) return `${whole.format(value / 1e3)} k`;
  return value >= 100 ? whole.format(value) : tenth.format(value);
}

/** Bytes per second as bits per second, the unit that links are sold in. */
export function bits(bytesPerSecond) {
  if (!Number.isFinite(bytesPerSecond)) return '–';
  let value = bytesPerSecond * 8;
  for (const unit of ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']) {
    if (value < 1000 || unit === 'Gbit/s') return `${tenth.format(value)} ${unit}`;
    value /= 1000;
  }
  return '–';
}

/** A span in its two largest units: 3 min 12 s, 2 d 4 h. */
export function span(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  let rest = Math.max(0, Math.floor(seconds));
  const parts = [];
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 || (unit === 's' && parts.length === 0)) {
      parts.push(`${amount} ${unit}`);
    } else if (parts.length > 0) {
      break;
    }
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** The time of day on the reader's clock. */
export function clock(date) {
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** One thing or several: plural(1, 'box', 'boxes'). */
export const plural = (amount, one, many = `${one}s`) => `${count(amount)} ${amount === 1 ? one : many}`;

/** Names in a row: a, b and c. */
export const row = new Intl.ListFormat('en', { type: 'conjunction' });
