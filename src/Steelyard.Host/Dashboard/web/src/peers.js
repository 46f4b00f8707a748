// Whom the page listens to: its own box's broker first, and the peer that its address names.

const PEERS_MOST = 1;

/** @param {{protocol: string, host: string, hostname: string, search: string}} page */
export function brokersOf(page) {
  const peers = new URLSearchParams(page.search).getAll('peer')
    .filter(peer => mayListenTo(peer, page.hostname)).slice(0, PEERS_MOST);
  return [`${schemeOf(page)}//${page.host}/mqtt`, ...peers.map(peer => reachable(peer, page))];
}

/** What is added to the page's address to watch the twin, too. */
export function peerHintOf(page) {
  return `?peer=${schemeOf(page)}//ADDRESS${page.port ? `:${page.port}` : ''}/mqtt`;
}

export const isSafe = page => page.protocol === 'https:';

const schemeOf = page => isSafe(page) ? 'wss:' : 'ws:';

/** A page that came by HTTPS may reach a peer by TLS alone: anything else is mixed content. */
function reachable(peer, page) {
  if (!isSafe(page)) return peer;
  const url = new URL(peer);
  url.protocol = 'wss:';
  return url.href;
}

/** The same rule as the policy that the page is served with; see PageSecurity. */
function mayListenTo(peer, ownHost) {
  if (!URL.canParse(peer)) return false;
  const { protocol, hostname } = new URL(peer);
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return (protocol === 'ws:' || protocol === 'wss:')
    && (isAddress || hostname === 'localhost' || hostname === ownHost);
}
