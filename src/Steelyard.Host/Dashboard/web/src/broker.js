// The line to one broker: reconnects by itself and says how it stands.
import mqtt from 'mqtt';

const SWEEP_MS = 4000;

/**
 * @param {string} url
 * @param {{onMessage: Function, onChange: Function, onFresh: Function, onSweep: Function}} listener
 */
export function listen(url, listener) {
  const line = { url, isLive: false, lastHeard: null };
  const client = mqtt.connect(url, {
    clean: true,
    keepalive: 10,
    connectTimeout: 5000,
    reconnectPeriod: 1500,
    protocolVersion: 5,
    transformWsUrl: () => url, // Taken apart and put together, an IPv6 address loses its brackets.
    timerVariant: 'native', // The other kind needs a worker that the page's policy forbids.
    resubscribe: false,
  });
  let sweep = 0;
  const change = isLive => {
    line.isLive = isLive;
    listener.onChange(line);
  };
  client.on('connect', () => {
    listener.onFresh(url);
    client.subscribe('steelyard/#', { qos: 0 });
    clearTimeout(sweep);
    sweep = setTimeout(() => listener.onSweep(url), SWEEP_MS);
    change(true);
  });
  client.on('close', () => {
    clearTimeout(sweep);
    change(false);
  });
  client.on('error', () => change(client.connected));
  client.on('message', (topic, payload, packet) => {
    line.lastHeard = new Date();
    listener.onMessage(topic, payload.toString(), url, packet.retain);
  });
  return line;
}
