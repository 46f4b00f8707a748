// Whom the page listens to: its own box's broker first, and the peer that its address names.

const PEERS_MOST = 1;

/** @param {{protocol: string, host: string, hostname: string, search: string}} page */
export function brokersOf(page) {
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  const peers = new URLSearchParams(page.search).getAll('peer')
    .filter(peer => mayListenTo(peer, page.hostname)).slice(0, PEERS_MOST);
  return [`${scheme}//${page.host}/mqtt`, ...peers];
}

/** The same rule as the policy that the page is served with; see PageSecurity. */
function mayListenTo(peer, ownHost) {
  if (!URL.canParse(peer)) return false;
  const { protocol, hostname } = new URL(peer);
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return (protocol === 'ws:' || protocol === 'wss:')
    && (isAddress || hostname === 'localhost' || hostname === ownHost);
}
