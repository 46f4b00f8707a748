// Whom the page listens to: its own box's broker first, and one twin: the one that the page's
// address names, or else the one that the box knows.

/** @param {{protocol: string, host: string, hostname: string, pathname: string, search: string}} page */
export function brokersOf(page) {
  const peer = new URLSearchParams(page.search).getAll('peer')
    .find(each => mayListenTo(each, page.hostname));
  const own = `${schemeOf(page)}//${page.host}${folderOf(page)}mqtt`;
  return peer === undefined ? [own] : [own, reachable(peer, page)];
}

/**
 * The broker of the twin whose page the box tells of; null for one that this page may not reach:
 * a browser lets no page that came by HTTPS speak in clear, and a wish by name is not obeyed.
 */
export function twinBrokerOf(dashboard, page) {
  if (!URL.canParse(dashboard ?? '')) return null;
  const { protocol, host, hostname } = new URL(dashboard);
  if (!isAddress(hostname) || !['http:', 'https:'].includes(protocol)) return null;
  if (isSafe(page) && protocol !== 'https:') return null;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/mqtt`;
}

export const isSafe = page => page.protocol === 'https:';

const schemeOf = page => isSafe(page) ? 'wss:' : 'ws:';

/** Behind a proxy the page may stand below a path. */
const folderOf = page => (page.pathname ?? '/').replace(/[^/]*$/, '');

/** A page that came by HTTPS may reach a peer by TLS alone: anything else is mixed content. */
function reachable(peer, page) {
  if (!isSafe(page)) return peer;
  const url = new URL(peer);
  url.protocol = 'wss:';
  return url.href;
}

const isAddress = hostname => /^[\d.]+$/.test(hostname) || hostname.startsWith('[');

/** The same rule as the policy that the page is served with; see PageSecurity. */
function mayListenTo(peer, ownHost) {
  if (!URL.canParse(peer)) return false;
  const { protocol, hostname } = new URL(peer);
  return (protocol === 'ws:' || protocol === 'wss:')
    && (isAddress(hostname) || hostname === 'localhost' || hostname === ownHost);
}
